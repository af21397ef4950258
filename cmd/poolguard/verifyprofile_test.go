package main

import (
	"os"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/internal/terminalauth/profile"
)

// addProfile adds a profile to the file of the desk.
func (d *desk) addProfile(t *testing.T, name string, p profile.Profile) {
	t.Helper()
	err := profile.Update(t.Context(), d.config, func(f *profile.File) bool {
		if f.Profiles == nil {
			f.Profiles = map[string]profile.Profile{}
		}
		f.Profiles[name] = p
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestTokenOfTheOnlyProfileIsVerifiedWithoutFlags: poolguard token | poolguard verify -
func TestTokenOfTheOnlyProfileIsVerifiedWithoutFlags(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.signIn(t)
	token, _, _ := d.run(t, "", "token")
	id, _, _ := d.run(t, "", "token", "--id")
	const used = "poolguard verify: no --pool was given, so the profile local is used: --pool us-east-1_Local0001 --client-id local-client --issuer http://127.0.0.1:"

	stdout, stderr, status := d.run(t, token, "verify", "-")
	wantText(t, stdout+stderr, status, 0, "valid access token", used, " --token-use access\n")
	stdout, stderr, status = d.run(t, id, "verify", "-")
	wantText(t, stdout+stderr, status, 1, "token_use_mismatch", "--token-use id")
	stdout, stderr, status = d.run(t, id, "verify", "--token-use", "id", "-o", "json", "-")
	wantText(t, stdout+stderr, status, 0, `{"valid":true,"token_use":"id"`, used)

	// Flags that were given count.
	stdout, stderr, status = d.run(t, token, "verify", "--client-id", "other", "-")
	wantText(t, stdout+stderr, status, 1, "client_mismatch")
	stdout, stderr, status = d.run(t, token, "verify", "--scope", "orders/delete", "-")
	wantText(t, stdout+stderr, status, 1, "scope_missing")
	_, stderr, status = d.run(t, token, "verify", "--pool", "us-east-1_AbCdEfGhI", "-")
	wantText(t, stderr, status, 2, "--client-id is missing", "--token-use is missing")
	if strings.Contains(stderr, "the profile") {
		t.Errorf("the profile is used beside --pool:\n%s", stderr)
	}
	_, stderr, status = d.run(t, token, "verify", "--pool", "", "-")
	wantText(t, stderr, status, 2, "--pool is empty")
}

// TestVerifyDoesNotChooseAmongProfiles: a verdict must not depend on which one is first.
func TestVerifyDoesNotChooseAmongProfiles(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.signIn(t)
	token, _, _ := d.run(t, "", "token")
	d.addProfile(t, "cloud", profile.Profile{UserPoolID: "us-east-1_AbCdEfGhI", ClientID: "web", Domain: "https://auth.example.com"})

	_, stderr, status := d.run(t, token, "verify", "-")
	wantText(t, stderr, status, 2, "--pool is missing", "select a profile with --profile")
	stdout, stderr, status := d.run(t, token, "verify", "--profile", "local", "-")
	wantText(t, stdout, status, 0, "valid access token")
	if stderr != "" {
		t.Errorf("a named profile is announced: %s", stderr)
	}
	stdout, stderr, status = d.run(t, token, "verify", "--profile", "cloud", "-")
	wantText(t, stdout+stderr, status, 1, "issuer_mismatch")
	_, stderr, status = d.run(t, token, "verify", "--profile", "clou", "-")
	wantText(t, stderr, status, 2, `there is no profile "clou"`, "did you mean cloud?")
	_, stderr, status = d.run(t, token, "verify", "--profile", "", "-")
	wantText(t, stderr, status, 2, "--profile is empty")

	d.env = append(d.env, "POOLGUARD_PROFILE=local")
	stdout, stderr, status = d.run(t, token, "verify", "-")
	wantText(t, stdout+stderr, status, 0, "valid access token", "the profile local is used")
	d.env = append(d.env, "POOLGUARD_PROFILE=nosuch")
	_, stderr, status = d.run(t, token, "verify", "-")
	wantText(t, stderr, status, 2, `there is no profile "nosuch"`)
}

func TestInspectComparesWithAProfileOnlyIfAsked(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.signIn(t)
	token, _, _ := d.run(t, "", "token")
	stdout, stderr, status := d.run(t, token, "inspect", "-")
	wantText(t, stdout, status, 0, "no user pool was given")
	if stderr != "" {
		t.Errorf("got %s", stderr)
	}
	stdout, _, status = d.run(t, token, "inspect", "--profile", "local", "-")
	wantText(t, stdout, status, 0, "local-client")
	if strings.Contains(stdout, "no user pool was given") {
		t.Errorf("the profile is not used:\n%s", stdout)
	}
}

func TestLocalPoolNeedsNoProfile(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.signIn(t)
	token, _, _ := d.run(t, "", "token")
	if err := os.Remove(d.config); err != nil {
		t.Fatal(err)
	}
	issuer := d.url + "/us-east-1_Local0001"
	stdout, stderr, status := d.run(t, token, "verify", "--local", "--issuer", issuer, "-")
	wantText(t, stdout+stderr, status, 0, "valid access token")
	stdout, stderr, status = d.run(t, token, "inspect", "--local", "--issuer", issuer, "--jwks", issuer+"/.well-known/jwks.json", "-o", "json", "-")
	wantText(t, stdout+stderr, status, 0, `"signature_held":true`)
	if strings.Contains(stdout, `"status":"failed"`) {
		t.Errorf("a check failed:\n%s", stdout)
	}
	_, stderr, status = d.run(t, token, "verify", "--local", "--profile", "local", "-")
	wantText(t, stderr, status, 2, "--local and --profile exclude each other")
	_, stderr, status = d.run(t, token, "verify", "-")
	wantText(t, stderr, status, 2, "--pool is missing", "--client-id is missing", "--token-use is missing")
}
