package introspect_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/gateway/internal/introspect"
)

const (
	secret = "0123456789abcdef+%"
	other  = "us-east-1_Other0001"
)

func newHandler(t *testing.T, issuer *cognitotest.Issuer) *introspect.Handler {
	t.Helper()
	verifier, err := cognito.New(issuer.Config())
	if err != nil {
		t.Fatal(err)
	}
	h, err := introspect.New(introspect.Config{Verifier: verifier, Timeout: 5 * time.Second, Clients: []introspect.Client{
		{ID: "billing", Secret: secret, UserPools: []string{cognitotest.PoolID}}, {ID: "all", Secret: secret},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// ask sends a question. change may be nil.
func ask(t *testing.T, h http.Handler, token string, change func(*http.Request)) (status int, body map[string]any, header http.Header) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, introspect.Path, strings.NewReader(url.Values{"token": {token}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth("billing", url.QueryEscape(secret))
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
		t.Fatalf("%v: %s", err, w.Body)
	}
	return w.Code, body, w.Header()
}

func TestActiveTokensAreDescribed(t *testing.T) {
	t.Parallel()
	issuer := cognitotest.NewIssuer()
	h := newHandler(t, issuer)
	status, body, header := ask(t, h, issuer.Pool().AccessToken(cognitotest.Groups("staff"), cognitotest.Scopes("orders/read")), nil)
	if status != http.StatusOK || header.Get("Cache-Control") != "no-store" {
		t.Errorf("got %d, %v", status, header)
	}
	for name, want := range map[string]any{
		"active": true, "scope": "orders/read", "client_id": cognitotest.ClientID, "username": cognitotest.Username, "token_type": "Bearer",
		"sub": cognitotest.Subject, "iss": issuer.Pool().Issuer(),
	} {
		if body[name] != want {
			t.Errorf("%s: got %v, want %v", name, body[name], want)
		}
	}
	if groups, _ := body["cognito:groups"].([]any); len(groups) != 1 || groups[0] != "staff" {
		t.Errorf("got %v", body)
	}
}

func TestInactiveTokensHaveNoReason(t *testing.T) {
	t.Parallel()
	issuer := cognitotest.NewIssuer()
	foreign := issuer.AddPool(other, "web")
	h := newHandler(t, issuer)
	for name, token := range map[string]string{
		"expired": issuer.Pool().AccessToken(cognitotest.Expired()), "an ID token": issuer.Pool().IDToken(), "text": "x",
		"a wrong key": issuer.Pool().AccessToken(cognitotest.WrongKey()), "another pool": foreign.AccessToken(),
	} {
		if status, body, _ := ask(t, h, token, nil); status != http.StatusOK || len(body) != 1 || body["active"] != false {
			t.Errorf("%s: got %d, %v", name, status, body)
		}
	}
	status, body, _ := ask(t, h, foreign.AccessToken(), func(r *http.Request) { r.SetBasicAuth("all", url.QueryEscape(secret)) })
	if status != http.StatusOK || body["active"] != true {
		t.Errorf("a client for all pools: got %d, %v", status, body)
	}
}

func TestOnlyKnownClientsMayAsk(t *testing.T) {
	t.Parallel()
	issuer := cognitotest.NewIssuer()
	h, token := newHandler(t, issuer), issuer.Pool().AccessToken()
	for name, change := range map[string]func(*http.Request){
		"no client":       func(r *http.Request) { r.Header.Del("Authorization") },
		"a bearer token":  func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) },
		"a wrong secret":  func(r *http.Request) { r.SetBasicAuth("billing", "wrong") },
		"no secret":       func(r *http.Request) { r.SetBasicAuth("billing", "") },
		"another client":  func(r *http.Request) { r.SetBasicAuth("other", url.QueryEscape(secret)) },
		"nobody":          func(r *http.Request) { r.SetBasicAuth("", "") },
		"two credentials": func(r *http.Request) { r.Header.Add("Authorization", "Basic x") },
	} {
		status, body, header := ask(t, h, token, change)
		if status != http.StatusUnauthorized || body["error"] != "invalid_client" || header.Get("WWW-Authenticate") == "" {
			t.Errorf("%s: got %d, %v", name, status, body)
		}
	}
}

func TestQuestionsMustBeFormsWithOneToken(t *testing.T) {
	t.Parallel()
	issuer := cognitotest.NewIssuer()
	h, token := newHandler(t, issuer), issuer.Pool().AccessToken()
	body := func(text string) func(*http.Request) {
		return func(r *http.Request) {
			again := httptest.NewRequest(http.MethodPost, introspect.Path+"?token="+token, strings.NewReader(text))
			r.Body, r.URL = again.Body, again.URL
		}
	}
	for name, change := range map[string]func(*http.Request){
		"JSON":             func(r *http.Request) { r.Header.Set("Content-Type", "application/json") },
		"no token":         body("a=b"),
		"an empty token":   body("token="),
		"two tokens":       body("token=a&token=b"),
		"a large body":     body("token=" + strings.Repeat("x", 100<<10)),
		"a faulty escape":  body("token=%zz"),
		"token in a query": body(""),
	} {
		if status, body, _ := ask(t, h, token, change); status != http.StatusBadRequest || body["error"] != "invalid_request" {
			t.Errorf("%s: got %d, %v", name, status, body)
		}
	}
	if status, _, header := ask(t, h, token, func(r *http.Request) { r.Method = http.MethodGet }); status != http.StatusMethodNotAllowed || header.Get("Allow") != "POST" {
		t.Errorf("GET: got %d", status)
	}
}

func TestMissingKeysAreNotInactive(t *testing.T) {
	t.Parallel()
	issuer := cognitotest.NewIssuer()
	issuer.Pool().FailKeySet(http.StatusBadGateway)
	status, body, header := ask(t, newHandler(t, issuer), issuer.Pool().AccessToken(), nil)
	if status != http.StatusServiceUnavailable || header.Get("Retry-After") == "" || body["active"] != nil {
		t.Errorf("got %d, %v, %v", status, body, header)
	}
}
