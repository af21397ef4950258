package userpool_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/userpool"
)

// onDisk starts a server on a directory, and stops it with stop.
func onDisk(t *testing.T, dir string, edits ...func(*userpool.Config)) (f *fixture, stop func()) {
	t.Helper()
	storage, err := userpool.OpenStorage(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	f = serve(t, func(cfg *userpool.Config) {
		cfg.Storage, cfg.PublicURL = storage, "http://pool.test"
		for _, edit := range edits {
			edit(cfg)
		}
	})
	return f, func() {
		t.Helper()
		if err := storage.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// All that a client holds is still good after a restart: keys, refresh tokens, the
// browser's session; what the configuration says of users does not undo what they
// did.
func TestStorage(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f, stop := onDisk(t, dir)
	before := f.signedIn(t)
	salt := srpSalt(t, f, "nobody")
	status, _ := apiCall(t, f, "ChangePassword", map[string]any{
		"AccessToken": accessByPassword(t, f, "Passw0rd!"), "PreviousPassword": "Passw0rd!", "ProposedPassword": "N3w-passw0rd",
	})
	if status != http.StatusOK {
		t.Fatalf("ChangePassword: %d", status)
	}
	stop()
	f, stop = onDisk(t, dir)
	defer stop()
	verify(t, keySet(t, f.Server), before.Access)
	if answer := f.token(t, refreshForm(before.Refresh)); answer.status != http.StatusOK {
		t.Errorf("the refresh token after a restart: %d %s", answer.status, answer.raw)
	}
	if accessByPassword(t, f, "N3w-passw0rd") == "" || accessByPassword(t, f, "Passw0rd!") != "" {
		t.Error("the password is the configuration's again")
	}
	if again := srpSalt(t, f, "nobody"); again != salt {
		t.Errorf("a restart gives a user away who does not exist: salt %s, then %s", salt, again)
	}
}

// One directory is one server's.
func TestSecondServerCannotOpenTheStorage(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, stop := onDisk(t, dir)
	defer stop()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if second, err := userpool.OpenStorage(ctx, dir); err == nil {
		_ = second.Close()
		t.Error("a directory was opened twice")
	}
}

func apiCall(t testing.TB, f *fixture, action string, in map[string]any) (status int, out map[string]any) {
	t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(string(body)))
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	r.Header.Set("X-Amz-Target", "AWSCognitoIdentityProviderService."+action)
	response, text := request(t, f.Server, r)
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		t.Fatalf("%s: %q: %v", action, text, err)
	}
	return response.StatusCode, out
}

func accessByPassword(t *testing.T, f *fixture, password string) string {
	t.Helper()
	_, out := apiCall(t, f, "InitiateAuth", map[string]any{
		"AuthFlow": "USER_PASSWORD_AUTH", "ClientId": "local-client",
		"AuthParameters": map[string]string{"USERNAME": "anaya", "PASSWORD": password},
	})
	result, _ := out["AuthenticationResult"].(map[string]any)
	token, _ := result["AccessToken"].(string)
	return token
}

func srpSalt(t *testing.T, f *fixture, username string) string {
	t.Helper()
	_, out := apiCall(t, f, "InitiateAuth", map[string]any{
		"AuthFlow": "USER_SRP_AUTH", "ClientId": "local-client",
		"AuthParameters": map[string]string{"USERNAME": username, "SRP_A": "2"},
	})
	parameters, _ := out["ChallengeParameters"].(map[string]any)
	salt, _ := parameters["SALT"].(string)
	if salt == "" {
		t.Fatalf("InitiateAuth: %v", out)
	}
	return salt
}
