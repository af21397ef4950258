package examples

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/userpool"
)

// folders are those with a program that README.md names.
var folders = []string{"nethttp", "chi", "gin", "echo", "fiber", "grpc", "grpcclient", "connect", "connectclient", "lambda", "spa", "web", "mcp", "metrics"}

// An outcome is what an example answers, in the terms of HTTP.
type outcome struct {
	status    int
	code      cognito.Code // of a refusal
	challenge string
	body      string // of all else
}

// A trial is a call of an example: path /orders asks for the scope orders/read, /admin
// for the group admins.
type trial struct {
	name, path    string
	authorization []string
	want          outcome // its challenge is part of that
}

func trials(t *testing.T, all *tokens) []trial {
	t.Helper()
	bearer := func(token string) []string { return []string{"Bearer " + token} }
	good := func(name, path, token string) trial {
		return trial{name, path, bearer(token), outcome{status: http.StatusOK, body: claim(t, token, "sub")}}
	}
	bad := func(name, token string, code cognito.Code) trial {
		return trial{name, "/orders", bearer(token), outcome{status: http.StatusUnauthorized, code: code, challenge: `error="invalid_token"`}}
	}
	return []trial{
		{"no token", "/orders", nil, outcome{http.StatusUnauthorized, cognito.ErrTokenMissing, `Bearer realm="cognito"`, ""}},
		good("a machine", "/orders", all.machine),
		good("a user", "/orders", all.user),
		good("the same user again", "/orders", all.user),
		good("an administrator", "/admin", all.admin),
		bad("an ID token", all.id, cognito.ErrTokenUseMismatch),
		bad("a refresh token", all.refresh, cognito.ErrEncryptedToken),
		bad("expired", all.expired, cognito.ErrTokenExpired),
		bad("of another app client", all.otherClient, cognito.ErrClientMismatch),
		bad("of another pool", all.otherPool, cognito.ErrIssuerMismatch),
		bad("of a pool that says it is this one", all.otherKeys, cognito.ErrKeyNotFound),
		bad("signed by another key", all.forged, cognito.ErrSignatureInvalid),
		bad("tampered with", all.tampered, cognito.ErrSignatureInvalid),
		bad("unsigned", all.unsigned, cognito.ErrTokenMalformed),
		bad("nonsense", "nonsense", cognito.ErrTokenMalformed),
		{"without the scope", "/orders", bearer(all.write), outcome{http.StatusForbidden, cognito.ErrScopeMissing, `scope="orders/read"`, ""}},
		{"without the group", "/admin", bearer(all.user), outcome{http.StatusForbidden, cognito.ErrGroupMissing, `error="insufficient_scope"`, ""}},
		{"a machine has no group", "/admin", bearer(all.machine), outcome{http.StatusForbidden, cognito.ErrGroupMissing, "", ""}},
		{"two tokens", "/orders", append(bearer(all.user), bearer(all.machine)...), outcome{http.StatusBadRequest, cognito.ErrRequestInvalid, `error="invalid_request"`, ""}},
		{"another scheme", "/orders", []string{"Basic bG9jYWw6bG9jYWw="}, outcome{http.StatusUnauthorized, cognito.ErrTokenMissing, "Bearer", ""}},
	}
}

// check makes all trials. seen is what an example makes of what is wanted.
func check(t *testing.T, all []trial, call func(t *testing.T, path string, authorization []string) outcome, seen func(trial) outcome) {
	t.Helper()
	for _, one := range all {
		t.Run(one.name, func(t *testing.T) {
			t.Helper()
			want, got := seen(one), call(t, one.path, one.authorization)
			if got.status != want.status || got.code != want.code || !strings.Contains(got.challenge, want.challenge) || !strings.Contains(got.body, want.body) {
				t.Errorf("got %+v\nwant %+v", got, want)
			}
			if want.status == http.StatusOK && got.challenge != "" {
				t.Errorf("a challenge to a good token: %q", got.challenge)
			}
		})
	}
}

// request calls an example by HTTP. A refusal is one JSON object with a code and a message, and
// nothing more.
func request(t *testing.T, address string) func(t *testing.T, path string, authorization []string) outcome {
	t.Helper()
	client := &http.Client{}
	t.Cleanup(client.CloseIdleConnections)
	return func(t *testing.T, path string, authorization []string) outcome {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		r.Header["Authorization"] = authorization
		response, err := client.Do(r)
		body := readAll(t, response, err)
		got := outcome{status: response.StatusCode, challenge: response.Header.Get("WWW-Authenticate")}
		if got.status == http.StatusOK || !strings.HasPrefix(response.Header.Get("Content-Type"), "application/json") {
			got.body = string(body)
			return got
		}
		var refusal struct {
			Error struct {
				Code    cognito.Code `json:"code"`
				Message string       `json:"message"`
			} `json:"error"`
		}
		if err := json.Unmarshal(body, &refusal); err != nil || refusal.Error.Message == "" {
			t.Errorf("%v: %s", err, body)
		}
		if response.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("a refusal can be cached: %v", response.Header)
		}
		got.code = refusal.Error.Code
		return got
	}
}

// TestExamples starts each example and shows it all tokens.
func TestExamples(t *testing.T) {
	pool := servePool(t, userpool.IssuerLocal, "")
	tokens := newTokens(t, pool)
	all := trials(t, tokens)
	directory := build(t, folders...)
	run := func(t *testing.T, name string, more ...string) (address string) {
		t.Helper()
		arguments := append([]string{"-listen", "127.0.0.1:0", "-issuer", pool.issuer(t)}, more...)
		address, paste := start(t, exec.CommandContext(t.Context(), filepath.Join(directory, name), arguments...))
		t.Run("line to paste", func(t *testing.T) {
			if name == "grpc" {
				if paste != "go run ./examples/grpcclient -service "+address {
					t.Errorf("got %s", paste)
				}
				return
			}
			waitFor(t, address)
			checkPaste(t, paste, tokens.user, http.StatusOK, "")
		})
		return address
	}
	for _, name := range []string{"nethttp", "chi", "gin", "echo", "fiber"} {
		t.Run(name, func(t *testing.T) {
			call := request(t, run(t, name))
			if got := call(t, "/health", nil); got.status != http.StatusOK || got.body != "healthy\n" {
				t.Errorf("health: %+v", got)
			}
			if got := call(t, "/orders?access_token=x", nil); got.status != http.StatusUnauthorized || got.body != "" {
				t.Errorf("a token in the query: %+v", got)
			}
			if got := call(t, "/orders?access_token=x", []string{"Bearer " + tokens.machine}); got.status != http.StatusBadRequest || got.code != cognito.ErrRequestInvalid {
				t.Errorf("a token in the query beside the header's: %+v", got)
			}
			check(t, all, call, func(one trial) outcome {
				if one.path == "/admin" && one.want.status == http.StatusOK {
					one.want.body = "report for admin\n"
				}
				return one.want
			})
			inParallel(t, all, call)
		})
	}
	t.Run("spa", func(t *testing.T) {
		address := run(t, "spa", "-listen", freeAddress(t))
		waitFor(t, address)
		call := request(t, address)
		check(t, ofSPA(all), call, func(one trial) outcome {
			if one.want.status == http.StatusOK {
				one.want.body = "orders of anaya\n"
			}
			return one.want
		})
		if got := call(t, "/callback?code=x", nil); got.status != http.StatusOK || !strings.Contains(got.body, "/app.js") {
			t.Errorf("the page: %+v", got)
		}
	})
	t.Run("metrics", func(t *testing.T) {
		call := request(t, run(t, "metrics"))
		check(t, ofOrders(all), call, func(one trial) outcome { return one.want })
		const refused = `cognito_verifications_total{cached="false",code="token_expired",token_use="access"} 1`
		if got := call(t, "/metrics", nil); got.status != http.StatusOK || !strings.Contains(got.body, refused) {
			t.Errorf("%s is not in %+v", refused, got)
		}
	})
	t.Run("grpc", func(t *testing.T) { checkGRPC(t, all, run(t, "grpc"), asRPC) })
	t.Run("connect", func(t *testing.T) {
		address := run(t, "connect")
		t.Run("by connect", func(t *testing.T) { checkConnect(t, all, address) })
		t.Run("by gRPC", func(t *testing.T) { checkGRPC(t, all, address, asConnect) })
	})
	t.Run("clients", func(t *testing.T) {
		for client, service := range map[string]string{"grpcclient": "grpc", "connectclient": "connect"} {
			address := run(t, service)
			if service == "connect" {
				address = "http://" + address
			}
			program := filepath.Join(directory, client)
			output, err := exec.CommandContext(t.Context(), program, "-service", address, "-domain", pool.URL).CombinedOutput()
			if want := "orders of local-machine\norders of local-machine\n"; err != nil || string(output) != want {
				t.Errorf("%s: %v\n%s", client, err, output)
			}
			output, err = exec.CommandContext(t.Context(), program, "-service", address, "-domain", pool.URL, "-secret", "wrong").CombinedOutput()
			if err == nil || !strings.Contains(string(output), "invalid_client") {
				t.Errorf("%s with a wrong secret: %v\n%s", client, err, output)
			}
		}
	})
	t.Run("lambda", func(t *testing.T) {
		t.Run("listening", func(t *testing.T) { check(t, all, request(t, run(t, "lambda")), asAPIGateway) })
		t.Run("as a function", func(t *testing.T) { checkFunction(t, all, filepath.Join(directory, "lambda"), pool.issuer(t)) })
	})
}

// ofSPA are those for an API that has /orders and one app client.
func ofSPA(all []trial) (some []trial) {
	for _, one := range ofOrders(all) {
		if one.name != "a machine" && one.name != "without the scope" {
			some = append(some, one)
		}
	}
	return some
}

// inParallel has good and bad tokens come at once and over the same connections: none
// is taken for another, in memory that a framework uses again.
func inParallel(t *testing.T, all []trial, call func(t *testing.T, path string, authorization []string) outcome) {
	t.Helper()
	var group sync.WaitGroup
	for n := range 4 {
		group.Go(func() {
			for m := range 10 * len(all) {
				one := all[(n*7+m)%len(all)]
				got := call(t, one.path, one.authorization)
				if got.status != one.want.status || got.code != one.want.code || (one.path == "/orders" && !strings.Contains(got.body, one.want.body)) {
					t.Errorf("%s, among others: got %+v", one.name, got)
				}
			}
		})
	}
	group.Wait()
}

// TestLength: an example is read in one go. Those of RPC and MCP have a second file, with what
// other services share. The single-page app has a page with its script and style.
func TestLength(t *testing.T) {
	for _, folder := range folders {
		files, err := os.ReadDir(folder)
		if err != nil {
			t.Fatal(err)
		}
		sum := 0
		for _, file := range files {
			if strings.HasSuffix(file.Name(), "_test.go") {
				continue
			}
			text, err := os.ReadFile(filepath.Join(folder, file.Name()))
			if err != nil {
				t.Fatal(err)
			}
			lines := strings.Count(string(text), "\n")
			if sum += lines; lines >= 80 {
				t.Errorf("%s/%s has %d lines", folder, file.Name(), lines)
			}
		}
		if sum >= 80 && folder != "grpc" && folder != "connect" && folder != "mcp" && folder != "spa" {
			t.Errorf("%s has %d lines", folder, sum)
		}
	}
}

// TestReadme: every example is listed, with the command that starts it, and nothing else
// is; and there is no example that is not tested here.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		if !strings.Contains(string(text), "`go run ./examples/"+folder+"`") {
			t.Errorf("README.md does not say how %s is started", folder)
		}
	}
	entries, err := filepath.Glob("*/main.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if folder := filepath.Dir(entry); !slices.Contains(folders, folder) {
			t.Errorf("%s is not tested", folder)
		}
	}
	if listed := strings.Count(string(text), "`go run ./examples/"); listed != len(folders) || len(entries) != len(folders) {
		t.Errorf("README.md lists %d examples, there are %d, and %d are tested", listed, len(entries), len(folders))
	}
}
