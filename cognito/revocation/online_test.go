package revocation_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/revocation"
)

const (
	openID = "openid"
	admin  = "aws.cognito.signin.user.admin"

	jsonType   = "application/json;charset=UTF-8"
	amazonType = "application/x-amz-json-1.1"
)

// A reply is what the server says to every question.
type reply struct {
	status    int
	mediaType string
	challenge string
	body      string
}

var (
	goodInfo = reply{200, jsonType, "", `{"sub":"` + cognitotest.Subject + `","email_verified":"true"}`}
	goodUser = reply{200, amazonType, "", `{"Username":"anaya","UserAttributes":[{"Name":"email","Value":"a@example.com"},{"Name":"sub","Value":"` + cognitotest.Subject + `"}]}`}
)

// A fakeCognito serves both endpoints and counts requests.
type fakeCognito struct {
	*httptest.Server
	issuer   *cognitotest.Issuer
	reply    atomic.Pointer[reply]
	asked    atomic.Int64
	lastPath atomic.Value
	lastRaw  atomic.Value
	lastType atomic.Value // of what was sent, or what is accepted

	retryAfter atomic.Value // a string, of every answer
}

func newFakeCognito(t testing.TB) *fakeCognito {
	t.Helper()
	c := &fakeCognito{issuer: cognitotest.NewIssuer()}
	c.Server = httptest.NewUnstartedServer(http.HandlerFunc(c.serve))
	c.Config.ErrorLog = log.New(io.Discard, "", 0)
	c.Start()
	t.Cleanup(c.Close)
	return c
}

func (c *fakeCognito) serve(w http.ResponseWriter, r *http.Request) {
	c.asked.Add(1)
	c.lastPath.Store(r.Method + " " + r.URL.Path + " " + r.Header.Get("X-Amz-Target"))
	raw := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	c.lastType.Store(r.Header.Get("Accept") + r.Header.Get("Content-Type"))
	if r.Method == http.MethodPost {
		var body struct{ AccessToken string }
		_ = json.NewDecoder(r.Body).Decode(&body)
		raw = body.AccessToken
	}
	c.lastRaw.Store(raw)
	says := c.reply.Load()
	if says.status == 0 {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Content-Type", says.mediaType)
	if wait, _ := c.retryAfter.Load().(string); wait != "" {
		w.Header().Set("Retry-After", wait)
	}
	if says.challenge != "" {
		w.Header().Set("WWW-Authenticate", says.challenge)
	}
	if says.status == http.StatusFound {
		w.Header().Set("Location", "/elsewhere")
	}
	w.WriteHeader(says.status)
	_, _ = io.WriteString(w, says.body)
}

func (c *fakeCognito) answer(r reply) { c.reply.Store(&r) }

// online returns a check that asks at both endpoints, and a verifier with it.
func (c *fakeCognito) online(t testing.TB, change func(*revocation.OnlineConfig)) (*revocation.Online, *cognito.Verifier) {
	t.Helper()
	config := revocation.OnlineConfig{
		UserPools: []revocation.OnlineUserPool{{ID: cognitotest.PoolID, Domain: c.URL, GetUser: true, Endpoint: c.URL}},
		Now:       c.issuer.Clock().Now,
	}
	if change != nil {
		change(&config)
	}
	online, err := revocation.NewOnline(config)
	must(t, err)
	return online, newVerifier(t, c.issuer, online.Revoked)
}

func (c *fakeCognito) wantRequests(t testing.TB, want int64) {
	t.Helper()
	if got := c.asked.Load(); got != want {
		t.Errorf("asked %d times, want %d", got, want)
	}
}

// TestAnswers has every answer that matters, at both endpoints.
func TestAnswers(t *testing.T) {
	t.Parallel()
	const revoked, unknown = cognito.ErrTokenRevoked, cognito.ErrCheckUnavailable
	exception := func(name, message string) reply {
		return reply{400, amazonType, "", fmt.Sprintf(`{"__type":%q,"message":%q}`, name, message)}
	}
	long := strings.Repeat(" ", 64<<10)
	for _, test := range []struct {
		name  string
		scope string
		reply reply
		want  cognito.Code
	}{
		{"good", openID, goodInfo, ""},
		{"ended, by challenge", openID, reply{401, "text/html", `Bearer error="invalid_token", error_description="Access token is expired, disabled, or deleted, or the user has globally signed out."`, ""}, revoked},
		{"ended, without the scheme", openID, reply{401, "", `error="invalid_token", error_description="x"`, ""}, revoked},
		{"ended, by body", openID, reply{401, jsonType, "", `{"error":"invalid_token","error_description":"x"}`}, revoked},
		{"invalid_token elsewhere", openID, reply{403, jsonType, "", `{"error":"invalid_token"}`}, unknown},
		{"no scope", openID, reply{403, jsonType, `Bearer error="insufficient_scope"`, ``}, unknown},
		{"no scope, 401", openID, reply{401, jsonType, "", `{"error":"insufficient_scope"}`}, unknown},
		{"body before challenge", openID, reply{401, jsonType, `Bearer error="invalid_token"`, `{"error":"insufficient_scope"}`}, unknown},
		{"a proxy's 401", openID, reply{401, "text/html", `Basic realm="proxy"`, "<html>"}, unknown},
		{"another scheme's error", openID, reply{401, "text/html", `Basic error="invalid_token"`, ""}, unknown},
		{"a bare 401", openID, reply{401, jsonType, "", `{}`}, unknown},
		{"malformed request", openID, reply{400, jsonType, `error="invalid_request"`, ""}, unknown},
		{"another user", openID, reply{200, jsonType, "", `{"sub":"other"}`}, unknown},
		{"nobody", openID, reply{200, jsonType, "", `{}`}, unknown},
		{"sub of another kind", openID, reply{200, jsonType, "", `{"sub":1}`}, unknown},
		{"sub by another case", openID, reply{200, jsonType, "", `{"Sub":"` + cognitotest.Subject + `"}`}, unknown},
		{"sub twice", openID, reply{200, jsonType, "", `{"sub":"` + cognitotest.Subject + `","sub":"` + cognitotest.Subject + `"}`}, unknown},
		{"more after it", openID, reply{200, jsonType, "", goodInfo.body + "{}"}, unknown},
		{"null", openID, reply{200, jsonType, "", `null`}, unknown},
		{"empty", openID, reply{200, jsonType, "", ``}, unknown},
		{"half", openID, reply{200, jsonType, "", goodInfo.body[:20]}, unknown},
		{"a malformed media type", openID, reply{200, "application/json; charset", "", goodInfo.body}, unknown},
		{"a page", openID, reply{200, "text/html", "", goodInfo.body}, unknown},
		{"too long", openID, reply{200, jsonType, "", goodInfo.body + long}, unknown},
		{"no content", openID, reply{204, jsonType, "", ""}, unknown},
		{"a redirect", openID, reply{302, jsonType, "", goodInfo.body}, unknown},
		{"throttled", openID, reply{429, jsonType, "", `{"error":"invalid_token"}`}, unknown},
		{"failing", openID, reply{500, jsonType, `Bearer error="invalid_token"`, `{}`}, unknown},
		{"down", openID, reply{503, "text/html", "", "<html>"}, unknown},
		{"broken", openID, reply{}, unknown},

		{"user", admin, goodUser, ""},
		{"user, plain JSON", admin, reply{200, "application/json", "", goodUser.body}, ""},
		{"user revoked", admin, exception("NotAuthorizedException", "Access Token has been revoked"), revoked},
		{"user invalid", admin, exception("NotAuthorizedException", "Invalid Access Token"), revoked},
		{"user disabled", admin, exception("NotAuthorizedException", "User is disabled."), revoked},
		{"user in a namespace", admin, exception("com.amazonaws.cognito#NotAuthorizedException", "Access Token has been revoked"), revoked},
		{"user deleted", admin, exception("UserNotFoundException", "User does not exist."), revoked},
		{"user must reset", admin, exception("PasswordResetRequiredException", "Password reset required"), revoked},
		{"user not confirmed", admin, exception("UserNotConfirmedException", "User is not confirmed."), revoked},
		{"user without scope", admin, exception("NotAuthorizedException", "Access Token does not have required scopes"), unknown},
		{"user throttled", admin, exception("TooManyRequestsException", "Rate exceeded"), unknown},
		{"user forbidden", admin, exception("ForbiddenException", "Request not allowed due to WAF block."), unknown},
		{"user unknown pool", admin, exception("ResourceNotFoundException", "x"), unknown},
		{"user failing", admin, reply{500, amazonType, "", `{"__type":"InternalErrorException"}`}, unknown},
		{"user failing, called revoked", admin, reply{500, amazonType, "", `{"__type":"NotAuthorizedException"}`}, unknown},
		{"user by name in the text", admin, exception("ThrottlingException", "NotAuthorizedException"), unknown},
		{"user no exception", admin, reply{400, amazonType, "", `{}`}, unknown},
		{"user exception of another kind", admin, reply{400, amazonType, "", `{"__type":["NotAuthorizedException"]}`}, unknown},
		{"user exception on a page", admin, reply{400, "text/html", "", `{"__type":"NotAuthorizedException"}`}, unknown},
		{"user nobody", admin, reply{200, amazonType, "", `{"Username":"anaya","UserAttributes":[]}`}, unknown},
		{"user another", admin, reply{200, amazonType, "", `{"UserAttributes":[{"Name":"sub","Value":"other"}]}`}, unknown},
		{"user two subjects", admin, reply{200, amazonType, "", `{"UserAttributes":[{"Name":"sub","Value":"other"},{"Name":"sub","Value":"` + cognitotest.Subject + `"}]}`}, unknown},
		{"user too long", admin, reply{200, amazonType, "", goodUser.body + long}, unknown},
		{"user half", admin, reply{200, amazonType, "", goodUser.body[:40]}, unknown},
		{"user broken", admin, reply{}, unknown},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := newFakeCognito(t)
			c.answer(test.reply)
			online, verifier := c.online(t, nil)
			raw := c.issuer.Pool().AccessToken(cognitotest.Scopes(test.scope))
			_, err := online.Revoked(t.Context(), verified(t, c.issuer, raw), cognito.Raw(raw))
			var unavailable *revocation.UnavailableError
			if errors.As(err, &unavailable) != (test.want == unknown) {
				t.Errorf("error %v", err)
			}
			if err != nil && (unavailable.Status() != test.reply.status || strings.Contains(err.Error(), raw[:40]) || strings.Contains(err.Error(), c.URL)) {
				t.Errorf("status %d, error %v", unavailable.Status(), err)
			}
			wantCode(t, verifier, raw, test.want)
			want := map[string]string{openID: "GET /oauth2/userInfo ", admin: "POST / AWSCognitoIdentityProviderService.GetUser"}[test.scope]
			if path, sent := c.lastPath.Load(), c.lastRaw.Load(); path != want || sent != raw {
				t.Errorf("asked at %v", path)
			}
			if got, want := c.lastType.Load(), map[string]string{openID: "application/json", admin: amazonType}[test.scope]; got != want {
				t.Errorf("asked with the media type %v, want %s", got, want)
			}
		})
	}
}

// TestErrorsSayWhatAnAnswerLacks, for operators.
func TestErrorsSayWhatAnAnswerLacks(t *testing.T) {
	t.Parallel()
	for want, test := range map[string]struct {
		scope string
		reply reply
	}{
		"says that the token lacks a scope": {openID, reply{403, jsonType, "", `{"error":"insufficient_scope"}`}},
		"has no subject":                    {openID, reply{200, jsonType, "", `{}`}},
		"is about another user":             {admin, reply{200, amazonType, "", `{"UserAttributes":[{"Name":"sub","Value":"other"}]}`}},
		"gave no answer":                    {openID, reply{}},
	} {
		c := newFakeCognito(t)
		c.answer(test.reply)
		online, _ := c.online(t, nil)
		raw := c.issuer.Pool().AccessToken(cognitotest.Scopes(test.scope))
		if _, err := online.Revoked(t.Context(), verified(t, c.issuer, raw), cognito.Raw(raw)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	c := newFakeCognito(t)
	online, verifier := c.online(t, nil)
	raw := c.issuer.Pool().AccessToken(cognitotest.Scopes(admin))
	if _, err := online.Revoked(t.Context(), verified(t, c.issuer, raw), "\xff"); err == nil || !strings.Contains(err.Error(), "GetUser cannot be asked") {
		t.Errorf("a raw token that is not UTF-8: %v", err)
	}
	_, err := verifier.VerifyAccessToken(t.Context(), c.issuer.Pool().AccessToken(cognitotest.Scopes("orders/read")))
	if err == nil || !strings.Contains(err.Error(), "a token with the scope openid or "+admin) {
		t.Errorf("no scope to ask with: %v", err)
	}
	c.wantRequests(t, 0)
}

// A brokenBody is a whole answer, and then an error in place of its end.
type brokenBody struct{ io.Reader }

func (b brokenBody) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

func (brokenBody) Close() error { return nil }

// TestAnswerThatBreaksOffIsNone, whatever is in the part that arrived. Its status counts if the
// endpoint throttles: one such answer ends the questions, and several others do.
func TestAnswerThatBreaksOffIsNone(t *testing.T) {
	t.Parallel()
	for status, again := range map[int]int{200: 3, 429: 1} {
		c, asked := newFakeCognito(t), 0
		online, _ := c.online(t, func(o *revocation.OnlineConfig) {
			o.HTTPClient = &http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
				asked++
				header := http.Header{"Content-Type": {jsonType}}
				return &http.Response{StatusCode: status, Header: header, Body: brokenBody{strings.NewReader(goodInfo.body)}, Request: r}, nil
			})}
		})
		for range 10 {
			raw := c.issuer.Pool().AccessToken(cognitotest.Scopes(openID))
			_, err := online.Revoked(t.Context(), verified(t, c.issuer, raw), cognito.Raw(raw))
			var unavailable *revocation.UnavailableError
			if !errors.As(err, &unavailable) || unavailable.Status() != 0 || unavailable.RetryAfter() < time.Second {
				t.Errorf("status %d: got %v", status, err)
			}
		}
		if asked != again {
			t.Errorf("status %d: asked %d times, want %d", status, asked, again)
		}
	}
}

// TestEndpointFollowsTheScope covers all kinds of tokens and both endpoints.
func TestEndpointFollowsTheScope(t *testing.T) {
	t.Parallel()
	c := newFakeCognito(t)
	c.answer(goodInfo)
	pool, other := c.issuer.Pool(), c.issuer.AddPool(otherPool)
	acceptAll := func(o *revocation.OnlineConfig) { o.InsecureAcceptIDTokens, o.InsecureAcceptMachineTokens = true, true }
	infoOnly := func(o *revocation.OnlineConfig) { o.UserPools[0].GetUser, o.UserPools[0].Endpoint = false, "" }
	for name, test := range map[string]struct {
		change func(*revocation.OnlineConfig)
		raw    string
		want   cognito.Code
		asked  int64
	}{
		"both scopes":             {nil, pool.AccessToken(cognitotest.Scopes(admin, openID)), "", 1},
		"no scope to ask with":    {nil, pool.AccessToken(cognitotest.Scopes("orders/read")), cognito.ErrScopeMissing, 0},
		"the other's scope":       {infoOnly, pool.AccessToken(cognitotest.Scopes(admin)), cognito.ErrScopeMissing, 0},
		"ID token":                {nil, pool.IDToken(), cognito.ErrAccessDenied, 0},
		"ID token let through":    {acceptAll, pool.IDToken(), "", 0},
		"machine":                 {nil, pool.MachineToken(cognitotest.Scopes(openID)), cognito.ErrAccessDenied, 0},
		"machine let through":     {acceptAll, pool.MachineToken(), "", 0},
		"access is asked anyway":  {acceptAll, pool.AccessToken(cognitotest.Scopes(openID)), "", 1},
		"another pool":            {acceptAll, other.AccessToken(cognitotest.Scopes(openID)), cognito.ErrAccessDenied, 0},
		"nobody's":                {nil, pool.AccessToken(cognitotest.Scopes(openID), cognitotest.WithoutClaim("sub")), cognito.ErrAccessDenied, 0},
		"expired is not asked":    {nil, pool.AccessToken(cognitotest.Scopes(openID), cognitotest.Expired()), cognito.ErrTokenExpired, 0},
		"forged, and not sent":    {nil, pool.AccessToken(cognitotest.Scopes(openID), cognitotest.WrongKey()), cognito.ErrSignatureInvalid, 0},
		"unknown subject's token": {nil, pool.AccessToken(cognitotest.Scopes(openID), cognitotest.ForSubject("other")), cognito.ErrCheckUnavailable, 1},
	} {
		_, verifier := c.online(t, test.change)
		c.asked.Store(0)
		if _, err := verifier.VerifyEither(t.Context(), test.raw); cognito.CodeOf(err) != test.want || c.asked.Load() != test.asked {
			t.Errorf("%s: %v, asked %d times", name, err, c.asked.Load())
		}
	}
}

// TestAnswersAreRemembered moves the clock over the life of answers.
func TestAnswersAreRemembered(t *testing.T) {
	t.Parallel()
	c := newFakeCognito(t)
	clock := c.issuer.Clock()
	_, verifier := c.online(t, func(o *revocation.OnlineConfig) { o.MaxAge = 10 * time.Minute })
	raw := c.issuer.Pool().AccessToken(cognitotest.Scopes(openID))
	c.answer(goodInfo)
	wantCode(t, verifier, raw, "")
	clock.Advance(10*time.Minute - 1)
	c.answer(reply{401, jsonType, "", `{"error":"invalid_token"}`})
	wantCode(t, verifier, raw, "")
	c.wantRequests(t, 1)
	clock.Advance(1)
	wantCode(t, verifier, raw, cognito.ErrTokenRevoked)
	c.wantRequests(t, 2)

	// A revocation is final, whatever Cognito says later.
	c.answer(goodInfo)
	clock.Advance(49 * time.Minute)
	wantCode(t, verifier, raw, cognito.ErrTokenRevoked)
	c.wantRequests(t, 2)

	// Neither an error nor a suspension is.
	raw = c.issuer.Pool().AccessToken(cognitotest.Scopes(admin))
	c.answer(reply{503, "", "", ""})
	wantCode(t, verifier, raw, cognito.ErrCheckUnavailable)
	clock.Advance(2 * time.Second)
	c.answer(reply{400, amazonType, "", `{"__type":"PasswordResetRequiredException"}`})
	wantCode(t, verifier, raw, cognito.ErrTokenRevoked)
	c.answer(goodUser)
	wantCode(t, verifier, raw, cognito.ErrTokenRevoked)
	c.wantRequests(t, 4)
	clock.Advance(10 * time.Minute)
	wantCode(t, verifier, raw, "")
	c.wantRequests(t, 5)

	// A clock that was set back does not prolong what was heard.
	clock.Set(clock.Now().Add(-time.Second))
	c.answer(reply{401, jsonType, "", `{"error":"invalid_token"}`})
	c.answer(reply{400, amazonType, "", `{"__type":"NotAuthorizedException"}`})
	wantCode(t, verifier, raw, cognito.ErrTokenRevoked)
	c.wantRequests(t, 6)
}

// TestExpiredTokensAreRemembered: those that a leeway keeps alive are not asked about
// each time.
func TestExpiredTokensAreRemembered(t *testing.T) {
	t.Parallel()
	c := newFakeCognito(t)
	c.answer(reply{401, jsonType, "", `{"error":"invalid_token"}`})
	online, _ := c.online(t, nil)
	raw := c.issuer.Pool().AccessToken(cognitotest.Scopes(openID), cognitotest.ExpiresIn(time.Minute))
	token := verified(t, c.issuer, raw)
	c.issuer.Clock().Advance(2 * time.Minute)
	for _, want := range []int64{1, 1, 2} {
		if revoked, err := online.Revoked(t.Context(), token, cognito.Raw(raw)); !revoked || err != nil {
			t.Errorf("%v, %v", revoked, err)
		}
		c.wantRequests(t, want)
		c.issuer.Clock().Advance(revocation.DefaultOnlineMaxAge / 2)
	}
}

// TestGoodAnswersEndWithTheToken, which a leeway keeps alive.
func TestGoodAnswersEndWithTheToken(t *testing.T) {
	t.Parallel()
	c := newFakeCognito(t)
	c.answer(goodInfo)
	online, _ := c.online(t, func(o *revocation.OnlineConfig) { o.MaxAge = time.Hour })
	raw := c.issuer.Pool().AccessToken(cognitotest.Scopes(openID), cognitotest.ExpiresIn(time.Minute))
	token := verified(t, c.issuer, raw)
	for want := range int64(3) {
		if revoked, err := online.Revoked(t.Context(), token, cognito.Raw(raw)); revoked || err != nil {
			t.Errorf("%v, %v", revoked, err)
		}
		c.wantRequests(t, want+1)
		c.issuer.Clock().Advance(time.Minute)
	}
}

// TestAnswersAreOfOneToken: each text is asked about by itself.
func TestAnswersAreOfOneToken(t *testing.T) {
	t.Parallel()
	c := newFakeCognito(t)
	_, verifier := c.online(t, nil)
	jti := cognitotest.Claim("jti", "same")
	first, second := c.issuer.Pool().AccessToken(cognitotest.Scopes(openID), jti), c.issuer.Pool().AccessToken(cognitotest.Scopes(openID), jti, cognitotest.Groups("other"))
	c.answer(goodInfo)
	wantCode(t, verifier, first, "")
	c.answer(reply{401, jsonType, "", `{"error":"invalid_token"}`})
	wantCode(t, verifier, second, cognito.ErrTokenRevoked)
	wantCode(t, verifier, first, "")
	c.wantRequests(t, 2)
}

// TestAnswersAreBounded asks about more tokens than are remembered.
func TestAnswersAreBounded(t *testing.T) {
	t.Parallel()
	c := newFakeCognito(t)
	c.answer(goodInfo)
	const bound, many = 10, 200
	_, verifier := c.online(t, func(o *revocation.OnlineConfig) { o.MaxEntries = bound })
	tokens := make([]string, many)
	for n := range tokens {
		tokens[n] = c.issuer.Pool().AccessToken(cognitotest.Scopes(openID))
		wantCode(t, verifier, tokens[n], "")
	}
	c.asked.Store(0)
	for _, raw := range tokens {
		wantCode(t, verifier, raw, "")
	}
	if asked := c.asked.Load(); asked < many-bound {
		t.Errorf("%d answers were remembered, where %d may be", many-asked, bound)
	}
}

func TestZeroOnlineDenies(t *testing.T) {
	t.Parallel()
	issuer := cognitotest.NewIssuer()
	for _, online := range []*revocation.Online{nil, {}} {
		for _, raw := range []string{issuer.Pool().AccessToken(), issuer.Pool().IDToken(), issuer.Pool().MachineToken()} {
			wantCode(t, newVerifier(t, issuer, online.Revoked), raw, cognito.ErrCheckUnavailable)
		}
	}
	c := newFakeCognito(t)
	c.answer(goodInfo)
	online, _ := c.online(t, nil)
	token := verified(t, c.issuer, c.issuer.Pool().AccessToken(cognitotest.Scopes(openID)))
	for _, token := range []cognito.Token{nil, (*cognito.AccessToken)(nil), &cognito.AccessToken{}, token} {
		if revoked, err := online.Revoked(t.Context(), token, ""); revoked || err == nil {
			t.Errorf("%T: %v, %v", token, revoked, err)
		}
	}
	c.wantRequests(t, 0)
}

func TestFaultyOnlineConfig(t *testing.T) {
	t.Parallel()
	_, err := revocation.NewOnline(revocation.OnlineConfig{})
	wantFields(t, err, "OnlineConfig.UserPools")
	_, err = revocation.NewOnline(revocation.OnlineConfig{
		UserPools: []revocation.OnlineUserPool{
			{ID: "pool", Domain: "http://auth.example.com"},
			{ID: cognitotest.PoolID},
			{ID: cognitotest.PoolID, Domain: "https://auth.example.com/path", Endpoint: "https://user:secret@example.com"},
		},
		MaxAge: 25 * time.Hour, Timeout: -1, MaxEntries: -1, MaxConcurrent: -1,
	})
	wantFields(t, err, "OnlineConfig.UserPools[0].ID", "OnlineConfig.UserPools[0].Domain", "OnlineConfig.UserPools[1].Domain",
		"OnlineConfig.UserPools[2].ID", "OnlineConfig.UserPools[2].Domain", "OnlineConfig.UserPools[2].Endpoint", "OnlineConfig.UserPools[2].Endpoint",
		"OnlineConfig.MaxAge", "OnlineConfig.Timeout", "OnlineConfig.MaxEntries", "OnlineConfig.MaxConcurrent")
	if strings.Contains(err.Error(), "secret") {
		t.Error(err)
	}
}

// TestLimitsOfOnlineConfigAreExact: one field at a time, a good value or one that is a fault.
func TestLimitsOfOnlineConfigAreExact(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		config revocation.OnlineConfig
		fault  string
	}{
		{revocation.OnlineConfig{MaxAge: day}, ""}, {revocation.OnlineConfig{MaxAge: day + 1}, "OnlineConfig.MaxAge"}, {revocation.OnlineConfig{MaxAge: -1}, "OnlineConfig.MaxAge"},
		{revocation.OnlineConfig{Timeout: 5 * time.Minute}, ""}, {revocation.OnlineConfig{Timeout: 5*time.Minute + 1}, "OnlineConfig.Timeout"},
	} {
		test.config.UserPools = []revocation.OnlineUserPool{{ID: cognitotest.PoolID, GetUser: true}}
		_, err := revocation.NewOnline(test.config)
		if test.fault == "" {
			must(t, err)
			continue
		}
		wantFields(t, err, test.fault)
	}
}

// TestLocalPools may have IDs of their own form. They are in no Region.
func TestLocalPools(t *testing.T) {
	t.Parallel()
	pool := func(change func(*revocation.OnlineUserPool)) error {
		p := revocation.OnlineUserPool{ID: "local_5aHxzLfB", Domain: "http://localhost:9229", GetUser: true, Endpoint: "http://localhost:9229"}
		change(&p)
		_, err := revocation.NewOnline(revocation.OnlineConfig{UserPools: []revocation.OnlineUserPool{p}})
		return err
	}
	must(t, pool(func(*revocation.OnlineUserPool) {}))
	must(t, pool(func(p *revocation.OnlineUserPool) { p.GetUser, p.Endpoint = false, "" }))
	wantFields(t, pool(func(p *revocation.OnlineUserPool) { p.Endpoint = "" }), "OnlineConfig.UserPools[0].Endpoint")
	wantFields(t, pool(func(p *revocation.OnlineUserPool) { p.ID = "local_../x" }), "OnlineConfig.UserPools[0].ID")
}

// TestRegionalEndpoint: GetUser is asked in the user pool's region, and by TLS.
func TestRegionalEndpoint(t *testing.T) {
	t.Parallel()
	c := newFakeCognito(t)
	var address string
	_, verifier := c.online(t, func(o *revocation.OnlineConfig) {
		o.UserPools[0].Endpoint = ""
		o.HTTPClient = &http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
			address = r.URL.String()
			return nil, errors.New("no network here")
		})}
	})
	wantCode(t, verifier, c.issuer.Pool().AccessToken(cognitotest.Scopes(admin)), cognito.ErrCheckUnavailable)
	if address != "https://cognito-idp.us-east-1.amazonaws.com/" {
		t.Errorf("asked %s", address)
	}
}

type transport func(*http.Request) (*http.Response, error)

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

// TestCallersContext: who gives up does not wait, and learns why.
func TestCallersContext(t *testing.T) {
	t.Parallel()
	c := newFakeCognito(t)
	c.answer(goodInfo)
	online, _ := c.online(t, nil)
	raw := c.issuer.Pool().AccessToken(cognitotest.Scopes(openID))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	revoked, err := online.Revoked(ctx, verified(t, c.issuer, raw), cognito.Raw(raw))
	var unavailable *revocation.UnavailableError
	if revoked || !errors.Is(err, context.Canceled) || !errors.As(err, &unavailable) || !strings.HasSuffix(err.Error(), ": "+context.Canceled.Error()) {
		t.Errorf("%v, %v", revoked, err)
	}
	c.wantRequests(t, 0)
}
