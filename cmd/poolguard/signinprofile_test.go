package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/internal/terminalauth/tokenstore"
)

// TestProfileNotNamed: a sign-in at another pool does not take the default profile from
// those who use it, and a new pool has nothing of the old one.
func TestProfileNotNamed(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.signIn(t)
	other := []string{"login", "--pool", "us-east-1_AbCdEfGhI", "--client-id", "web", "--domain", d.url}
	_, stderr, status := d.run(t, "", other...)
	wantText(t, stderr, status, 2, "the profile local is for the app client local-client", "--profile NAME")
	_, stderr, status = d.run(t, "", append(other, "--profile", "local", "--issuer", "http://127.0.0.1:1/us-east-1_AbCdEfGhI")...)
	wantText(t, stderr, status, 3, "connection refused")
	_, stderr, status = d.run(t, "", "login", "--local", "--pool", "us-east-1_AbCdEfGhI")
	wantText(t, stderr, status, 2, "--local selects its own user pool")
	_, stderr, status = d.run(t, "", "login", "--profile", "nosuch")
	wantText(t, stderr, status, 2, "there is no profile nosuch in", "the file has the profile local", "To create it, add the missing flags.", "--pool is missing")
	_, _, status = d.run(t, "", "whoami")
	if status != 0 {
		t.Error("the profile was changed")
	}
}

// TestSecondLogin: the refresh token of the sign-in before is revoked, as nobody has it
// any more.
func TestSecondLogin(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.signIn(t)
	first, _, err := d.store().Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	d.signIn(t)
	second, _, err := d.store().Load(t.Context())
	if err != nil || second.Refresh == first.Refresh {
		t.Fatalf("the second sign-in has the first one's refresh token, %v", err)
	}
	turn, err := d.store().Turn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := turn.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := turn.Replace(first); err != nil {
		t.Fatal(err)
	}
	turn.End()
	d.expire(t)
	_, stderr, status := d.run(t, "", "token")
	wantText(t, stderr, status, 1, "rejects the refresh token")
}

// TestLoginFindsOutFirst: what would lose the tokens is told before a browser opens.
func TestLoginFindsOutFirst(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	if err := os.MkdirAll(filepath.Dir(d.config), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(filepath.Dir(d.config), "tokens"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	stdout, stderr, status := d.login(t)
	wantText(t, stderr, status, 2, "tokens")
	if strings.Contains(stdout, "oauth2/authorize") {
		t.Error("the browser was sent to the pool")
	}
}

// TestLogoutWithoutSecret: what is kept is deleted though the pool cannot be asked; a
// machine has nothing that could be revoked.
func TestLogoutWithoutSecret(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.signIn(t)
	text, err := os.ReadFile(d.config)
	if err != nil {
		t.Fatal(err)
	}
	write := func(text string) {
		if err := os.WriteFile(d.config, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(string(text) + "    client_secret: {env: NOT_SET}\n")
	stdout, stderr, status := d.run(t, "", "logout")
	wantText(t, stdout+stderr, status, 3, "the stored tokens are deleted", "NOT_SET")
	if _, _, err := d.store().Load(t.Context()); err == nil || !strings.Contains(err.Error(), tokenstore.ErrNone.Error()) {
		t.Errorf("the tokens are kept: %v", err)
	}
}
