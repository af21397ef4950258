package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/poolguard/poolguard/internal/terminalauth/tokenstore"
	"github.com/poolguard/poolguard/userpool"
)

// A desk is a terminal's surroundings: a pool on loopback, a port for the browser to
// come back to, and a folder of its own for profiles and tokens.
type desk struct {
	pool     *userpool.Server
	settings userpool.Config
	server   *httptest.Server
	url      string
	port     int
	config   string
	log      *lockedBuffer
	before   atomic.Pointer[func(*http.Request) (answered bool)] // sees requests to the pool
	env      []string
}

type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

// count is how often the pool did something, by its log.
func (b *lockedBuffer) count(what string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return strings.Count(b.text.String(), what)
}

const refreshed = `msg="tokens issued" grant=refresh_token`

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{log: &lockedBuffer{}, config: filepath.Join(t.TempDir(), "poolguard", "config.yaml")}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d.port = l.Addr().(*net.TCPAddr).Port
	l.Close()
	pool := userpool.DefaultPool()
	web := &pool.Clients[0]
	web.CallbackURLs = []string{fmt.Sprintf("http://localhost:%d/callback", d.port)}
	// As in Cognito, rotation excludes the flow REFRESH_TOKEN_AUTH.
	web.AuthFlows = nil
	web.RefreshRotation = userpool.RefreshRotation{Enabled: true}
	server := httptest.NewUnstartedServer(nil)
	d.server = server
	d.url = "http://" + server.Listener.Addr().String()
	d.settings = userpool.Config{
		PublicURL: d.url, Pools: []userpool.Pool{pool}, Logger: slog.New(slog.NewTextHandler(d.log, nil)), Controls: true,
	}
	d.pool, err = userpool.New(d.settings)
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if before := d.before.Load(); before != nil && (*before)(r) {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		d.pool.ServeHTTP(w, r)
	})
	server.Start()
	t.Cleanup(server.Close)
	d.env = []string{"POOLGUARD_CONFIG=" + d.config, "BROWSER=browser", "DBUS_SESSION_BUS_ADDRESS=", "XDG_RUNTIME_DIR=" + t.TempDir()}
	return d
}

// run runs the command, and returns what it wrote and its exit status.
func (d *desk) run(t *testing.T, stdin string, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	cmd := d.command(t, args...)
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &errs
	err := cmd.Run()
	if failed, ok := errors.AsType[*exec.ExitError](err); ok {
		return out.String(), errs.String(), failed.ExitCode()
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.String(), errs.String(), 0
}

func (d *desk) command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := command(t, args...)
	cmd.Env = append(cmd.Env, d.env...)
	return cmd
}

func (d *desk) login(t *testing.T, more ...string) (stdout, stderr string, status int) {
	t.Helper()
	args := []string{"login", "--local", "--domain", d.url, "--port", strconv.Itoa(d.port), "--storage", "file", "--timeout", "20s"}
	return d.run(t, "", append(args, more...)...)
}

func (d *desk) signIn(t *testing.T) {
	t.Helper()
	if stdout, stderr, status := d.login(t); status != 0 {
		t.Fatalf("exit status %d\n%s%s", status, stdout, stderr)
	}
}

func (d *desk) store() *tokenstore.Store {
	return tokenstore.Open(tokenstore.Config{Directory: filepath.Join(filepath.Dir(d.config), "tokens"), Profile: "local"})
}

// expire makes the tokens that are kept expired ones.
func (d *desk) expire(t *testing.T) {
	t.Helper()
	turn, err := d.store().Turn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer turn.End()
	tokens, _, err := turn.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	tokens.AccessExpiresAt, tokens.IDExpiresAt = time.Unix(1, 0), time.Unix(1, 0)
	if err := turn.Replace(tokens); err != nil {
		t.Fatal(err)
	}
}

// good reports whether the text is one line with a token that verifies.
func (d *desk) good(t *testing.T, text, use string) bool {
	t.Helper()
	_, _, status := d.run(t, text, "verify", "--pool", servedPool, "--client-id", "local-client", "--token-use", use,
		"--issuer", d.url+"/"+servedPool, "-")
	return status == 0 && strings.Count(text, "\n") == 1
}

// From one command to the last, with the pool's own pages.
func TestSignInFromTheTerminal(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	_, stderr, status := d.run(t, "", "token")
	wantText(t, stderr, status, 1, "there is no profile in", "poolguard login --local")
	stdout, stderr, status := d.run(t, "", "logout")
	wantText(t, stdout+stderr, status, 0, "There was no sign-in.")
	stdout, stderr, status = d.login(t)
	wantText(t, stdout, status, 0, "Signed in as anaya (anaya@example.com), profile local.", "poolguard token)")
	wantText(t, stderr, status, 0, "there is no key ring in this session", "not encrypted")
	if strings.Contains(stdout+stderr, "eyJ") {
		t.Error("a token was shown")
	}
	for _, name := range []string{d.config, d.store().Path()} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
	stdout, stderr, status = d.run(t, "", "token")
	if status != 0 || stderr != "" || !d.good(t, stdout, "access") {
		t.Errorf("%d %s %s", status, stdout, stderr)
	}
	stdout, stderr, status = d.run(t, "", "token", "--id")
	if status != 0 || stderr != "" || !d.good(t, stdout, "id") {
		t.Errorf("%d %s %s", status, stdout, stderr)
	}
	stdout, _, status = d.run(t, "", "whoami")
	wantText(t, stdout, status, 0, "anaya", "anaya@example.com", "staff", "orders/read", "local-client", "not encrypted")
	stdout, _, status = d.run(t, "", "whoami", "-o", "json")
	var who map[string]any
	if err := json.Unmarshal([]byte(stdout), &who); err != nil || status != 0 || who["username"] != "anaya" || who["renewable"] != true || who["storage"] != "file" {
		t.Errorf("%v %s", err, stdout)
	}
	if n := d.log.count(refreshed); n != 0 {
		t.Errorf("%d refreshes, of fresh tokens", n)
	}
	d.expire(t)
	stdout, _, status = d.run(t, "", "token", "-o", "json")
	wantText(t, stdout, status, 0, `"token":"eyJ`, `"token_use":"access"`, `"expires_at":"`)
	if n := d.log.count(refreshed); n != 1 {
		t.Errorf("%d refreshes", n)
	}
	// The sign-in again needs no word of the pool any more.
	if stdout, stderr, status := d.run(t, "", "login", "--storage", "file"); status != 0 {
		t.Errorf("%d %s%s", status, stdout, stderr)
	}
	before, _, err := d.store().Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	stdout, _, status = d.run(t, "", "logout")
	wantText(t, stdout, status, 0, "Signed out, profile local.")
	if got := d.refresh(t, before.Refresh); got != "invalid_grant" {
		t.Errorf("after the logout a refresh has %q", got)
	}
	if _, err := os.Stat(d.store().Path()); !errors.Is(err, os.ErrNotExist) {
		t.Error("the tokens are still there:", err)
	}
	_, stderr, status = d.run(t, "", "token")
	wantText(t, stderr, status, 1, "not signed in with the profile local; run poolguard login\n")
	stdout, _, status = d.run(t, "", "logout")
	wantText(t, stdout, status, 0, "There was no sign-in")
}

// refresh asks the pool and returns the error that it reports.
func (d *desk) refresh(t *testing.T, token string) string {
	t.Helper()
	response, err := http.PostForm(d.url+"/oauth2/token", url.Values{"grant_type": {"refresh_token"}, "client_id": {"local-client"}, "refresh_token": {token}})
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var said struct{ Error string }
	if err := json.NewDecoder(response.Body).Decode(&said); err != nil {
		t.Fatal(err)
	}
	return said.Error
}

func wantText(t *testing.T, text string, status, wantStatus int, want ...string) {
	t.Helper()
	if status != wantStatus {
		t.Errorf("exit status %d, not %d", status, wantStatus)
	}
	for _, w := range want {
		if !strings.Contains(text, w) {
			t.Errorf("%q is not in\n%s", w, text)
		}
	}
}

// Thirty processes come at once with a token that is due. The pool's refresh tokens
// are good once: a second refresh would end the sign-in.
func TestThirtyAtOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.signIn(t)
	for range 2 {
		before := d.log.count(refreshed)
		d.expire(t)
		var all sync.WaitGroup
		var mu sync.Mutex
		got := map[string]int{}
		for range 30 {
			cmd := d.command(t, "token")
			all.Go(func() {
				out, err := cmd.CombinedOutput()
				mu.Lock()
				defer mu.Unlock()
				if got[string(out)]++; err != nil {
					t.Errorf("%v: %s", err, out)
				}
			})
		}
		all.Wait()
		if n := d.log.count(refreshed) - before; n != 1 || len(got) != 1 {
			t.Errorf("%d refreshes, %d different outputs", n, len(got))
		}
		for text, times := range got {
			if times != 30 || !d.good(t, text, "access") {
				t.Errorf("%d times a bad token", times)
			}
		}
	}
}

// A process is killed at every stage of a refresh. The next one has a good token or
// says that a sign-in is due; what is kept is never half of something.
func TestKilledWhileRefreshing(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.signIn(t)
	for _, at := range []string{"/" + servedPool + "/.well-known/jwks.json", "/oauth2/token"} {
		d.expire(t)
		cmd := d.command(t, "token")
		arrived := make(chan struct{})
		var once sync.Once
		before := func(r *http.Request) bool {
			if r.URL.Path != at {
				return false
			}
			once.Do(func() { close(arrived) })
			_, _ = io.Copy(io.Discard, r.Body) // a connection is watched for its end from then on
			<-r.Context().Done()               // the killed process hangs up
			return true
		}
		d.before.Store(&before)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		<-arrived
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		d.before.Store(nil)
		stdout, stderr, status := d.run(t, "", "token")
		if status != 0 || !d.good(t, stdout, "access") {
			t.Errorf("%s: %d %s%s", at, status, stdout, stderr)
		}
	}
	// After the pool has answered: its new refresh token died with the process.
	d.expire(t)
	tokens, _, err := d.store().Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := d.refresh(t, tokens.Refresh); got != "" {
		t.Fatal(got)
	}
	stdout, stderr, status := d.run(t, "", "token")
	wantText(t, stderr, status, 1, "the user pool rejects the refresh token", "sign in again: poolguard login\n")
	if stdout != "" || strings.Contains(stderr, tokens.Refresh) {
		t.Errorf("%s%s", stdout, stderr)
	}
	d.signIn(t)
	if stdout, _, status := d.run(t, "", "token"); status != 0 || !d.good(t, stdout, "access") {
		t.Errorf("%d %s", status, stdout)
	}
}

// A pool that cannot be reached costs no sign-in, nor do its keys being away after it
// answered.
func TestPoolAway(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.signIn(t)
	d.expire(t)
	kept, err := os.ReadFile(d.store().Path())
	if err != nil {
		t.Fatal(err)
	}
	for _, away := range []string{"/", "/oauth2/", "/" + servedPool} {
		before := func(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, away) }
		d.before.Store(&before)
		for _, command := range []string{"token", "whoami"} {
			stdout, stderr, status := d.run(t, "", command)
			if status != 3 || stdout != "" {
				t.Errorf("%s %s: %d %s%s", away, command, status, stdout, stderr)
			}
		}
		if after, err := os.ReadFile(d.store().Path()); err != nil || !bytes.Equal(kept, after) {
			t.Errorf("%s: the tokens were changed: %v", away, err)
		}
	}
	if n := d.log.count(refreshed); n != 0 {
		t.Errorf("%d refreshes", n)
	}
	d.before.Store(nil)
	if stdout, stderr, status := d.run(t, "", "token"); status != 0 {
		t.Errorf("%d %s%s", status, stdout, stderr)
	}
	before := func(*http.Request) bool { return true }
	d.before.Store(&before)
	_, stderr, status := d.run(t, "", "logout")
	wantText(t, stderr, status, 3, "the stored tokens are deleted, but the refresh token could not be revoked")
	if _, err := os.Stat(d.store().Path()); !errors.Is(err, os.ErrNotExist) {
		t.Error("the tokens are still there:", err)
	}
}

// What people do instead of signing in.
func TestSignInRefused(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	env := d.env
	for does, want := range map[string]string{
		"deny": `the sign-in was refused by the user pool (access_denied: no, thanks)`, "stranger": "access_denied",
	} {
		d.env = slices.Concat(env, []string{"BROWSER_DOES=" + does})
		_, stderr, status := d.login(t)
		wantText(t, stderr, status, 1, want)
	}
	d.env = slices.Concat(env, []string{"BROWSER_DOES=fail"})
	_, stderr, status := d.login(t, "--timeout", "5s") // on a slow machine the browser fails late
	wantText(t, stderr, status, 1, "no browser opens on this machine", "the browser did not return", d.callback())
	if _, err := os.Stat(d.config); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a sign-in that failed left a profile: %v", err)
	}
	if names, err := filepath.Glob(filepath.Join(filepath.Dir(d.config), "tokens", "*")); err != nil || len(names) != 0 {
		t.Errorf("a sign-in that failed left %v, %v", names, err)
	}
	d.env = env
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(d.port)))
	if err != nil {
		t.Fatal(err)
	}
	_, stderr, status = d.login(t)
	wantText(t, stderr, status, 2, "another program listens on it", "--port")
	l.Close()
	// A port that the app client does not know: the page says so, and nobody comes back.
	other := newDesk(t)
	_, stderr, status = d.login(t, "--port", strconv.Itoa(other.port), "--timeout", "1s")
	wantText(t, stderr, status, 1, "must be a callback URL of the app client")
}

func (d *desk) callback() string { return fmt.Sprintf("http://localhost:%d/callback", d.port) }

// Without a browser here, the address is printed, and where the browser of another
// machine was sent is pasted.
func TestPastedCallback(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	cmd := d.command(t, "login", "--local", "--domain", d.url, "--port", strconv.Itoa(d.port), "--storage", "file", "--no-browser")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	var out, errs lockedBuffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	address := ""
	for address == "" {
		out.mu.Lock()
		for line := range strings.Lines(out.text.String()) {
			if trimmed := strings.TrimSpace(line); strings.HasPrefix(trimmed, d.url) && strings.HasSuffix(line, "\n") {
				address = trimmed
			}
		}
		out.mu.Unlock()
		time.Sleep(5 * time.Millisecond)
	}
	back, err := signInAt(address, "admin")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"what?", d.url, back[:len(back)-8], strings.Replace(back, "state=", "state=x", 1), " " + back + "\r"} {
		if _, err := io.WriteString(stdin, line+"\n"); err != nil {
			t.Fatal(err)
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v\n%s%s", err, out.text.String(), errs.text.String())
	}
	wantText(t, out.text.String(), 0, 0, "Signed in as admin")
	wantText(t, errs.text.String(), 0, 0, "the text is not the callback URL", "the callback URL is from another sign-in")
}

// A machine signs in by its secret, with and without a login.
func TestMachine(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	stdout, stderr, status := d.run(t, "", "login", "--local", "--machine", "--domain", d.url, "--storage", "file")
	wantText(t, stdout+stderr, status, 0, "Signed in as the machine local-machine, profile local-machine.")
	first, _, status := d.run(t, "", "token")
	second, _, _ := d.run(t, "", "token")
	if status != 0 || first != second || d.log.count("grant=client_credentials") != 1 {
		t.Errorf("%d: the token is not the one that was kept", status)
	}
	stdout, _, status = d.run(t, "", "whoami")
	wantText(t, stdout, status, 0, "the machine local-machine", "orders/read")
	_, stderr, status = d.run(t, "", "token", "--id")
	wantText(t, stderr, status, 2, "a machine has no ID token")
	if third, _, _ := d.run(t, "", "token", "--min-left", "2h"); third == first || d.log.count("grant=client_credentials") != 2 {
		t.Error("it was not renewed")
	}
	stdout, _, status = d.run(t, "", "logout")
	wantText(t, stdout, status, 0, "Signed out")

	secret := filepath.Join(filepath.Dir(d.config), "robot.secret")
	if err := os.WriteFile(secret, []byte("local-secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	config := fmt.Sprintf("profiles:\n  robot:\n    user_pool: %s\n    client_id: local-machine\n    domain: %s\n    issuer: %s/%s\n    machine: true\n    client_secret: {file: robot.secret}\n",
		servedPool, d.url, d.url, servedPool)
	if err := os.WriteFile(d.config, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	if stdout, stderr, status := d.run(t, "", "token", "--profile", "robot"); status != 0 {
		t.Errorf("%d %s%s", status, stdout, stderr)
	}
	if err := os.WriteFile(d.config, []byte(strings.Replace(config, "{file: robot.secret}", "{env: ROBOT_SECRET}", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, stderr, status = d.run(t, "", "token", "--profile", "robot")
	wantText(t, stderr, status, 2, "the environment variable ROBOT_SECRET, which is not set")
	d.env = append(d.env, "ROBOT_SECRET=wrong")
	_, stderr, status = d.run(t, "", "token", "--profile", "robot", "--min-left", "2h")
	wantText(t, stderr, status, 1, "invalid_client")
	if strings.Contains(stderr, "wrong") {
		t.Error("the secret was shown")
	}
}

// Tokens go nowhere but where they came from, whatever the profile says now.
func TestProfileChanged(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.signIn(t)
	var asked atomic.Int32
	thief := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	t.Cleanup(thief.Close)
	text, err := os.ReadFile(d.config)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(d.config, []byte(strings.Replace(string(text), "domain: "+d.url, "domain: "+thief.URL, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	d.expire(t)
	_, stderr, status := d.run(t, "", "token")
	wantText(t, stderr, status, 1, "another user pool, app client or domain", "sign in again")
	_, stderr, status = d.run(t, "", "logout")
	wantText(t, stderr, status, 3, "could not be revoked")
	if asked.Load() != 0 {
		t.Error("another domain was asked")
	}
	if _, _, err := d.store().Load(context.Background()); !errors.Is(err, tokenstore.ErrNone) {
		t.Error(err)
	}
}

// Ctrl-C ends the waiting for a browser, and for other processes.
func TestInterruptSignIn(t *testing.T) {
	skipWithoutInterrupt(t)
	d := newDesk(t)
	d.signIn(t)
	d.expire(t)
	turn, err := d.store().Turn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer turn.End()
	cmd := d.command(t, "token")
	var output lockedBuffer
	cmd.Stdout, cmd.Stderr = &output, &output
	waitForOpen := watchOpens(t, d.store().Path()+".lock")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	waitForOpen()
	interrupt(t, cmd)
	d.env = append(d.env, "BROWSER_DOES=fail")
	cmd = d.command(t, "login", "--storage", "file")
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := stderr.Read(make([]byte, 100)); err != nil {
		t.Fatal(err)
	}
	interrupt(t, cmd)
	if output.count("") > 1 {
		t.Errorf("an interrupted command wrote %q", output.text.String())
	}
}

// A code is traded by hand, with the verifier of its sign-in, and verified where the
// pool is named.
func TestExchange(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	challenge := "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM" // RFC 7636, appendix B
	code := func() string {
		t.Helper()
		query := url.Values{"response_type": {"code"}, "client_id": {"local-client"}, "redirect_uri": {d.callback()}, "scope": {"openid"},
			"code_challenge": {challenge}, "code_challenge_method": {"S256"}}
		back, err := signInAt(d.url+"/oauth2/authorize?"+query.Encode(), "")
		if err != nil {
			t.Fatal(err)
		}
		at, err := url.Parse(back)
		if err != nil {
			t.Fatal(err)
		}
		return at.Query().Get("code")
	}
	args := []string{"exchange", "--domain", d.url, "--client-id", "local-client", "--redirect-uri", d.callback(),
		"--code-verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"}
	first := code()
	stdout, stderr, status := d.run(t, "", append(args, "--code", first)...)
	wantText(t, stdout, status, 0, `"access_token":"eyJ`, `"id_token":"eyJ`, `"refresh_token":"`, `"token_type":"Bearer","expires_in":3600}`)
	wantText(t, stderr, status, 0, "not verified")
	stdout, stderr, status = d.run(t, "", append(args, "--code", first)...)
	wantText(t, stdout, status, 1, `{"error":{"code":"invalid_grant","message":"`)
	if strings.Contains(stdout+stderr, first) {
		t.Error("the code was shown")
	}
	args = append(args, "--code", "-", "--pool", servedPool)
	stdout, _, status = d.run(t, code()+"\n", append(args, "--issuer", d.url+"/"+servedPool)...)
	wantText(t, stdout, status, 0, `"verification":{"access":{"valid":true,"token_use":"access"`, `"id":{"valid":true,"token_use":"id"`)
	stdout, _, status = d.run(t, code()+"\n", args...) // Amazon's issuers, which these are not of
	wantText(t, stdout, status, 1, `"access_token":"eyJ`, `"valid":false,"error":{"code":"issuer_mismatch"`)
	_, stderr, status = d.run(t, "", args...)
	wantText(t, stderr, status, 2, "standard input contains no code")
	_, stderr, status = d.run(t, "", "exchange", "--domain", "http://example.com", "--client-id", "a b", "--redirect-uri", "x", "--code", "c")
	wantText(t, stderr, status, 2, "--domain ", "--client-id ", "--redirect-uri ")
	before := func(*http.Request) bool { return true }
	d.before.Store(&before)
	stdout, _, status = d.run(t, "c\n", args...)
	wantText(t, stdout, status, 3, `"code":"unavailable"`)
}
