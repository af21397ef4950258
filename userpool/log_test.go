package userpool_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/poolguard/poolguard/userpool"
)

// lockedBuffer collects a log that several requests write.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func newTestLogger(l *lockedBuffer) *slog.Logger {
	return slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func TestLogHoldsNoSecret(t *testing.T) {
	t.Parallel()
	f := serve(t)
	b := newBrowser(t, f)
	code := b.signIn("anaya", authorizeQuery()).Get("code")
	answer := f.token(t, codeForm(code))
	refreshed := f.token(t, with(codeForm(""), "grant_type", "refresh_token", "refresh_token", answer.Refresh))
	machine := f.token(t, with(codeForm(""), "grant_type", "client_credentials", "client_id", ""), "local-machine", "local-secret")
	f.token(t, with(codeForm(""), "grant_type", "client_credentials", "client_id", ""), "local-machine", "a wrong secret")

	// A password in the user name's field.
	other := newBrowser(t, f)
	_, page := other.get("/login?" + authorizeQuery().Encode())
	action, fields := parseForm(t, page)
	response, _ := other.post(action, with(fields, "username", "hunter2hunter2", "password", "wrong-passw0rd"))
	if response.StatusCode != http.StatusBadRequest {
		t.Fatalf("wrong password: %d", response.StatusCode)
	}

	log := f.log.String()
	for _, secret := range []string{
		"Passw0rd!", "local-secret", "a wrong secret", "hunter2hunter2", "wrong-passw0rd", code, rfcVerifier,
		answer.Access, answer.ID, answer.Refresh, refreshed.Access, machine.Access, fields.Get("_csrf"),
	} {
		if secret == "" {
			t.Error("a secret of the test is empty")
		} else if strings.Contains(log, secret) {
			t.Errorf("the log holds %q:\n%s", secret, log)
		}
	}
	for _, want := range []string{"signed in", "tokens issued", "token refused", "sign-in refused"} {
		if !strings.Contains(log, want) {
			t.Errorf("the log does not say %q", want)
		}
	}
}

func TestSecretRedactsItself(t *testing.T) {
	t.Parallel()
	const plain = "hunter2"
	user := userpool.User{Username: "anaya", Password: plain}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&out, verb+" "+verb+"\n", user.Password, user)
	}
	if err := json.NewEncoder(&out).Encode(user); err != nil { //nolint:gosec // that it shows nothing is the test
		t.Fatal(err)
	}
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "user", user, "password", user.Password)
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "user", user, "password", user.Password)
	fmt.Fprintln(&out, user.Password.String())
	for _, leak := range []string{plain, fmt.Sprintf("%x", plain)} {
		if strings.Contains(out.String(), leak) {
			t.Errorf("%q in:\n%s", leak, &out)
		}
	}
	if string(user.Password) != plain {
		t.Error("conversion to string lost the secret")
	}
}

func TestLogShowsRedirectMismatch(t *testing.T) {
	t.Parallel()
	f := serve(t)
	get(t, f, "/oauth2/authorize?"+authorizeQuery("redirect_uri", "http://localhost:5173/cb").Encode())
	get(t, f, "/logout?"+url.Values{"client_id": {"local-client"}, "logout_uri": {"http://localhost:5173/" + strings.Repeat("a", 300)}}.Encode())
	log := strings.ReplaceAll(f.log.String(), `\"`, `"`)
	for _, want := range []string{
		`redirect_uri is not registered: got "http://localhost:5173/cb", registered: ["` + callback + `"`,
		`logout_uri is not registered: got "http://localhost:5173/aaa`,
		`registered: ["http://localhost:3000/" "http://localhost:8000/"]`,
	} {
		if !strings.Contains(log, want) {
			t.Errorf("the log does not have %s:\n%s", want, log)
		}
	}
	if strings.Contains(log, strings.Repeat("a", 200)) {
		t.Errorf("the log repeats a long address:\n%s", log)
	}
}
