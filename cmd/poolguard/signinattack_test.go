package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// brokenRing is a session whose key ring was there once.
func (d *desk) brokenRing(t *testing.T) {
	t.Helper()
	d.env = append(d.env, "DBUS_SESSION_BUS_ADDRESS=unix:path="+filepath.Join(t.TempDir(), "bus"))
}

// Who asks for the key ring does not get a plain file, and the pool's refresh token
// does not stay good where nobody has it.
func TestKeyRingAlone(t *testing.T) {
	skipWithoutSessionBus(t)
	t.Parallel()
	d := newDesk(t)
	_, stderr, status := d.login(t, "--storage", "keyring")
	wantText(t, stderr, status, 2, "no key ring")
	d.brokenRing(t)
	stdout, stderr, status := d.login(t, "--storage", "keyring")
	wantText(t, stderr, status, 2, "the key ring of this system", "--storage file")
	if _, err := os.Stat(d.store().Path()); !os.IsNotExist(err) {
		t.Errorf("%v\n%s%s", err, stdout, stderr)
	}
	if d.log.count("revoked") == 0 {
		t.Error("nothing was revoked:", d.log.text.String())
	}
	_, stderr, status = d.login(t, "--storage", "auto")
	wantText(t, stderr, status, 0, "the key ring of this system", "not encrypted")
}

func skipWithoutSessionBus(t *testing.T) {
	t.Helper()
	if _, err := os.Stat("/proc/self"); err != nil {
		t.Skip("the key ring of this system is no session bus's")
	}
}

// A machine's first token may come without a login. That it is kept in a plain file is
// said then too, once, and not on standard output.
func TestMachinesFirstTokenSaidAloud(t *testing.T) {
	t.Parallel()
	for _, first := range []string{"token", "whoami"} {
		d := newDesk(t)
		if _, stderr, status := d.run(t, "", "login", "--local", "--machine", "--domain", d.url); status != 0 {
			t.Fatal(stderr)
		}
		if _, _, status := d.run(t, "", "logout"); status != 0 {
			t.Fatal(status)
		}
		stdout, stderr, status := d.run(t, "", first)
		wantText(t, stderr, status, 0, "poolguard "+first+": there is no key ring in this session", "not encrypted", "profile-local-machine.json")
		if first == "token" && strings.Count(stdout, "\n") != 1 {
			t.Error(stdout)
		}
		if _, stderr, status = d.run(t, "", first); status != 0 || stderr != "" {
			t.Errorf("%d %s", status, stderr)
		}
	}
}

// An empty flag is a variable that is not set: tokens that were to be verified do not
// pass unseen.
func TestExchangeEmptyFlags(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	args := []string{"exchange", "--domain", d.url, "--client-id", "local-client", "--redirect-uri", d.callback(), "--code", "c"}
	for _, name := range []string{"--pool", "--issuer", "--client-secret-file", "--code-verifier", "--code", "--domain"} {
		_, stderr, status := d.run(t, "", slices.Concat(args, []string{name, ""})...)
		wantText(t, stderr, status, 2, name+" is empty: check that the variable in it is set")
	}
	if n := d.log.count("POST /oauth2/token") + d.log.count("invalid_grant"); n != 0 {
		t.Error("a code was sent")
	}
}

// Who came back in time is signed in, also where the pool takes longer than the waiting.
func TestBackInTime(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	over := 4500 * time.Millisecond
	before := func(r *http.Request) bool {
		if r.URL.Path == "/oauth2/token" {
			time.Sleep(over)
		}
		return false
	}
	d.before.Store(&before)
	stdout, stderr, status := d.login(t, "--timeout", "4s")
	wantText(t, stdout+stderr, status, 0, "Signed in as anaya")
}

// One profile's name is not that of another's lock: both stay signed in.
func TestProfilesNamedAsFiles(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for _, name := range []string{"dev.new", "dev.lock", "dev"} {
		if _, stderr, status := d.run(t, "", "login", "--local", "--machine", "--domain", d.url, "--profile", name); status != 0 {
			t.Fatal(stderr)
		}
	}
	if _, stderr, status := d.run(t, "", "logout", "--profile", "dev"); status != 0 {
		t.Fatal(stderr)
	}
	for _, name := range []string{"dev.new", "dev.lock"} {
		if _, err := os.Stat(filepath.Join(filepath.Dir(d.config), "tokens", "profile-"+name+".json")); err != nil {
			t.Error(err)
		}
	}
}

// Fifty processes and a kill: the lock of a process that was killed while it waited or
// worked is free at once, and nobody is signed out.
func TestKilledAmongMany(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.signIn(t)
	d.expire(t)
	outputs := make(chan string, 50)
	for n := range 50 {
		cmd := d.command(t, "token")
		go func() {
			if n%5 == 0 { // its output is nobody's concern
				if cmd.Start() == nil {
					time.Sleep(time.Duration(n) * time.Millisecond)
					_ = cmd.Process.Kill()
					_ = cmd.Wait()
				}
				outputs <- ""
				return
			}
			out, err := cmd.CombinedOutput()
			outputs <- fmt.Sprint(string(out), err)
		}()
	}
	got := map[string]int{}
	for range 50 {
		got[<-outputs]++
	}
	over := 0 // the process that renewed may be the one that was killed: its answer is lost
	for text := range got {
		over += strings.Count(text, "sign in again")
	}
	if over == 0 && len(got) != 2 {
		t.Errorf("%s different outputs: %.300v", strconv.Itoa(len(got)), got)
	}
}

// What the pool has just issued and this machine takes for expired is the clock's fault,
// and is said to be; with refresh tokens that rotate it costs the sign-in (docs/terminal.md).
func TestWrongClock(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.signIn(t)
	d.expire(t)
	clock := func(method, text string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, d.url+"/_local/clock", strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		client := &http.Client{}
		defer client.CloseIdleConnections()
		response, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode/100 != 2 {
			t.Fatal(response.Status)
		}
	}
	clock(http.MethodPost, `{"offset":"-2h"}`)
	stdout, stderr, status := d.run(t, "", "token")
	wantText(t, stderr, status, 1, "token_expired", "check the clock of this machine")
	clock(http.MethodDelete, "")
	_, stderr, status = d.run(t, "", "token")
	wantText(t, stdout+stderr, status, 1, "sign in again")
}
