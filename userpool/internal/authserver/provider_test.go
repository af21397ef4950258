package authserver

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

func TestProvider(t *testing.T) {
	t.Parallel()
	w := pagesWorld(t, io.Discard, nil)
	v := newVisitor(t, w)
	v.get("/login").want(http.StatusOK, "Continue with Google", "identity_provider=Google")
	if got := v.get("/oauth2/authorize", "identity_provider", "Google").location; !strings.HasPrefix(got, "/provider?") {
		t.Errorf("authorize leads to %q", got)
	}
	if got := v.get("/oauth2/authorize", "idp_identifier", "goo").location; !strings.HasPrefix(got, "/provider?") {
		t.Errorf("idp_identifier leads to %q", got)
	}
	page := v.get("/provider", "identity_provider", "Google").want(http.StatusOK, "simulated")
	v.submit(page, "user_id", "two words").want(http.StatusBadRequest, "has no spaces")
	claims := v.idToken(v.submit(page, "user_id", "1234", "email", "gina@example.com", "name", "Gina"))
	identity, _ := claims["identities"].([]any)[0].(map[string]any)
	if identity["userId"] != "1234" || identity["providerName"] != "Google" || identity["providerType"] != "Google" || identity["primary"] != "true" || identity["dateCreated"] == "" {
		t.Errorf("identities %v", claims["identities"])
	}
	if claims["cognito:username"] != "Google_1234" || claims["name"] != "Gina" || claims["email_verified"] != false ||
		claims["cognito:groups"].([]any)[0] != testPool+"_Google" || claims["amr"].([]any)[0] != "fed" {
		t.Errorf("claims %v", claims)
	}
	if invented, _ := claims["nonce"].(string); len(invented) < 43 {
		t.Errorf("nonce %q of a request without one", claims["nonce"])
	}
	if got := w.user(t, "Google_1234").Status; got != directory.ExternalProvider {
		t.Errorf("status %s", got)
	}
	second := newVisitor(t, w)
	again := second.idToken(second.submit(second.get("/provider", "identity_provider", "Google"), "user_id", "1234", "name", "Gina B."))
	if again["sub"] != claims["sub"] || again["name"] != "Gina B." || again["email"] != "gina@example.com" {
		t.Errorf("another person: %v, then %v", claims, again)
	}
	if other := second.idToken(second.submit(page, "user_id", "12345", formField, csrfOf(second))); other["sub"] == claims["sub"] {
		t.Error("two people are one")
	}
	// No password fits.
	v.submit(v.get("/login"), "username", "Google_1234", "password", "").want(http.StatusBadRequest, "Incorrect username or password.")
	w.update(t, func(tx store.Tx) error {
		u, err := directory.GetUser(tx, w.pool, "Google_1234")
		if err != nil {
			return err
		}
		u.Disabled = true
		return directory.PutUser(tx, w.pool, u)
	})
	v.submit(page, "user_id", "1234").want(http.StatusBadRequest, "This user is disabled.")
	w.addUser(t, "Google_5", nil)
	v.submit(page, "user_id", "5").want(http.StatusBadRequest, "is taken")
}

func csrfOf(v *visitor) string {
	v.t.Helper()
	_, form := v.get("/login").form()
	return form.Get(formField)
}

// A client takes its own providers only, and passwords only if it says so.
func TestProvidersOfClient(t *testing.T) {
	t.Parallel()
	w := pagesWorld(t, io.Discard, func(_ *directory.Pool, c *directory.Client) { c.Providers = []string{"Google"} })
	w.update(t, func(tx store.Tx) error {
		return directory.PutProvider(tx, directory.Provider{PoolID: testPool, Name: "AcmeSAML", Type: "SAML"})
	})
	v := newVisitor(t, w)
	if got := v.get("/provider", "identity_provider", "AcmeSAML").location; !strings.HasPrefix(got, testCallback+"?error_description=") {
		t.Errorf("another client's provider: %q", got)
	}
	if got := v.get("/oauth2/authorize").location; !strings.HasPrefix(got, "/provider?") {
		t.Errorf("authorize leads to %q, not to the only provider", got)
	}
	login := v.get("/login")
	if strings.Contains(login.body, "<form") || strings.Contains(login.body, "/signup") || strings.Contains(login.body, "/forgotPassword") {
		t.Errorf("passwords for a client that takes none:\n%s", login.visible())
	}
	_, form := v.get("/provider", "identity_provider", "Google").form()
	for _, path := range []string{"/login", "/signup", "/forgotPassword", "/confirmforgotPassword"} {
		answer := v.send(path+"?"+goodQuery().Encode(), url.Values{formField: form[formField], "username": {"anaya"}, "password": {"Passw0rd!"}})
		if !strings.HasPrefix(answer.location, "/login?") {
			t.Errorf("POST %s: %d to %q", path, answer.status, answer.location)
		}
	}
}
