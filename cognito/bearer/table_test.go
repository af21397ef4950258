package bearer_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/bearer"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

// A row of the table of codes, made to happen.
type row struct {
	code      cognito.Code
	status    int
	challenge string // begins so after the realm
	require   []cognito.Requirement
	use       cognito.TokenUse
	revoked   func(context.Context, cognito.Token, cognito.Raw) (bool, error)
	send      func(*cognitotest.Pool) func(*http.Request)
}

func access(options ...cognitotest.TokenOption) func(*cognitotest.Pool) func(*http.Request) {
	return func(p *cognitotest.Pool) func(*http.Request) { return withBearer(p.AccessToken(options...)) }
}

func raw(text string) func(*cognitotest.Pool) func(*http.Request) {
	return func(*cognitotest.Pool) func(*http.Request) { return withBearer(text) }
}

func rows() []row {
	invalid := func(code cognito.Code, send func(*cognitotest.Pool) func(*http.Request)) row {
		return row{code: code, status: 401, challenge: `, error="invalid_token", error_description="`, send: send}
	}
	needs := func(code cognito.Code, status int, challenge string, requirement cognito.Requirement) row {
		return row{code: code, status: status, challenge: challenge, require: []cognito.Requirement{requirement}, send: access()}
	}
	const weak, notEnough = `, error="insufficient_user_authentication", `, `, error="insufficient_scope", `
	nonce := invalid(cognito.ErrNonceMismatch, func(p *cognitotest.Pool) func(*http.Request) { return withBearer(p.IDToken()) })
	nonce.use, nonce.require = cognito.TokenUseID, []cognito.Requirement{cognito.RequireNonce("n")}
	revoked := invalid(cognito.ErrTokenRevoked, access())
	revoked.revoked = func(context.Context, cognito.Token, cognito.Raw) (bool, error) { return true, nil }
	return []row{
		{code: cognito.ErrTokenMissing, status: 401, send: func(*cognitotest.Pool) func(*http.Request) { return func(*http.Request) {} }},
		{code: cognito.ErrRequestInvalid, status: 400, challenge: `, error="invalid_request", error_description="`, send: raw("two words")},
		invalid(cognito.ErrTokenTooLarge, access(cognitotest.Claim("x", strings.Repeat("x", 20<<10)))),
		invalid(cognito.ErrEncryptedToken, func(p *cognitotest.Pool) func(*http.Request) { return withBearer(p.RefreshToken()) }),
		invalid(cognito.ErrTokenMalformed, raw("opaque")),
		invalid(cognito.ErrAlgorithmNotAllowed, access(cognitotest.Algorithm("HS256"))),
		invalid(cognito.ErrIssuerMismatch, access(cognitotest.Claim("iss", "https://issuer.example"))),
		invalid(cognito.ErrKeyNotFound, access(cognitotest.UnknownKey())),
		invalid(cognito.ErrSignatureInvalid, access(cognitotest.WrongKey())),
		invalid(cognito.ErrClaimMissing, access(cognitotest.WithoutClaim("exp"))),
		invalid(cognito.ErrClaimInvalid, access(cognitotest.Claim("exp", "soon"))),
		invalid(cognito.ErrTokenUseMismatch, func(p *cognitotest.Pool) func(*http.Request) { return withBearer(p.IDToken()) }),
		invalid(cognito.ErrClientMismatch, access(cognitotest.ForClient("another"))),
		invalid(cognito.ErrTokenExpired, access(cognitotest.Expired())),
		invalid(cognito.ErrTokenNotYetValid, access(cognitotest.NotYetValid())),
		invalid(cognito.ErrAudienceMismatch, access(cognitotest.Audience("https://other.example"))),
		nonce,
		revoked,
		needs(cognito.ErrAuthenticationTooWeak, 401, weak, cognito.RequireACR("urn:cognito:loa:2")),
		{code: cognito.ErrAuthenticationTooOld, status: 401, challenge: weak, require: []cognito.Requirement{cognito.RequireMaxAuthAge(90 * time.Second)}, send: access(cognitotest.SignedInAgo(time.Hour))},
		needs(cognito.ErrScopeMissing, 403, notEnough, cognito.RequireScopes("orders/read", "orders/write")),
		needs(cognito.ErrGroupMissing, 403, notEnough, cognito.RequireGroups("staff")),
		needs(cognito.ErrClaimMismatch, 403, notEnough, cognito.RequireClaim("tier", "gold")),
		needs(cognito.ErrAccessDenied, 403, notEnough, cognito.Require(func(context.Context, cognito.Token) error { return errors.New("internal") })),
		{code: cognito.ErrKeysUnavailable, status: 503, send: func(p *cognitotest.Pool) func(*http.Request) { p.FailKeySet(500); return withBearer(p.AccessToken()) }},
		{code: cognito.ErrCheckUnavailable, status: 503, send: access(), revoked: func(context.Context, cognito.Token, cognito.Raw) (bool, error) { return false, errors.New("down") }},
	}
}

// The parameters that tell a client what would do.
var wanted = map[cognito.Code]string{
	cognito.ErrScopeMissing:          `, scope="orders/read orders/write"`,
	cognito.ErrAuthenticationTooWeak: `, acr_values="urn:cognito:loa:2"`,
	cognito.ErrAuthenticationTooOld:  `, max_age="90"`,
}

func TestEveryRowOfTheTable(t *testing.T) {
	for version, http2 := range map[int]bool{1: false, 2: true} {
		for _, row := range rows() {
			t.Run(row.code.Error(), func(t *testing.T) {
				s := newScene(t, http2, bearer.Config{Realm: "orders", TokenUse: row.use, Require: row.require}, row.revoked)
				var credential string
				response, body := s.ask(t, func(r *http.Request) {
					row.send(s.issuer.Pool())(r)
					credential = strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
				})
				if response.ProtoMajor != version {
					t.Fatalf("over %s", response.Proto)
				}
				checkAnswer(t, row, response, body)
				logged := s.logs.String()
				if level := map[bool]string{true: `"WARN"`, false: `"INFO"`}[row.status == 503]; !strings.Contains(logged, level) || !strings.Contains(logged, `"`+string(row.code)+`"`) {
					t.Errorf("logged %s", logged)
				}
				all := logged + body + response.Header.Get("WWW-Authenticate")
				for part := range strings.SplitSeq(credential, ".") {
					if len(part) > 8 && strings.Contains(all, part) {
						t.Errorf("a piece of the token, %q, is in %s", part, all)
					}
				}
				if row.code != cognito.ErrRequestInvalid && credential != "" && strings.Contains(all, credential) {
					t.Errorf("the token is in %s", all)
				}
				if strings.Contains(body, "internal") || strings.Contains(body, "down") {
					t.Errorf("the body has the inner cause: %s", body)
				}
			})
		}
	}
}

func checkAnswer(t *testing.T, row row, response *http.Response, body string) {
	t.Helper()
	header := response.Header
	challenge := header.Get("WWW-Authenticate")
	switch {
	case response.StatusCode != row.status:
		t.Errorf("status %s, want %d: %s", response.Status, row.status, body)
	case row.status == 503 && (challenge != "" || header.Get("Retry-After") != "1" && header.Get("Retry-After") != "2"):
		t.Errorf("challenge %q, Retry-After %q", challenge, header.Get("Retry-After"))
	case row.status != 503 && (!strings.HasPrefix(challenge, `Bearer realm="orders"`+row.challenge) || !strings.HasSuffix(challenge, wanted[row.code])):
		t.Errorf("challenge %q", challenge)
	case row.code == cognito.ErrTokenMissing && challenge != `Bearer realm="orders"`:
		t.Errorf("challenge %q has an error, though there was no token", challenge)
	}
	var answer struct {
		Error struct{ Code, Message string }
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil || answer.Error.Code != string(row.code) || answer.Error.Message == "" {
		t.Errorf("body %s: %v", body, err)
	}
	if header.Get("Content-Type") != "application/json" || header.Get("Cache-Control") != "no-store" || header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("header %v", header)
	}
}
