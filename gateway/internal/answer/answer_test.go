package answer_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/bearer"
	"github.com/poolguard/poolguard/gateway/internal/answer"
	"github.com/poolguard/poolguard/gateway/internal/authz"
)

func denied(code cognito.Code) *answer.Denial {
	d := answer.Of(&authz.Decision{Err: cognito.NewError(code, "no")})
	return &d
}

func headerOf(d *answer.Denial) http.Header {
	h := http.Header{}
	d.SetHeader(h)
	return h
}

func TestStatusOfEveryCode(t *testing.T) {
	own := map[cognito.Code]int{
		answer.ErrSessionMissing: 401, authz.ErrPathAmbiguous: 400, answer.ErrProxyUntrusted: 403, answer.ErrRateLimited: 429,
	}
	for code, want := range own {
		if got := denied(code).Status(); got != want {
			t.Errorf("%s: got %d, want %d", code, got, want)
		}
	}
	for _, code := range cognito.Codes() {
		if got, want := denied(code).Status(), bearer.StatusCode(cognito.NewError(code, "")); got != want {
			t.Errorf("%s: got %d, want %d", code, got, want)
		}
	}
}

func TestDenialOfABadToken(t *testing.T) {
	d := denied(cognito.ErrTokenExpired)
	want := http.Header{
		"Www-Authenticate": {`Bearer realm="cognito", error="invalid_token", error_description="no"`},
		"X-Auth-Error":     {"token_expired"}, "Cache-Control": {"no-store"}, "Content-Type": {"application/json"},
		"X-Content-Type-Options": {"nosniff"},
	}
	if diff := cmp.Diff(want, headerOf(d)); diff != "" {
		t.Error(diff)
	}
	if body := string(d.Body()); body != `{"error":{"code":"token_expired","message":"no"}}`+"\n" {
		t.Errorf("the body is %s", body)
	}
}

func TestChallengesOfTheGatewaysCodes(t *testing.T) {
	if got := headerOf(denied(answer.ErrSessionMissing)).Get("WWW-Authenticate"); got != `Bearer realm="cognito"` {
		t.Errorf("session_missing: got %q", got)
	}
	for _, code := range []cognito.Code{authz.ErrPathAmbiguous, answer.ErrProxyUntrusted, answer.ErrRateLimited, cognito.ErrKeysUnavailable} {
		if got, ok := headerOf(denied(code))["Www-Authenticate"]; ok {
			t.Errorf("%s: got %q, want no challenge", code, got)
		}
	}
}

func TestChallengeNamesTheResource(t *testing.T) {
	d := denied(cognito.ErrTokenMissing)
	d.Realm, d.ResourceMetadata = "orders", "https://mcp.example.com/.well-known/oauth-protected-resource"
	want := `Bearer realm="orders", resource_metadata="https://mcp.example.com/.well-known/oauth-protected-resource"`
	if got := headerOf(d).Get("WWW-Authenticate"); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestRetryAfter(t *testing.T) {
	for _, test := range []struct {
		err  *cognito.Error
		want string
	}{
		{cognito.NewError(cognito.ErrKeysUnavailable, ""), "1"},
		{cognito.NewError(cognito.ErrCheckUnavailable, "").WithRetryAfter(1500 * time.Millisecond), "2"},
		{cognito.NewError(cognito.ErrKeyNotFound, "").WithRetryAfter(10 * time.Second), "10"},
		{cognito.NewError(cognito.ErrKeyNotFound, ""), ""},
		{cognito.NewError(answer.ErrRateLimited, ""), "1"},
		{cognito.NewError(cognito.ErrTokenExpired, ""), ""},
	} {
		d := answer.Of(&authz.Decision{Err: test.err})
		if got := headerOf(&d).Get("Retry-After"); got != test.want {
			t.Errorf("%s: got %q, want %q", test.err.Code(), got, test.want)
		}
	}
}

func TestPagesOfAnotherOriginCanReadADenial(t *testing.T) {
	d := answer.Of(&authz.Decision{
		Err: cognito.NewError(cognito.ErrTokenMissing, ""), AllowOrigin: "https://app.example.com", AllowCredentials: true,
	})
	got := headerOf(&d)
	for name, want := range map[string]string{
		"Access-Control-Allow-Origin": "https://app.example.com", "Access-Control-Allow-Credentials": "true", "Vary": "Origin",
		"Access-Control-Expose-Headers": "WWW-Authenticate, X-Auth-Error, Retry-After",
	} {
		if got.Get(name) != want {
			t.Errorf("%s: got %q, want %q", name, got.Get(name), want)
		}
	}
	for name := range headerOf(denied(cognito.ErrTokenMissing)) {
		if strings.HasPrefix(name, "Access-Control-") || name == "Vary" {
			t.Errorf("without a cors rule there is the header %s", name)
		}
	}
}

func TestDecisionWithoutAReasonIsDenied(t *testing.T) {
	d := answer.Of(&authz.Decision{})
	if d.Status() != http.StatusForbidden || headerOf(&d).Get("X-Auth-Error") != "access_denied" {
		t.Errorf("got %d, %v", d.Status(), headerOf(&d))
	}
}

func TestBodyIsJSONForEveryMessage(t *testing.T) {
	d := answer.Of(&authz.Decision{Err: cognito.NewError(cognito.ErrAccessDenied, "a \"quote\"\n\xff</script>")})
	var got struct {
		Error struct{ Code, Message string }
	}
	if err := json.Unmarshal(d.Body(), &got); err != nil || got.Error.Code != "access_denied" {
		t.Errorf("got %s, %v", d.Body(), err)
	}
}
