package cognito_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

// checkMessage verifies a token that must be refused and compares a part of the reason.
func checkMessage(t *testing.T, err error, code cognito.Code, want string) {
	t.Helper()
	if cognito.CodeOf(err) != code || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s with %q", err, code, want)
	}
}

// TestMachineTokenIsRecognized: the subject is the app client and there is no user.
func TestMachineTokenIsRecognized(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	pool := issuer.Pool()
	verifier := newVerifier(t, issuer, nil)
	for name, test := range map[string]struct {
		raw  string
		want bool
	}{
		"machine":                      {pool.MachineToken(), true},
		"user":                         {pool.AccessToken(), false},
		"user without a username":      {pool.AccessToken(cognitotest.WithoutClaim("username")), false},
		"user called as the client":    {pool.AccessToken(cognitotest.ForSubject(cognitotest.ClientID)), false},
		"machine with a username":      {pool.MachineToken(cognitotest.Claim("username", "x")), false},
		"machine of another subject":   {pool.MachineToken(cognitotest.ForSubject("x")), false},
		"machine with an empty client": {pool.MachineToken(cognitotest.ForSubject("")), false},
	} {
		token, err := verifier.VerifyAccessToken(t.Context(), test.raw)
		if err != nil || token.IsMachine() != test.want {
			t.Errorf("%s: %v, %v", name, token.IsMachine(), err)
		}
	}
}

// TestWrongKindOfTimeNamesItsRange: a time of the wrong kind has a message of its own.
func TestWrongKindOfTimeNamesItsRange(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier := newVerifier(t, issuer, nil)
	for _, name := range []string{"exp", "nbf", "iat", "auth_time"} {
		_, err := verifier.VerifyIDToken(t.Context(), issuer.Pool().IDToken(cognitotest.Claim(name, "0")))
		checkMessage(t, err, cognito.ErrClaimInvalid, name+" must be a number of seconds from 0 to 2^53")
	}
	for name, kind := range map[string]string{
		"sub": "a string", "cognito:preferred_role": "a string", "aud": "a string or an array of strings", "cognito:groups": "an array of strings",
	} {
		_, err := verifier.VerifyIDToken(t.Context(), issuer.Pool().IDToken(cognitotest.Claim(name, 5)))
		checkMessage(t, err, cognito.ErrClaimInvalid, name+" must be "+kind+"; got a number")
	}
}

// TestReasonNamesWhatIsWrong: of two reasons with one code the right one is given.
func TestReasonNamesWhatIsWrong(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	pool := issuer.Pool()
	verifier := newVerifier(t, issuer, nil)
	verify := func(raw string, requirements ...cognito.Requirement) error {
		_, err := verifier.VerifyEither(t.Context(), raw, requirements...)
		return err
	}
	checkMessage(t, verify(pool.IDToken(), cognito.RequireNonce("n")), cognito.ErrNonceMismatch, "nonce is absent")
	checkMessage(t, verify(pool.AccessToken(), cognito.RequireClaim("tier", "gold")), cognito.ErrClaimMismatch, `the claim "tier" is absent`)
	checkMessage(t, verify(pool.AccessToken(cognitotest.WithoutClaim("auth_time")), cognito.RequireMaxAuthAge(time.Minute)), cognito.ErrAuthenticationTooOld, "auth_time is absent")
	checkMessage(t, verify(pool.AccessToken(cognitotest.WithoutHeader("kid"))), cognito.ErrKeyNotFound, "no kid")
	checkMessage(t, verify("a.b.c"), cognito.ErrTokenMalformed, "the payload is not canonical")
	_, _, _, resolving := multiTenant(t, nil)
	_, err := resolving.VerifyAccessToken(t.Context(), pool.AccessToken())
	checkMessage(t, err, cognito.ErrIssuerMismatch, "iss must be an issuer that is trusted here")
}

// TestCheckOfTheApplicationDecides: its own verdicts are kept; an error that says
// nothing refuses.
func TestCheckOfTheApplicationDecides(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	var answer error
	verifier := newVerifier(t, issuer, func(c *cognito.Config) {
		c.Revoked = func(context.Context, cognito.Token, cognito.Raw) (bool, error) { return false, answer }
	})
	raw := issuer.Pool().AccessToken()
	check := cognito.Require(func(context.Context, cognito.Token) error { return answer })
	for name, test := range map[string]struct {
		answer            error
		required, revoked cognito.Code
	}{
		"a verdict":         {cognito.NewError(cognito.ErrAuthenticationTooWeak, "x"), cognito.ErrAuthenticationTooWeak, cognito.ErrAuthenticationTooWeak},
		"a wrapped verdict": {fmt.Errorf("x: %w", cognito.NewError(cognito.ErrTokenRevoked, "x")), cognito.ErrTokenRevoked, cognito.ErrTokenRevoked},
		"an empty code":     {cognito.Code(""), cognito.ErrAccessDenied, cognito.ErrCheckUnavailable},
		"a nil *Error":      {(*cognito.Error)(nil), cognito.ErrAccessDenied, cognito.ErrCheckUnavailable},
		"another error":     {errors.New("x"), cognito.ErrAccessDenied, cognito.ErrCheckUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			answer = test.answer
			checkVerdict(t, verifier, raw, cognito.TokenUseAccess, test.revoked)
			_, err := newVerifier(t, issuer, nil).VerifyAccessToken(t.Context(), raw, check)
			checkMessage(t, err, test.required, "")
			if isNil := strings.Contains(err.Error(), "nil *Error"); isNil != (name == "a nil *Error") {
				t.Errorf("got %v", err)
			}
		})
	}
}

// waitError is an error of the application that says when to ask again.
type waitError time.Duration

func (waitError) Error() string { return "busy" }

func (e waitError) RetryAfter() time.Duration { return time.Duration(e) }

// TestFailedRevocationCheckSaysWhenToAskAgain: by the error's own RetryAfter if that is
// positive, else after a second.
func TestFailedRevocationCheckSaysWhenToAskAgain(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	for name, test := range map[string]struct {
		answer error
		want   time.Duration
	}{
		"its own time":         {waitError(7 * time.Second), 7 * time.Second},
		"less than a second":   {waitError(1), 1},
		"a wrapped error":      {fmt.Errorf("x: %w", waitError(time.Minute)), time.Minute},
		"no time":              {waitError(0), time.Second},
		"a negative time":      {waitError(-time.Minute), time.Second},
		"an error without one": {errors.New("x"), time.Second},
	} {
		verifier := newVerifier(t, issuer, func(c *cognito.Config) {
			c.Revoked = func(context.Context, cognito.Token, cognito.Raw) (bool, error) { return false, test.answer }
		})
		_, err := verifier.VerifyAccessToken(t.Context(), issuer.Pool().AccessToken())
		refusal, ok := errors.AsType[*cognito.Error](err)
		if !ok || refusal.Code() != cognito.ErrCheckUnavailable || refusal.RetryAfter() != test.want {
			t.Errorf("%s: %v, want another attempt after %v", name, err, test.want)
		}
	}
}

// TestForgedTokenInAnOutageIsRefused: a bad signature asks for a newer key, which
// cannot be fetched; the key that is held decides.
func TestForgedTokenInAnOutageIsRefused(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier, _ := known(t, issuer, nil)
	issuer.Pool().FailKeySet(http.StatusInternalServerError)
	issuer.Clock().Advance(time.Minute)
	forged := issuer.Pool().AccessToken(cognitotest.WrongKey())
	checkVerdict(t, verifier, forged, cognito.TokenUseAccess, cognito.ErrSignatureInvalid)
}

// TestErrorCanBeTemporary: for what could not be found out, and nothing else.
func TestErrorCanBeTemporary(t *testing.T) {
	for _, code := range cognito.Codes() {
		want := code == cognito.ErrKeysUnavailable || code == cognito.ErrCheckUnavailable
		if got := cognito.NewError(code, "x").Temporary(); got != want {
			t.Errorf("%s: %v", code, got)
		}
	}
	if none := (*cognito.Error)(nil); none.Is(cognito.ErrAccessDenied) || none.Is(cognito.ErrTokenExpired) {
		t.Error("nil is an error")
	}
}

// TestScopeNamesHaveExactCharacters (RFC 6749 §3.3): %x21 / %x23-5B / %x5D-7E.
func TestScopeNamesHaveExactCharacters(t *testing.T) {
	for _, c := range []byte("!#[]~aZ09/.") {
		if err := cognito.RequireScopes(string(rune(c))).Err(); err != nil {
			t.Errorf("%q: %v", c, err)
		}
	}
	for _, s := range []string{" ", "\x20a", "\x7f", "\"", `\`, "é", "\x00"} {
		if cognito.RequireScopes(s).Err() == nil {
			t.Errorf("%q is a scope", s)
		}
	}
}

// TestClaimsNeedAPointer, and numbers are not read from texts.
func TestClaimsNeedAPointer(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier := newVerifier(t, issuer, nil)
	access, err := verifier.VerifyAccessToken(t.Context(), issuer.Pool().AccessToken())
	if err != nil {
		t.Fatal(err)
	}
	id, err := verifier.VerifyIDToken(t.Context(), issuer.Pool().IDToken())
	if err != nil {
		t.Fatal(err)
	}
	for name, claims := range map[string]func(any) error{"access": access.Claims, "id": id.Claims} {
		for _, dst := range []any{nil, (*struct{})(nil), struct{}{}} {
			if err := claims(dst); err == nil || !strings.Contains(err.Error(), "non-nil pointer") {
				t.Errorf("%s, %T: %v", name, dst, err)
			}
		}
		var number struct {
			Subject json.Number `json:"sub"`
		}
		if err := claims(&number); err == nil {
			t.Errorf("%s: a text is the number %q", name, number.Subject)
		}
	}
}

func TestSetHasAll(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	token, err := newVerifier(t, issuer, nil).VerifyAccessToken(t.Context(), issuer.Pool().AccessToken(cognitotest.Scopes("a", "b")))
	if err != nil {
		t.Fatal(err)
	}
	set := token.Scopes()
	if !set.HasAll() || !set.HasAll("a", "b") || set.HasAll("c") || set.HasAll("a", "c") || (cognito.Set{}).HasAll("a") {
		t.Error(set)
	}
}

// TestInspectNamesAbsentClaims, also where nothing was given to compare them with.
func TestInspectNamesAbsentClaims(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	raw := issuer.Pool().AccessToken(cognitotest.WithoutClaim("iss", "client_id"))
	report, err := cognito.Inspect(t.Context(), raw, cognito.InspectOptions{})
	if err != nil {
		t.Fatal(err)
	}
	missing := 0
	for _, c := range report.Checks {
		if (c.Name == "issuer" || c.Name == "client") && c.Status == cognito.Failed && c.Code == cognito.ErrClaimMissing {
			missing++
		}
	}
	if missing != 2 {
		t.Errorf("%d of the two are missing: %+v", missing, report.Checks)
	}
	if _, err := cognito.Inspect(t.Context(), raw, cognito.InspectOptions{MaxTokenBytes: -1}); err == nil || !strings.Contains(err.Error(), "MaxTokenBytes") {
		t.Errorf("got %v", err)
	}
}

// TestInspectComparesWhatWasGiven: a report says which checks were not made.
func TestInspectComparesWhatWasGiven(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	raw := issuer.Pool().AccessToken(cognitotest.Audience("https://orders.example.com"), cognitotest.Scopes("a"))
	report, err := cognito.Inspect(t.Context(), raw, cognito.InspectOptions{Requirements: []cognito.Requirement{cognito.RequireScopes("a")}})
	if err != nil || report.Now.IsZero() {
		t.Fatal(report, err)
	}
	for name, want := range map[string]cognito.Status{"audience": cognito.NotChecked, "scopes": cognito.Passed} {
		n := slices.IndexFunc(report.Checks, func(c cognito.Check) bool { return c.Name == name })
		if n < 0 || report.Checks[n].Status != want {
			t.Errorf("%s: %+v", name, report.Checks)
		}
	}
}

// TestCodeOfACode: a code is an error itself.
func TestCodeOfACode(t *testing.T) {
	for _, code := range cognito.Codes() {
		if got := cognito.CodeOf(fmt.Errorf("x: %w", code)); got != code {
			t.Errorf("%s: got %q", code, got)
		}
	}
}

// TestLongClaimIsShortInMessages: what a token says does not fill logs.
func TestLongClaimIsShortInMessages(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	raw := issuer.Pool().AccessToken(cognitotest.ForClient(strings.Repeat("x", 5000)))
	_, err := newVerifier(t, issuer, nil).VerifyAccessToken(t.Context(), raw)
	if cognito.CodeOf(err) != cognito.ErrClientMismatch || len(err.Error()) > 300 {
		t.Errorf("%d bytes: %v", len(err.Error()), err)
	}
}

// TestIdentityDateIsMillisecondsOrNothing: what is no date of this era is no date.
func TestIdentityDateIsMillisecondsOrNothing(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier := newVerifier(t, issuer, nil)
	for date, want := range map[string]int64{`"1000"`: 1000, `1000`: 1000, `"0"`: 0, `"-1"`: 0, `"x"`: 0, `9007199254740993`: 0, `"99999999999999999999"`: 0} {
		raw := issuer.Pool().IDToken(cognitotest.Claim("identities", json.RawMessage(`[{"dateCreated":`+date+`}]`)))
		token, err := verifier.VerifyIDToken(t.Context(), raw)
		if err != nil || len(token.Identities()) != 1 {
			t.Fatal(date, err)
		}
		got := token.Identities()[0].DateCreated
		if want == 0 && !got.IsZero() || want != 0 && got.UnixMilli() != want {
			t.Errorf("%s: %v", date, got)
		}
	}
}
