package exchange_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/oauth"
	"github.com/poolguard/poolguard/internal/exchange"
)

// endpoint is a token endpoint with one answer.
func endpoint(t *testing.T, status int, answer map[string]any) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		if err := json.NewEncoder(w).Encode(answer); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// servedPool is a pool whose issuer is an address of this machine.
func servedPool(t *testing.T) *cognitotest.Pool {
	t.Helper()
	issuer := cognitotest.NewIssuer()
	server := httptest.NewServer(issuer.Handler())
	t.Cleanup(server.Close)
	issuer.SetAddress(server.URL)
	return issuer.Pool()
}

func options(domain string) *exchange.Options {
	return &exchange.Options{Domain: domain, ClientID: "web", RedirectURI: "http://localhost:3000/cb", Code: "the-code"}
}

func TestAnswerIsVerifiedForTheNamedPool(t *testing.T) {
	pool := servedPool(t)
	domain := endpoint(t, http.StatusOK, map[string]any{
		"access_token": pool.AccessToken(), "id_token": pool.IDToken(cognitotest.Claim("aud", "another")), "token_type": "Bearer", "expires_in": 3600,
	})
	o := options(domain)
	o.ClientID, o.Pool, o.Issuer = pool.ClientID(), pool.ID(), pool.Issuer()
	e, err := exchange.New(o, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := e.Run(t.Context())
	if err != nil || answer.TokenType != "Bearer" || answer.ExpiresIn != 3600 || !e.Verifies() {
		t.Fatalf("%+v, %v", answer, err)
	}
	all := e.Verify(t.Context(), answer)
	if all.Valid != 1 || all.Rejected != 1 || all.Unavailable != 0 {
		t.Errorf("got %+v", all)
	}
	for name, want := range map[string]string{"access": `"valid":true`, "id": `"code":"client_mismatch"`} {
		if got := string(answer.Verification[name]); !strings.Contains(got, want) {
			t.Errorf("%s: got %s, want %s in it", name, got, want)
		}
	}
}

func TestMissingKeysAreNoVerdict(t *testing.T) {
	pool := servedPool(t)
	o := options(endpoint(t, http.StatusOK, map[string]any{"access_token": pool.AccessToken(), "token_type": "Bearer"}))
	o.ClientID, o.Pool, o.Issuer = pool.ClientID(), pool.ID(), pool.Issuer()
	pool.FailKeySet(http.StatusInternalServerError)
	e, err := exchange.New(o, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := e.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if all := e.Verify(t.Context(), answer); all.Unavailable != 1 || all.Valid != 0 {
		t.Errorf("got %+v", all)
	}
}

func TestRefusalHasTheWordsOfTheEndpoint(t *testing.T) {
	e, err := exchange.New(options(endpoint(t, http.StatusBadRequest, map[string]any{"error": "invalid_grant", "error_description": "used"})), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	_, err = e.Run(t.Context())
	refused, ok := errors.AsType[*oauth.Error](err)
	if !ok {
		t.Fatalf("got %v", err)
	}
	got := exchange.NewRefusal(refused).Error
	if got.Code != oauth.ErrInvalidGrant || got.Reported != "invalid_grant" || got.Description != "used" || e.Verifies() {
		t.Errorf("got %+v", got)
	}
}

func TestFaultsAreFoundBeforeTheCodeIsSpent(t *testing.T) {
	o := options("ftp://x")
	o.RedirectURI = "nonsense"
	e, err := exchange.New(o, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	_, err = e.Run(t.Context())
	for _, flag := range []string{"--domain ", "--redirect-uri "} {
		if err == nil || !strings.Contains(err.Error(), flag) || strings.Contains(err.Error(), "the-code") {
			t.Errorf("%q is not in %v", flag, err)
		}
	}
	o.Pool = "nonsense"
	if _, err := exchange.New(o, time.Now); err == nil || !strings.HasPrefix(err.Error(), "--pool, ") {
		t.Errorf("got %v", err)
	}
}
