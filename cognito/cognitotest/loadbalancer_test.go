package cognitotest_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/alb"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

func balancers(t *testing.T, config alb.Config) *alb.Verifier {
	t.Helper()
	verifier, err := alb.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return verifier
}

// Each option breaks the token in the way that its name says.
func TestTokensOfALoadBalancer(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	pool := issuer.Pool()
	balancer := pool.LoadBalancer("web")
	verifier := balancers(t, balancer.Config())
	access, err := alb.NewVerifiedAccess(pool.VerifiedAccess("web").Config())
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		options []cognitotest.TokenOption
		want    cognito.Code
	}{
		"good":              {nil, ""},
		"another user":      {[]cognitotest.TokenOption{cognitotest.ForSubject("user-2"), cognitotest.Claim("email", "b@example.com")}, ""},
		"short":             {[]cognitotest.TokenOption{cognitotest.ExpiresIn(time.Second)}, ""},
		"expired":           {[]cognitotest.TokenOption{cognitotest.Expired()}, cognito.ErrTokenExpired},
		"not yet valid":     {[]cognitotest.TokenOption{cognitotest.NotYetValid()}, cognito.ErrTokenNotYetValid},
		"wrong key":         {[]cognitotest.TokenOption{cognitotest.WrongKey()}, cognito.ErrSignatureInvalid},
		"unknown key":       {[]cognitotest.TokenOption{cognitotest.UnknownKey()}, cognito.ErrKeyNotFound},
		"tampered":          {[]cognitotest.TokenOption{cognitotest.TamperedPayload()}, cognito.ErrSignatureInvalid},
		"tampered sign":     {[]cognitotest.TokenOption{cognitotest.TamperedSignature()}, cognito.ErrSignatureInvalid},
		"none":              {[]cognitotest.TokenOption{cognitotest.Algorithm("none")}, cognito.ErrTokenMalformed},
		"HS256":             {[]cognitotest.TokenOption{cognitotest.Algorithm("HS256")}, cognito.ErrAlgorithmNotAllowed},
		"another signer":    {[]cognitotest.TokenOption{cognitotest.Header("signer", "arn:aws:elasticloadbalancing:us-east-1:210987654321:loadbalancer/app/web/50dc6c495c0c9188")}, cognito.ErrIssuerMismatch},
		"another issuer":    {[]cognitotest.TokenOption{cognitotest.Header("iss", "https://issuer.example")}, cognito.ErrIssuerMismatch},
		"without a subject": {[]cognitotest.TokenOption{cognitotest.WithoutClaim("sub")}, cognito.ErrClaimMissing},
	} {
		if _, err := verifier.Verify(t.Context(), balancer.Data(test.options...)); cognito.CodeOf(err) != test.want || (err == nil) != (test.want == "") {
			t.Errorf("load balancer, %s: got %v, want %q", name, err, string(test.want))
		}
		if _, err := access.Verify(t.Context(), pool.VerifiedAccess("web").UserContext(test.options...)); cognito.CodeOf(err) != test.want || (err == nil) != (test.want == "") {
			t.Errorf("Verified Access, %s: got %v, want %q", name, err, string(test.want))
		}
	}
	if _, err := verifier.Verify(t.Context(), balancer.Data(cognitotest.ForClient("another"))); !errors.Is(err, cognito.ErrClientMismatch) {
		t.Errorf("another client: %v", err)
	}
	if _, err := verifier.Verify(t.Context(), balancer.Data(cognitotest.EncodedBy(base64.RawURLEncoding.EncodeToString))); !errors.Is(err, cognito.ErrTokenMalformed) {
		t.Errorf("without padding: %v", err)
	}
	if _, err := verifier.Verify(t.Context(), pool.LoadBalancer("other").Data()); !errors.Is(err, cognito.ErrIssuerMismatch) {
		t.Errorf("another load balancer: %v", err)
	}
	identity, err := verifier.Verify(t.Context(), balancer.Data())
	if err != nil || identity.Subject() != cognitotest.Subject || identity.Signer() != balancer.ARN() || identity.KeyID() != balancer.KeyID() || !identity.EmailVerified() {
		t.Errorf("%v, %v", identity, err)
	}
	issuer.Clock().Advance(2 * time.Minute)
	if _, err := verifier.Verify(t.Context(), balancer.Data(cognitotest.ExpiresIn(0))); !errors.Is(err, cognito.ErrTokenExpired) {
		t.Errorf("at its end: %v", err)
	}
}

// The text has the form that AWS documents.
func TestDataHasTheFormOfAWS(t *testing.T) {
	balancer := cognitotest.NewIssuer().Pool().LoadBalancer("web")
	parts := strings.Split(balancer.Data(), ".")
	for n, part := range parts[:2] {
		if len(part)%4 != 0 {
			t.Errorf("part %d has no padding: %s", n, part)
		}
	}
	text, err := base64.URLEncoding.DecodeString(parts[0])
	var header map[string]any
	if err != nil || json.Unmarshal(text, &header) != nil {
		t.Fatalf("%s: %v", text, err)
	}
	for _, name := range []string{"alg", "kid", "signer", "iss", "client", "exp"} {
		if header[name] == nil {
			t.Errorf("%s is not in the header: %s", name, text)
		}
	}
	first, second := balancer.Data(cognitotest.ExpiresIn(time.Hour)), balancer.Data(cognitotest.ExpiresIn(time.Hour))
	if first != second {
		t.Error("the same token has two signatures")
	}
}

func TestKeysOfALoadBalancer(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	balancer := issuer.Pool().LoadBalancer("web")
	verifier := balancers(t, balancer.Config())
	verify := func() cognito.Code {
		_, err := verifier.Verify(t.Context(), balancer.Data())
		return cognito.CodeOf(err)
	}
	balancer.FailKeys(http.StatusInternalServerError)
	if got := verify(); got != cognito.ErrKeysUnavailable {
		t.Errorf("got %q", string(got))
	}
	balancer.FailKeys(0)
	issuer.Clock().Advance(time.Hour)
	old := balancer.KeyID()
	if got := verify(); got != "" {
		t.Errorf("got %q", string(got))
	}
	if balancer.RotateKey(); balancer.KeyID() == old || verify() != "" {
		t.Error("a new key is not accepted")
	}
	requests := balancer.KeyRequests()
	if !balancer.WithdrawKey(balancer.KeyID()) || balancer.WithdrawKey("none") {
		t.Error("withdrawn")
	}
	balancer.RotateKey()
	if got := verify(); got != "" || balancer.KeyRequests() != requests+1 {
		t.Errorf("got %q after %d requests", string(got), balancer.KeyRequests())
	}
	// GovCloud has its keys in a bucket.
	gov := issuer.AddPool("us-gov-west-1_Test00002").LoadBalancer("web")
	if _, err := balancers(t, gov.Config()).Verify(t.Context(), gov.Data()); err != nil || !strings.HasPrefix(gov.ARN(), "arn:aws-us-gov:") {
		t.Errorf("%s: %v", gov.ARN(), err)
	}
}

// Keys are served over a connection too, for a program in another process.
func TestKeysOfALoadBalancerOverAConnection(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	server := httptest.NewServer(issuer.Handler())
	t.Cleanup(server.Close)
	issuer.SetAddress(server.URL)
	balancer := issuer.Pool().LoadBalancer("web")
	if _, err := balancers(t, balancer.Config()).Verify(t.Context(), balancer.Data()); err != nil {
		t.Error(err)
	}
	for path, want := range map[string]int{"/keys/" + balancer.KeyID(): 200, "/keys/none": 404, "/" + balancer.KeyID(): 404, "/keys/": 404, "/": 404} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close() // only the status counts
		if response.StatusCode != want {
			t.Errorf("%s: status %d, want %d", path, response.StatusCode, want)
		}
	}
}

// The options of SignIn change the access token, and the other headers agree with it.
func TestHeadersOfALoadBalancerAgree(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	pool := issuer.AddPool("us-east-1_Test00003", "web", "mobile")
	tokens, err := cognito.New(issuer.Config())
	if err != nil {
		t.Fatal(err)
	}
	balancer := pool.LoadBalancer("web")
	protect := alb.Require(balancers(t, balancer.Config()), tokens, cognito.RequireGroups("staff"))
	handler := protect(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		identity, _ := alb.FromContext(r.Context())
		_, _ = w.Write([]byte(identity.Subject() + " " + identity.ClientID()))
	}))
	for want, options := range map[string][]cognitotest.TokenOption{
		"200 user-2 mobile":                   {cognitotest.Groups("staff"), cognitotest.ForSubject("user-2"), cognitotest.ForClient("mobile")},
		"200 " + cognitotest.Subject + " web": {cognitotest.Groups("staff")},
		"403":                                 nil,
		"401":                                 {cognitotest.Groups("staff"), cognitotest.Expired()},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
		balancer.SignIn(r, options...)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		got := strings.TrimSpace(w.Result().Status[:3] + " " + w.Body.String())
		if w.Code != http.StatusOK {
			got = w.Result().Status[:3]
		}
		if got != want {
			t.Errorf("got %q, want %q: %s", got, want, w.Body)
		}
	}
}
