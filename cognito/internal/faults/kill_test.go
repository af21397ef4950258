package faults

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/keyset"
)

func init() { children["write-copies"] = writeCopies }

// writeCopies writes copies of key sets into a directory, one after the other, until
// the process is killed. It prints a token that the copy is good for as soon as there
// is one.
func writeCopies(args []string) error {
	issuer := cognitotest.NewIssuer()
	pool := issuer.Pool()
	w := &world{issuer: issuer, pool: pool, config: issuer.Config()}
	w.config.Clock = nil
	w.config.KeySetDirectory = args[0]
	w.config.KeySetPolicy = keyset.Policy{CoolDown: time.Microsecond}
	// As large as can be, so that writing takes its time.
	padded, _ := strings.CutSuffix(string(pool.JWKS()), "}")
	pool.SetJWKS([]byte(padded + `,"padding":"` + strings.Repeat("x", 1000<<10) + `"}`))
	verifier, err := cognito.New(w.config)
	if err != nil {
		return err
	}
	raw, f, told := w.mint(), newForger(pool.Issuer()), false
	for n := 0; ; n++ {
		if _, err := verifier.VerifyAccessToken(context.Background(), raw); err != nil {
			return err
		}
		_, _ = verifier.VerifyAccessToken(context.Background(), f.next(n)) // has the set fetched again
		if told {
			continue
		}
		if copied, err := os.ReadFile(w.copy()); err == nil && bytes.Contains(copied, []byte(pool.AccessKey().ID())) {
			fmt.Println(raw)
			told = true
		}
	}
}

// TestKilledWhileWritingCopies kills processes that do nothing but write copies. A
// copy is whole at each moment, whatever else a killed process leaves behind.
func TestKilledWhileWritingCopies(t *testing.T) {
	t.Parallel()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	onRealClock(t, "killed while writing copies", func(w *world) {
		w.config = cognitotest.NewIssuer().Config() // trusts the pool of that ID, whoever plays it
		w.config.Clock, w.config.Logger = nil, w.logger()
		w.config.KeySetDirectory = w.directory()
		w.config.HTTPClient = &http.Client{Transport: noNetwork{}}
		const rounds = 12
		for round := range rounds {
			raw := killed(w, program, time.Duration(round)*time.Millisecond)
			copied, err := os.ReadFile(w.copy())
			if err == nil {
				_, err = keyset.Parse(copied)
			}
			if err != nil {
				w.Fatalf("the copy is broken: %v", err)
			}
			w.ask(w.Context(), w.verifier(), raw, "") // the next start
		}
		parts, err := filepath.Glob(filepath.Join(w.config.KeySetDirectory, ".*.tmp"))
		if err != nil {
			w.Fatal(err)
		}
		w.remark(fmt.Sprintf("%d processes killed, %d of them in the middle of a file", rounds, len(parts)))
	})
}

// killed runs a process that writes copies, lets it go on for a while after it has
// written one, and returns its token.
func killed(w *world, program string, after time.Duration) (raw string) {
	w.Helper()
	child := exec.CommandContext(w.Context(), program, "write-copies", w.config.KeySetDirectory)
	child.Stderr = os.Stderr
	output, err := child.StdoutPipe()
	if err != nil {
		w.Fatal(err)
	}
	if err := child.Start(); err != nil {
		w.Fatal(err)
	}
	raw, err = bufio.NewReader(output).ReadString('\n')
	if err != nil {
		w.Errorf("the process ended by itself: %v", err)
	}
	time.Sleep(after)
	if err := child.Process.Kill(); err != nil {
		w.Error(err)
	}
	_ = child.Wait() // it was killed
	return strings.TrimSuffix(raw, "\n")
}

// noNetwork reaches nobody.
type noNetwork struct{}

func (noNetwork) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, errors.New("the network is unreachable")
}
