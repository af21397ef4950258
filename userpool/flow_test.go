package userpool_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/poolguard/poolguard/userpool"
)

var (
	uuidForm   = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	headerForm = regexp.MustCompile(`^\{"kid":"[A-Za-z0-9+/]{43}=","alg":"RS256"\}$`)
)

// TestCodeFlow drives the whole code grant with PKCE over HTTP, through the
// pages, and checks every claim of what comes out.
func TestCodeFlow(t *testing.T) {
	t.Parallel()
	f := serve(t)
	q := newBrowser(t, f).signIn("Anaya", authorizeQuery("scope", "openid email orders/read"))
	if got := q.Get("state"); got != "a state & more" {
		t.Errorf("state %q", got)
	}
	if !uuidForm.MatchString(q.Get("code")) {
		t.Errorf("code %q is no UUID", q.Get("code"))
	}
	answer := f.token(t, codeForm(q.Get("code")))
	if answer.status != http.StatusOK || answer.Type != "Bearer" || answer.Expires != 3600 {
		t.Fatalf("token endpoint: %d %s", answer.status, answer.raw)
	}
	keys := keySet(t, f.Server)
	accessHeader, access := verify(t, keys, answer.Access)
	idHeader, id := verify(t, keys, answer.ID)
	if _, payload, _ := strings.Cut(answer.Access, "."); !strings.Contains(decoded(t, payload), `http:\/\/`) {
		t.Error("slashes are not escaped as Cognito's are")
	}
	for _, header := range []string{accessHeader, idHeader} {
		if !headerForm.MatchString(header) {
			t.Errorf("header %s", header)
		}
	}
	if accessHeader == idHeader {
		t.Error("ID and access token share a key")
	}
	for _, name := range []string{"jti", "origin_jti", "event_id", "sub"} {
		if value, _ := access[name].(string); !uuidForm.MatchString(value) {
			t.Errorf("access token: %s %q is no UUID", name, value)
		}
	}
	if access["jti"] == id["jti"] {
		t.Error("both tokens have one jti")
	}
	now := float64(start.Unix())
	common := map[string]any{
		"iss": f.url + "/" + poolID, "iat": now, "exp": now + 3600, "auth_time": now,
		"sub": access["sub"], "origin_jti": access["origin_jti"], "event_id": access["event_id"],
		"cognito:groups": []any{"staff"}, "amr": []any{"pwd"}, "acr": "urn:cognito:loa:1",
	}
	ignoreJTI := cmpopts.IgnoreMapEntries(func(name string, _ any) bool { return name == "jti" })
	wantAccess := merge(common, map[string]any{
		"token_use": "access", "client_id": "local-client", "username": "anaya",
		"scope": "openid email orders/read", "version": 2.0,
	})
	if diff := cmp.Diff(wantAccess, access, ignoreJTI); diff != "" {
		t.Errorf("access token (-want +got):\n%s", diff)
	}
	sum := sha256.Sum256([]byte(answer.Access))
	wantID := merge(common, map[string]any{
		"token_use": "id", "aud": "local-client", "cognito:username": "anaya", "nonce": "n-0S6_WzA2Mj",
		"at_hash": base64.RawURLEncoding.EncodeToString(sum[:16]),
		"email":   "anaya@example.com", "email_verified": true, // no name: the scope email shows itself only
	})
	if diff := cmp.Diff(wantID, id, ignoreJTI); diff != "" {
		t.Errorf("ID token (-want +got):\n%s", diff)
	}
}

func merge(maps ...map[string]any) map[string]any {
	merged := map[string]any{}
	for _, m := range maps {
		for k, v := range m {
			merged[k] = v
		}
	}
	return merged
}

func TestRefreshTokenShape(t *testing.T) {
	t.Parallel()
	f := serve(t)
	parts := strings.Split(f.signedIn(t).Refresh, ".")
	if len(parts) != 5 {
		t.Fatalf("%d parts, want 5", len(parts))
	}
	if got := string(decode(t, parts[0])); got != `{"cty":"JWT","enc":"A256GCM","alg":"RSA-OAEP"}` {
		t.Errorf("header %s", got)
	}
	var sizes []int
	for _, p := range parts[1:] {
		sizes = append(sizes, len(decode(t, p)))
	}
	if diff := cmp.Diff([]int{256, 12, 768, 16}, sizes); diff != "" {
		t.Errorf("sizes of the parts (-want +got):\n%s", diff)
	}
}

func TestNonce(t *testing.T) {
	t.Parallel()
	f := serve(t)
	if _, claims := verify(t, keySet(t, f.Server), f.signedIn(t, "nonce", "").ID); claims["nonce"] != nil {
		t.Errorf("a nonce that nobody asked for: %q", claims["nonce"])
	}
	if _, claims := verify(t, keySet(t, f.Server), f.signedIn(t, "nonce", "n").ID); claims["nonce"] != "n" {
		t.Errorf("nonce %q", claims["nonce"])
	}
}

func TestIDTokenFollowsScopes(t *testing.T) {
	t.Parallel()
	f := serve(t, func(cfg *userpool.Config) {
		cfg.Pools[0].Users[0].Groups = nil
		cfg.Pools[0].Users[0].Attributes = map[string]string{
			"email": "a@example.com", "email_verified": "false",
			"phone_number": "+15550100", "phone_number_verified": "true",
			"name": `Ana "</script>" <b>`, "custom:level": "3", "custom:is_verified": "true",
		}
	})
	all := []string{"custom:is_verified", "custom:level", "email", "email_verified", "name", "phone_number", "phone_number_verified"}
	for _, tc := range []struct {
		scope string
		want  []string
		id    bool
	}{
		{"openid", all, true},
		{"openid profile", all, true},
		{"openid email profile", all, true},
		{"openid email", []string{"email", "email_verified"}, true},
		{"openid phone", []string{"phone_number", "phone_number_verified"}, true},
		{"openid email phone", []string{"email", "email_verified", "phone_number", "phone_number_verified"}, true},
		{"email profile", nil, false},
		{"orders/read", nil, false},
	} {
		answer := f.signedIn(t, "scope", tc.scope)
		if answer.Access == "" || answer.Refresh == "" || (answer.ID != "") != tc.id {
			t.Errorf("%s: access %t, ID %t, refresh %t", tc.scope, answer.Access != "", answer.ID != "", answer.Refresh != "")
		}
		if !tc.id {
			continue
		}
		_, id := verify(t, keySet(t, f.Server), answer.ID)
		var got []string
		for _, name := range all {
			if _, ok := id[name]; ok {
				got = append(got, name)
			}
		}
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s: attributes (-want +got):\n%s", tc.scope, diff)
		}
		if _, ok := id["cognito:groups"]; ok {
			t.Errorf("%s: groups of a user without any", tc.scope)
		}
	}
	_, id := verify(t, keySet(t, f.Server), f.signedIn(t, "scope", "openid").ID)
	want := map[string]any{"custom:level": "3", "custom:is_verified": "true", "email_verified": false, "phone_number_verified": true, "name": `Ana "</script>" <b>`}
	for name, value := range want {
		if id[name] != value {
			t.Errorf("%s is %#v, want %#v", name, id[name], value)
		}
	}
}

func TestNoScopeMeansAllOfTheClients(t *testing.T) {
	t.Parallel()
	f := serve(t)
	_, access := verify(t, keySet(t, f.Server), f.signedIn(t, "scope", "").Access)
	want := strings.Join(userpool.DefaultPool().Clients[0].Scopes, " ")
	if access["scope"] != want {
		t.Errorf("scope %q, want %q", access["scope"], want)
	}
}

func TestSilentSignIn(t *testing.T) {
	t.Parallel()
	f := serve(t)
	b := newBrowser(t, f)
	first := f.token(t, codeForm(b.signIn("anaya", authorizeQuery()).Get("code")))

	f.SetClockOffset(59 * time.Minute)
	response, body := b.get("/oauth2/authorize?" + authorizeQuery("prompt", "none").Encode())
	second := f.token(t, codeForm(callbackQuery(t, response, body).Get("code")))
	_, a := verify(t, keySet(t, f.Server), first.Access)
	_, c := verify(t, keySet(t, f.Server), second.Access)
	if a["auth_time"] != c["auth_time"] || a["origin_jti"] == c["origin_jti"] || c["iat"] != a["iat"].(float64)+59*60 {
		t.Errorf("first %v\nsecond %v", a, c)
	}

	response, _ = b.get("/oauth2/authorize?" + authorizeQuery("prompt", "login").Encode())
	if got := response.Header.Get("Location"); !strings.HasPrefix(got, "/login?") {
		t.Errorf("prompt=login goes to %q", got)
	}

	f.SetClockOffset(time.Hour)
	response, body = b.get("/oauth2/authorize?" + authorizeQuery("prompt", "none").Encode())
	if got := callbackQuery(t, response, body).Get("error"); got != "login_required" {
		t.Errorf("after an hour: error %q, want login_required", got)
	}
	response, _ = b.get("/oauth2/authorize?" + authorizeQuery().Encode())
	if got := response.Header.Get("Location"); !strings.HasPrefix(got, "/login?") {
		t.Errorf("after an hour: goes to %q, want the login page", got)
	}
}

// A session of one pool is none of another's, even under its cookie's name.
func TestSessionIsThePools(t *testing.T) {
	t.Parallel()
	other := userpool.DefaultPool()
	other.ID = "eu-west-1_Other1"
	other.Clients = other.Clients[:1]
	other.Clients[0].ID = "other-client"
	f := serve(t, func(cfg *userpool.Config) { cfg.Pools = append(cfg.Pools, other) })
	b := newBrowser(t, f)
	b.signIn("anaya", authorizeQuery())
	response, _ := b.get("/oauth2/authorize?" + authorizeQuery("client_id", "other-client").Encode())
	if got := response.Header.Get("Location"); !strings.HasPrefix(got, "/login?") {
		t.Errorf("the other pool goes to %q", got)
	}

	forged, err := http.NewRequest(http.MethodGet, f.url+"/oauth2/authorize?"+authorizeQuery("client_id", "other-client").Encode(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range b.client.Jar.Cookies(forged.URL) {
		if c.Name == "cognito-"+poolID {
			forged.AddCookie(sentCookie("cognito-"+other.ID, c.Value))
		}
	}
	if len(forged.Cookies()) != 1 {
		t.Fatal("no session cookie to copy")
	}
	response, _ = request(t, f.Server, forged)
	if got := response.Header.Get("Location"); !strings.HasPrefix(got, "/login?") {
		t.Errorf("with the other pool's cookie: %q", got)
	}
}

// decoded is the first part of what is left of a token.
func decoded(t *testing.T, rest string) string {
	t.Helper()
	part, _, _ := strings.Cut(rest, ".")
	b, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
