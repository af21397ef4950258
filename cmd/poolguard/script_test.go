package main

import (
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/poolguard/poolguard/cognito/cognitotest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"poolguard": main, "browser": browse})
}

// noRaceSleep is for $GORACE: the race detector makes every process wait for a
// second at its end, and scripts start hundreds.
const noRaceSleep = "atexit_sleep_ms=0"

// scriptTime is the time at which the tokens of scripts are made, $NOW.
var scriptTime = time.Date(2026, 1, 31, 9, 0, 0, 0, time.UTC)

// TestScripts runs testdata/script. Beside testscript's own commands they have
// mint (mint_test.go), issuer, exits, lines and long.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireUniqueNames:  true,
		RequireExplicitExec: true,
		Setup:               setupScript,
		Condition:           scriptCondition,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"mint":   mint,
			"issuer": controlIssuer,
			"exits":  exits,
			"lines":  writeLines,
			"long":   writeLong,
		},
	})
}

// A scriptIssuer is what one script's tokens and keys come from.
type scriptIssuer struct{ *cognitotest.Issuer }

type issuerKey struct{}

func issuerOf(ts *testscript.TestScript) *scriptIssuer {
	return ts.Value(issuerKey{}).(*scriptIssuer)
}

func setupScript(env *testscript.Env) error {
	i := &scriptIssuer{cognitotest.NewIssuer()}
	i.Clock().Set(scriptTime)
	server := httptest.NewServer(i.Handler())
	env.Defer(server.Close)
	i.SetAddress(server.URL)
	env.Values[issuerKey{}] = i

	pool := i.Pool()
	proxy, authority, err := startAmazon(i.Issuer, env)
	if err != nil {
		return err
	}
	env.Setenv("LANG", "C.UTF-8")
	env.Setenv("GORACE", noRaceSleep)
	env.Setenv("NOW", scriptTime.Format(time.RFC3339))
	env.Setenv("POOL", pool.ID())
	env.Setenv("CLIENT", pool.ClientID())
	env.Setenv("ISSUER", pool.Issuer())
	env.Setenv("ISSUER_IN_TOKEN", strings.ReplaceAll(pool.Issuer(), "/", `\/`)) // as Cognito's payloads have it
	env.Setenv("ORIGINAL", pool.OriginalIssuer())
	env.Setenv("UPDATED", pool.UpdatedIssuer())
	env.Setenv("JWKS", pool.Issuer()+"/.well-known/jwks.json")
	env.Setenv("ACCESS_KID", pool.AccessKey().ID())
	env.Setenv("ID_KID", pool.IDKey().ID())
	env.Setenv("AMAZON_PROXY", proxy)
	env.Setenv("AMAZON_CA", authority)
	// No script reaches a network: what is not loopback goes to a proxy that is not
	// there, but where a script says otherwise.
	env.Setenv("HTTPS_PROXY", "http://127.0.0.1:1")
	env.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	if dir, err := vectors(); err == nil {
		env.Setenv("VECTORS", dir)
	}
	return os.WriteFile(filepath.Join(env.WorkDir, "jwks.json"), pool.JWKS(), 0o600)
}

// scriptCondition knows [vectors]. A script that needs them skips itself without,
// but on CI they must be there.
func scriptCondition(condition string) (bool, error) {
	if condition != "vectors" {
		return false, fmt.Errorf("unknown condition %q", condition)
	}
	_, err := vectors()
	if err != nil && os.Getenv("CI") == "true" {
		return false, err
	}
	return err == nil, nil
}

// vectors returns the folder of data that others publish: $POOLGUARD_VECTORS, or
// ../shared/vectors seen from the root of the project, which has the go.work.
func vectors() (string, error) {
	root, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for dir := root; filepath.Dir(dir) != dir; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.work")); err == nil {
			root = dir
			break
		}
	}
	dir := os.Getenv("POOLGUARD_VECTORS")
	if dir == "" {
		dir = filepath.Join("..", "shared", "vectors")
	}
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(root, dir)
	}
	_, err = os.Stat(filepath.Join(dir, "cognito-real"))
	return dir, err
}

// exits runs a command and compares its exit status:
//
//	exits 2 poolguard verify
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits status command [args...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		failed, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			ts.Fatalf("%v", err)
		}
		got = failed.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit status %d, not %d", got, want)
	}
}

// writeLines writes its arguments to a file, a line each but for the last one,
// which has no newline where the file is named with a trailing "-".
func writeLines(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: lines file [line...]")
	}
	name, open := strings.CutSuffix(args[0], "-")
	text := strings.Join(args[1:], "\n")
	if !open {
		text += "\n"
	}
	ts.Check(os.WriteFile(ts.MkAbs(name), []byte(text), 0o600))
}

// writeLong writes a file of one line of that many bytes: long 20000 FILE
func writeLong(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: long bytes file")
	}
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(strings.Repeat("a", n)+"\n"), 0o600))
}

// controlIssuer changes what the script's user pool does:
//
//	issuer fail 503 · issuer publish FILE · issuer restore · issuer switch · issuer rotate · issuer amazon
func controlIssuer(ts *testscript.TestScript, neg bool, args []string) {
	i := issuerOf(ts)
	pool := i.Pool()
	if neg || len(args) == 0 {
		ts.Fatalf("usage: issuer what [argument]")
	}
	switch what := args[0]; {
	case what == "fail" && len(args) == 2:
		status, err := strconv.Atoi(args[1])
		ts.Check(err)
		pool.FailKeySet(status)
	case what == "publish" && len(args) == 2:
		pool.SetJWKS([]byte(ts.ReadFile(args[1])))
	case what == "restore":
		pool.RestoreKeySet()
	case what == "switch":
		pool.SwitchIssuer()
	case what == "rotate":
		pool.RotateKeys()
		ts.Setenv("ACCESS_KID", pool.AccessKey().ID())
		ts.Setenv("ID_KID", pool.IDKey().ID())
	case what == "amazon":
		i.SetAddress("") // tokens name Amazon's issuers from now on
	default:
		ts.Fatalf("issuer cannot %q", args)
	}
}
