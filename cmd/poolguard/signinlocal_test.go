package main

import (
	"strings"
	"testing"

	"github.com/poolguard/poolguard/userpool"
)

// restart starts the pool of the desk again. It has other keys then, and no sessions.
func (d *desk) restart(t *testing.T) {
	t.Helper()
	pool, err := userpool.New(d.settings)
	if err != nil {
		t.Fatal(err)
	}
	d.pool = pool
	d.before.Store(nil) // the handler reads it first
}

func TestLocalPoolThatIsNotRunning(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.signIn(t)
	d.server.Close()
	address := strings.TrimPrefix(d.url, "http://")
	for _, args := range [][]string{{"token"}, {"whoami"}, {"login", "--storage", "file"}, {"token", "--min-left", "300h"}} {
		stdout, stderr, status := d.run(t, "", args...)
		wantText(t, stderr, status, 3, "connection refused", "Is it running? This starts the local user pool there:\n  poolguard userpool serve --listen "+address+"\n")
		if stdout != "" {
			t.Errorf("%v: standard output has %s", args, stdout)
		}
	}
	token, _, err := d.store().Load(t.Context())
	if err != nil {
		t.Fatal("the sign-in is lost: ", err)
	}
	stdout, stderr, status := d.run(t, token.Access, "verify", "-")
	wantText(t, strings.Join(strings.Fields(stdout+stderr), " "), status, 3, "Is it running? This starts the local user pool there: poolguard userpool serve --listen "+address)
}

// TestLocalPoolThatLostItsKeys: its APIs would reject the token that is stored.
func TestLocalPoolThatLostItsKeys(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.signIn(t)
	d.restart(t)
	for _, args := range [][]string{{"token"}, {"token", "--id"}, {"whoami"}} {
		stdout, stderr, status := d.run(t, "", args...)
		wantText(t, stderr, status, 1, "the local user pool does not have the key of this sign-in: it was started again without --data", "poolguard login")
		if stdout != "" {
			t.Errorf("%v: standard output has %s", args, stdout)
		}
	}
	d.expire(t)
	_, stderr, status := d.run(t, "", "token")
	wantText(t, stderr, status, 1, "rejects the refresh token", "started again without --data", "poolguard login")
	d.signIn(t)
	if _, stderr, status := d.run(t, "", "token"); status != 0 {
		t.Errorf("after another sign-in: %d %s", status, stderr)
	}
}
