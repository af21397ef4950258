package alb_test

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/alb"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

const (
	dataHeader     = "x-amzn-oidc-data"
	identityHeader = "x-amzn-oidc-identity"
	accessHeader   = "x-amzn-oidc-accesstoken"
)

// scene is a handler behind the middleware, and a user pool.
type scene struct {
	endpoint *endpoint
	pool     *cognitotest.Pool
	tokens   *cognito.Verifier
	verifier *alb.Verifier
}

func newScene(t testing.TB) *scene {
	t.Helper()
	issuer := cognitotest.NewIssuer()
	tokens, err := cognito.New(issuer.Config())
	if err != nil {
		t.Fatal(err)
	}
	e := newEndpoint()
	verifier := e.verifier(t, func(c *alb.Config) {
		c.ClientIDs, c.Issuers = []string{issuer.Pool().ClientID(), client}, []string{issuer.Pool().Issuer()}
	})
	return &scene{e, issuer.Pool(), tokens, verifier}
}

// data makes x-amzn-oidc-data of the scene's pool.
func (s *scene) data(change ...func(*draft)) string {
	ours := func(d *draft) {
		d.header["iss"], d.payload["iss"], d.header["client"] = s.pool.Issuer(), s.pool.Issuer(), s.pool.ClientID()
	}
	return token(append([]func(*draft){ours}, change...)...)
}

// do sends a request with headers as name, value, name, … It returns status and body.
func do(protect func(http.Handler) http.Handler, headers ...string) (status int, body string) {
	r := httptest.NewRequest(http.MethodGet, "/orders", http.NoBody)
	for n := 0; n+1 < len(headers); n += 2 {
		r.Header[http.CanonicalHeaderKey(headers[n])] = append(r.Header[http.CanonicalHeaderKey(headers[n])], headers[n+1])
	}
	w := httptest.NewRecorder()
	protect(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		identity, known := alb.FromContext(r.Context())
		access, also := alb.AccessToken(r.Context())
		if known != (identity != nil) || also != (access != nil) {
			panic("says otherwise")
		}
		_, _ = w.Write([]byte(identity.Subject() + " " + access.Username()))
	})).ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

func TestRequire(t *testing.T) {
	s := newScene(t)
	protect := alb.Require(s.verifier, s.tokens, cognito.RequireScopes("orders/read"))
	good, mine := s.data(), s.pool.AccessToken(cognitotest.ForSubject(subject), cognitotest.Scopes("orders/read"))
	for name, test := range map[string]struct {
		headers []string
		status  int
		code    string
	}{
		"good":                    {[]string{dataHeader, good, identityHeader, subject, accessHeader, mine}, 200, subject + " anaya"},
		"nothing":                 {nil, 401, "token_missing"},
		"bearer token":            {[]string{"Authorization", "Bearer " + mine}, 401, "token_missing"},
		"no data":                 {[]string{identityHeader, subject, accessHeader, mine}, 401, "token_missing"},
		"data empty":              {[]string{dataHeader, "", identityHeader, subject, accessHeader, mine}, 401, "token_missing"},
		"underscores":             {[]string{"x_amzn_oidc_data", good, identityHeader, subject, accessHeader, mine}, 401, "token_missing"},
		"data twice":              {[]string{dataHeader, good, dataHeader, good, identityHeader, subject, accessHeader, mine}, 400, "request_invalid"},
		"data twice, one empty":   {[]string{dataHeader, "", dataHeader, good, identityHeader, subject, accessHeader, mine}, 400, "request_invalid"},
		"data joined":             {[]string{dataHeader, good + ", " + good, identityHeader, subject, accessHeader, mine}, 400, "request_invalid"},
		"forged data":             {[]string{dataHeader, s.data(signedBy(otherP256)), identityHeader, subject, accessHeader, mine}, 401, "signature_invalid"},
		"expired data":            {[]string{dataHeader, s.data(header("exp", 1)), identityHeader, subject, accessHeader, mine}, 401, "token_expired"},
		"ALBeast":                 {[]string{dataHeader, s.data(header("signer", strings.Replace(balancer, "1", "2", 1))), identityHeader, subject, accessHeader, mine}, 401, "issuer_mismatch"},
		"no identity":             {[]string{dataHeader, good, accessHeader, mine}, 400, "request_invalid"},
		"identity empty":          {[]string{dataHeader, good, identityHeader, "", accessHeader, mine}, 400, "request_invalid"},
		"other identity":          {[]string{dataHeader, good, identityHeader, "admin", accessHeader, mine}, 400, "request_invalid"},
		"identity by case":        {[]string{dataHeader, good, identityHeader, strings.ToUpper(subject), accessHeader, mine}, 400, "request_invalid"},
		"identity twice":          {[]string{dataHeader, good, identityHeader, subject, identityHeader, subject, accessHeader, mine}, 400, "request_invalid"},
		"identity twice, other":   {[]string{dataHeader, good, identityHeader, subject, identityHeader, "admin", accessHeader, mine}, 400, "request_invalid"},
		"identity joined":         {[]string{dataHeader, good, identityHeader, subject + "," + subject, accessHeader, mine}, 400, "request_invalid"},
		"no access token":         {[]string{dataHeader, good, identityHeader, subject}, 401, "token_missing"},
		"access token twice":      {[]string{dataHeader, good, identityHeader, subject, accessHeader, mine, accessHeader, mine}, 400, "request_invalid"},
		"access token joined":     {[]string{dataHeader, good, identityHeader, subject, accessHeader, mine + "," + mine}, 400, "request_invalid"},
		"access token malformed":  {[]string{dataHeader, good, identityHeader, subject, accessHeader, "x"}, 401, "token_malformed"},
		"data as access token":    {[]string{dataHeader, good, identityHeader, subject, accessHeader, good}, 401, "token_malformed"},
		"ID token":                {[]string{dataHeader, good, identityHeader, subject, accessHeader, s.pool.IDToken(cognitotest.ForSubject(subject))}, 401, "token_use_mismatch"},
		"access token expired":    {[]string{dataHeader, good, identityHeader, subject, accessHeader, s.pool.AccessToken(cognitotest.ForSubject(subject), cognitotest.Expired())}, 401, "token_expired"},
		"access token of another": {[]string{dataHeader, good, identityHeader, subject, accessHeader, s.pool.AccessToken(cognitotest.ForSubject("other"), cognitotest.Scopes("orders/read"))}, 400, "request_invalid"},
		"data of another":         {[]string{dataHeader, s.data(claim("sub", "other")), identityHeader, "other", accessHeader, mine}, 400, "request_invalid"},
		"other client":            {[]string{dataHeader, s.data(header("client", client)), identityHeader, subject, accessHeader, mine}, 400, "request_invalid"},
		"scope missing":           {[]string{dataHeader, good, identityHeader, subject, accessHeader, s.pool.AccessToken(cognitotest.ForSubject(subject))}, 403, "scope_missing"},
		"unknown key":             {[]string{dataHeader, s.data(unknown(1)), identityHeader, subject, accessHeader, mine}, 401, "key_not_found"},
	} {
		t.Run(name, func(t *testing.T) {
			if status, body := do(protect, test.headers...); status != test.status || !strings.Contains(body, test.code) {
				t.Errorf("%d %s, want %d %s", status, body, test.status, test.code)
			}
		})
	}

	// A subject may have a comma, a token has none.
	commas := []string{dataHeader, s.data(claim("sub", "a,b")), identityHeader, "a,b", accessHeader, s.pool.AccessToken(cognitotest.ForSubject("a,b"), cognitotest.Scopes("orders/read"))}
	if status, body := do(protect, commas...); status != 200 {
		t.Errorf("a subject with a comma: %d %s", status, body)
	}

	s = newScene(t)
	s.endpoint.serve(respond(500, ""))
	protect, _ = alb.Middleware(alb.MiddlewareConfig{Verifier: s.verifier, AccessTokens: s.tokens, Logger: silent})
	if status, body := do(protect, dataHeader, s.data(), identityHeader, subject); status != 503 || strings.Contains(body, "amazonaws") {
		t.Errorf("%d %s while keys cannot be had", status, body)
	}
}

func TestOptional(t *testing.T) {
	s := newScene(t)
	protect, err := alb.Middleware(alb.MiddlewareConfig{Verifier: s.verifier, AccessTokens: s.tokens, Optional: true})
	if err != nil {
		t.Fatal(err)
	}
	mine := s.pool.AccessToken(cognitotest.ForSubject(subject))
	for name, test := range map[string]struct {
		headers []string
		status  int
	}{
		"nothing":      {nil, 200},
		"all":          {[]string{dataHeader, s.data(), identityHeader, subject, accessHeader, mine}, 200},
		"identity":     {[]string{identityHeader, subject}, 401},
		"access token": {[]string{accessHeader, mine}, 401},
		"data empty":   {[]string{dataHeader, ""}, 401},
		"bad data":     {[]string{dataHeader, "x"}, 401},
	} {
		if status, body := do(protect, test.headers...); status != test.status {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
	// What an outer one verified is not taken for the inner one's.
	other := newScene(t)
	inner, _ := alb.Middleware(alb.MiddlewareConfig{Verifier: other.endpoint.verifiedAccess(t), Optional: true})
	both := func(next http.Handler) http.Handler { return protect(inner(next)) }
	if status, body := do(both, dataHeader, s.data(), identityHeader, subject, accessHeader, mine); status != 200 || body != " " {
		t.Errorf("%d %q", status, body)
	}
}

func TestWithoutAccessToken(t *testing.T) {
	s := newScene(t)
	protect, err := alb.Middleware(alb.MiddlewareConfig{Verifier: s.verifier, InsecureSkipAccessToken: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, headers := range [][]string{
		{dataHeader, s.data(), identityHeader, subject},
		{dataHeader, s.data(), identityHeader, subject, accessHeader, "of another provider"},
	} {
		if status, body := do(protect, headers...); status != 200 || body != subject+" " {
			t.Errorf("%d %s", status, body)
		}
	}
	if status, _ := do(protect, dataHeader, s.data(), identityHeader, "admin"); status != 400 {
		t.Errorf("another identity: %d", status)
	}

	protect = alb.Require(s.endpoint.verifiedAccess(t), nil)
	if status, body := do(protect, "x-amzn-ava-user-context", token(ofVerifiedAccess)); status != 200 || body != subject+" " {
		t.Errorf("Verified Access: %d %s", status, body)
	}
	for _, headers := range [][]string{
		nil, {dataHeader, s.data(), identityHeader, subject}, {"x-amzn-ava-user-context", s.data()},
		{"x-amzn-ava-user-context", token(ofVerifiedAccess), "x-amzn-ava-user-context", token(ofVerifiedAccess)},
	} {
		if status, _ := do(protect, headers...); status != 400 && status != 401 {
			t.Errorf("Verified Access: %d", status)
		}
	}
}

func TestMiddlewareConfig(t *testing.T) {
	s := newScene(t)
	va := s.endpoint.verifiedAccess(t)
	good := []string{dataHeader, s.data(), identityHeader, subject, accessHeader, s.pool.AccessToken(cognitotest.ForSubject(subject)), "x-amzn-ava-user-context", token(ofVerifiedAccess)}
	for name, config := range map[string]alb.MiddlewareConfig{
		"Verifier":                      {AccessTokens: s.tokens},
		"AccessTokens":                  {Verifier: s.verifier},
		"InsecureSkipAccessToken":       {Verifier: s.verifier, AccessTokens: s.tokens, InsecureSkipAccessToken: true},
		"AccessTokens and Insecure":     {Verifier: va, AccessTokens: s.tokens},
		"AccessTokens and InsecureSkip": {Verifier: va, InsecureSkipAccessToken: true},
		"Require":                       {Verifier: va, Require: []cognito.Requirement{cognito.RequireScopes("x")}},
		"Require asks":                  {Verifier: s.verifier, InsecureSkipAccessToken: true, Require: []cognito.Requirement{cognito.RequireScopes("x")}},
		"Require[0]":                    {Verifier: s.verifier, AccessTokens: s.tokens, Require: []cognito.Requirement{cognito.RequireScopes()}},
	} {
		protect, err := alb.Middleware(config)
		var fault *alb.ConfigError
		if protect != nil || !errors.As(err, &fault) || fault.Field != "MiddlewareConfig."+strings.Fields(name)[0] {
			t.Errorf("%s: %v", name, err)
		}
	}
	// A fault is reported once, without others that it causes.
	require := []cognito.Requirement{cognito.RequireScopes("x")}
	for want, config := range map[string]alb.MiddlewareConfig{
		"Verifier":                {},
		"InsecureSkipAccessToken": {Verifier: s.verifier, AccessTokens: s.tokens, InsecureSkipAccessToken: true, Require: require},
		"AccessTokens":            {Verifier: s.verifier, Require: require},
	} {
		_, err := alb.Middleware(config)
		var fault *alb.ConfigError
		if !errors.As(err, &fault) || fault.Field != "MiddlewareConfig."+want || strings.Contains(err.Error(), "\n") {
			t.Errorf("want a fault of %s alone, got %v", want, err)
		}
	}
	for _, protect := range []func(http.Handler) http.Handler{
		alb.Require(nil, s.tokens), alb.Require(s.verifier, nil), alb.Require(va, s.tokens), alb.Require(new(alb.Verifier), s.tokens),
	} {
		if status, _ := do(protect, good...); status == 200 {
			t.Error("a middleware that was configured wrongly lets requests through")
		}
	}
}

func TestErrorHandlerAndLog(t *testing.T) {
	s := newScene(t)
	var logs bytes.Buffer
	protect, err := alb.Middleware(alb.MiddlewareConfig{
		Verifier: s.verifier, AccessTokens: s.tokens, Logger: slog.New(slog.NewTextHandler(&logs, &slog.HandlerOptions{Level: slog.LevelDebug})),
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			http.Error(w, string(cognito.CodeOf(err)), http.StatusTeapot)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	raw := s.data(signedBy(otherP256))
	if status, body := do(protect, dataHeader, raw, identityHeader, subject); status != http.StatusTeapot || body != "signature_invalid\n" {
		t.Errorf("%d %s", status, body)
	}
	s.endpoint.serve(respond(500, ""))
	_, _ = do(protect, dataHeader, s.data(unknown(1)), identityHeader, subject)
	if text := logs.String(); !strings.Contains(text, "level=INFO") || !strings.Contains(text, "level=WARN") || strings.Contains(text, raw[:20]) || strings.Contains(text, subject) {
		t.Error(text)
	}
}
