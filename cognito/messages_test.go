package cognito_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

// secretive returns a verifier whose configuration has the word hidden in every name.
func secretive(t *testing.T, issuer *cognitotest.Issuer) *cognito.Verifier {
	t.Helper()
	return newVerifier(t, issuer, func(c *cognito.Config) {
		c.UserPools[0].ClientIDs = append(c.UserPools[0].ClientIDs, "hidden-client")
		c.UserPools[0].Audiences = []string{"https://hidden.example.com"}
		c.MaxTokenBytes = 4321
		for n := range 5 {
			c.UserPools = append(c.UserPools, cognito.UserPool{
				ID: fmt.Sprintf("us-east-1_hidden%d", n), ClientIDs: []string{"hidden-client"}, Issuer: fmt.Sprintf("https://hidden%d.example.com", n),
			})
		}
	})
}

// TestPublicMessagesHideTheConfiguration: the sender of a token sees what the token says;
// the operator sees what is accepted, too.
func TestPublicMessagesHideTheConfiguration(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	pool := issuer.Pool()
	verifier := secretive(t, issuer)
	claim := cognitotest.Claim
	for name, test := range map[string]struct {
		raw     string
		require []cognito.Requirement
		code    cognito.Code
		message string
		detail  string
	}{
		"issuer": {
			pool.AccessToken(claim("iss", "https://evil.example\x1b")), nil, cognito.ErrIssuerMismatch, "iss is not an issuer that is trusted here",
			`iss must be an issuer of the user pool "us-east-1_Test00001" or "https://hidden0.example.com" or "https://hidden1.example.com" or of 3 more; the token has "https://evil.example\x1b"`,
		},
		"size": {
			pool.AccessToken(claim("x", strings.Repeat("x", 5000))), nil, cognito.ErrTokenTooLarge, "bytes, more than are accepted", "bytes; at most 4321 are accepted",
		},
		"kind": {
			pool.IDToken(), nil, cognito.ErrTokenUseMismatch, `the token has the token_use "id", which is not accepted here`, `token_use must be "access"; the token has "id"`,
		},
		"client": {
			pool.AccessToken(cognitotest.ForClient("other")), nil, cognito.ErrClientMismatch, `client_id must be a configured app client; the token has "other"`,
			`client_id must be one of "test-client", "hidden-client"; the token has "other"`,
		},
		"audience": {
			pool.AccessToken(), []cognito.Requirement{cognito.RequireAudience("https://hidden.example.com")}, cognito.ErrAudienceMismatch,
			"no required audience is there; the token has none", `none of "https://hidden.example.com" is there; the token has none`,
		},
		"resource": {
			pool.AccessToken(cognitotest.Audience("https://other.example.com")), nil, cognito.ErrAudienceMismatch,
			`aud must be a configured audience; the token has "https://other.example.com"`, `aud must be "https://hidden.example.com"; the token has "https://other.example.com"`,
		},
		"no resource": {
			pool.AccessToken(cognitotest.Audience()), nil, cognito.ErrAudienceMismatch, "aud is an empty list", `aud is an empty list; it must be "https://hidden.example.com"`,
		},
		"key": {
			pool.AccessToken(cognitotest.Header("kid", "k\x1b")), nil, cognito.ErrKeyNotFound, "the user pool has no key with this kid",
			`the key set of the issuer "` + pool.Issuer() + `" has no key with the kid "k\x1b"`,
		},
		"no key": {
			pool.AccessToken(cognitotest.WithoutHeader("kid")), nil, cognito.ErrKeyNotFound, "the header has no kid to find the key by", `a key of the issuer "` + pool.Issuer() + `"`,
		},
		"signature": {
			pool.AccessToken(cognitotest.WrongKey()), nil, cognito.ErrSignatureInvalid, "the signature does not hold",
			`by the key "` + pool.AccessKey().ID() + `" of the issuer "` + pool.Issuer() + `"`,
		},
		"absent claim": {
			pool.AccessToken(), []cognito.Requirement{cognito.RequireClaim("tier", "hidden")}, cognito.ErrClaimMismatch,
			`the claim "tier" is absent`, `the claim "tier" is absent; it must be "hidden"`,
		},
		"absent list": {
			pool.AccessToken(), []cognito.Requirement{cognito.RequireListed("custom:groups", cognito.ListJSON, "hidden", "b")}, cognito.ErrClaimMismatch,
			`the claim "custom:groups" is absent`, `the claim "custom:groups" is absent; it must have one of "hidden", "b"`,
		},
		"group": {
			pool.AccessToken(cognitotest.Groups("staff")), []cognito.Requirement{cognito.RequireGroups("hidden")}, cognito.ErrGroupMissing,
			`a required group is missing; the token has "staff"`, `the group "hidden" is missing; the token has "staff"`,
		},
		"any group": {
			pool.AccessToken(cognitotest.Groups("staff")), []cognito.Requirement{cognito.RequireAnyGroup("hidden", "hidden2")}, cognito.ErrGroupMissing,
			`no required group is there; the token has "staff"`, `none of the groups "hidden", "hidden2" is there; the token has "staff"`,
		},
		"claim": {
			pool.AccessToken(claim("tier", "free")), []cognito.Requirement{cognito.RequireClaim("tier", "hidden")}, cognito.ErrClaimMismatch,
			`the claim "tier" has no required value; the token has "free"`, `the claim "tier" must be "hidden"; the token has "free"`,
		},
		"faulty requirement": {
			pool.AccessToken(), []cognito.Requirement{cognito.RequireScopes("hidden scope")}, cognito.ErrScopeMissing,
			"a requirement of this service is faulty, so no token is accepted", `the required scope "hidden scope" is not a scope`,
		},
		"empty requirement": {
			pool.AccessToken(), []cognito.Requirement{{}}, cognito.ErrAccessDenied,
			"a requirement of this service is faulty, so no token is accepted", "the call has an empty requirement",
		},
	} {
		_, err := verifier.VerifyAccessToken(t.Context(), test.raw, test.require...)
		checkPublic(t, name, err, test.code, test.message, test.detail)
	}
}

// checkPublic checks what the sender of the token sees, and what a log has.
func checkPublic(t *testing.T, name string, err error, code cognito.Code, message, detail string) {
	t.Helper()
	refused, ok := errors.AsType[*cognito.Error](err)
	if !ok || refused.Code() != code || message == "" || !strings.Contains(refused.Message(), message) || !strings.Contains(refused.Detail(), detail) {
		t.Errorf("%s: got %v\nmessage %s\ndetail  %s", name, err, refused.Message(), refused.Detail())
	}
	for _, secret := range []string{"hidden", "4321", "evil"} {
		if strings.Contains(refused.Message(), secret) {
			t.Errorf("%s: the sender sees %s", name, refused.Message())
		}
	}
	if err != nil && !strings.Contains(err.Error(), refused.Detail()) {
		t.Errorf("%s: a log would have %v", name, err)
	}
}

func TestValuesOfClaimsAreQuotedOnce(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier := newVerifier(t, issuer, nil)
	for want, value := range map[string]any{
		`the token has "say \"hi\""`:                     `say "hi"`,
		`the token has "a", "b"`:                         []string{"a", "b"},
		`the token has 5`:                                5,
		`the token has false`:                            false,
		`the token has null`:                             nil,
		`the token has an object`:                        map[string]any{"a": "b"},
		`the token has an array with other members`:      []any{"a", 1},
		`the token has an empty array`:                   []any{},
		`the claim "tier" must be one of "gold", "blue"`: "x",
	} {
		_, err := verifier.VerifyAccessToken(t.Context(), issuer.Pool().AccessToken(cognitotest.Claim("tier", value)), cognito.RequireClaim("tier", "gold", "blue"))
		checkMessage(t, err, cognito.ErrClaimMismatch, want)
	}
}

func TestWordBearerIsNoPartOfAToken(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier := newVerifier(t, issuer, nil)
	raw := issuer.Pool().AccessToken()
	for _, text := range []string{"Bearer " + raw, "bearer\t" + raw, "BEARER  " + raw, "Bearer ", "Bearer x"} {
		_, err := verifier.VerifyAccessToken(t.Context(), text)
		checkMessage(t, err, cognito.ErrTokenMalformed, "the text begins with the word Bearer, which is not part of the token: remove the word and the space after it")
		report, _ := cognito.Inspect(t.Context(), text, cognito.InspectOptions{})
		checkMessage(t, report.Err(), cognito.ErrTokenMalformed, "the text begins with the word Bearer")
	}
	for _, text := range []string{"Bearer", "Bearer" + raw, "Bearer.a.b", "beerer " + raw} {
		if _, err := verifier.VerifyAccessToken(t.Context(), text); cognito.CodeOf(err) != cognito.ErrTokenMalformed || strings.Contains(err.Error(), "the word Bearer") {
			t.Errorf("%.20s: %v", text, err)
		}
	}
}

// TestProfileOfAWrongKindFailsWhereItIsRequired: a federated user's attributes can be of
// any kind, and the token is good for everything else.
func TestProfileOfAWrongKindFailsWhereItIsRequired(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier := newVerifier(t, issuer, nil)
	for name, test := range map[string]struct {
		value any
		want  string
	}{
		"email":                 {[]any{}, "email must be a string; got an empty array"},
		"email_verified":        {"true", "email_verified must be true or false; got a string"},
		"phone_number":          {true, "phone_number must be a string; got a boolean"},
		"phone_number_verified": {1, "phone_number_verified must be true or false; got a number"},
		"identities":            {[]any{"x"}, "identities must be an array of objects; got an array with other members"},
	} {
		raw := issuer.Pool().IDToken(cognitotest.Claim(name, test.value))
		for range 2 { // by the cache, too
			token, err := verifier.VerifyIDToken(t.Context(), raw)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			var read any
			switch name {
			case "email":
				read = token.Email() == ""
			case "email_verified":
				read = !token.EmailVerified()
			case "phone_number":
				read = token.PhoneNumber() == ""
			case "phone_number_verified":
				read = !token.PhoneNumberVerified()
			case "identities":
				read = len(token.Identities()) == 0
			}
			if read != true {
				t.Errorf("%s is read", name)
			}
			_, err = verifier.VerifyIDToken(t.Context(), raw, cognito.RequireClaim(name, "true", "5", "1", "x"))
			checkMessage(t, err, cognito.ErrClaimInvalid, test.want)
		}
		report := verifier.Inspect(t.Context(), raw, cognito.TokenUseID)
		if err := report.Err(); err != nil {
			t.Errorf("%s: inspection says %v", name, err)
		}
		if !reportSays(report, "claims", test.want) {
			t.Errorf("%s: the report does not say %s", name, test.want)
		}
	}
}

func reportSays(report *cognito.Report, check, want string) bool {
	for _, c := range report.Checks {
		if c.Name == check && strings.Contains(c.Detail, want) {
			return true
		}
	}
	return false
}

// TestProfileClaimOfAnAccessTokenIsCustom: there it may be of any kind.
func TestProfileClaimOfAnAccessTokenIsCustom(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	raw := issuer.Pool().AccessToken(cognitotest.Claim("email_verified", "true"))
	checkRequirement(t, newVerifier(t, issuer, nil), raw, cognito.RequireClaim("email_verified", "true"), "")
}

func checkRequirement(t *testing.T, verifier *cognito.Verifier, raw string, requirement cognito.Requirement, want cognito.Code) {
	t.Helper()
	if _, err := verifier.VerifyEither(t.Context(), raw, requirement); cognito.CodeOf(err) != want {
		t.Errorf("got %v, want %q", err, want)
	}
}

func TestPlainHTTPIssuerNamesTheSettingThatAcceptsIt(t *testing.T) {
	pool := goodPool()
	pool.Issuer = "http://idp.example.com/" + poolID
	newOf := func(pool cognito.UserPool) error {
		_, err := cognito.New(cognito.Config{UserPools: []cognito.UserPool{pool}})
		return err
	}
	checkFaults(t, "plain http", newOf(pool), []string{"must be https, or http with a loopback address; InsecureAllowPlainHTTP accepts plain http"})
	pool.KeySet = uncomparable{}
	checkFaults(t, "with keys", newOf(pool), nil)
	pool.Issuer = "ftp://idp.example.com/" + poolID
	checkFaults(t, "another scheme", newOf(pool), []string{"must be https"})
	if err := newOf(pool); strings.Contains(err.Error(), "InsecureAllowPlainHTTP") {
		t.Errorf("the setting does not help: %v", err)
	}
}

func TestARNInPlaceOfThePoolIDIsNamed(t *testing.T) {
	pool := goodPool()
	pool.ID = "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_AbC"
	_, err := cognito.New(cognito.Config{UserPools: []cognito.UserPool{pool}})
	checkFaults(t, "a pool's", err, []string{`UserPools[0].ID "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_AbC" is an ARN; give the user pool ID in it, us-east-1_AbC`})
	pool.ID = "arn:aws:s3:::bucket"
	_, err = cognito.New(cognito.Config{UserPools: []cognito.UserPool{pool}})
	checkFaults(t, "another", err, []string{`is an ARN; give the user pool ID, such as us-east-1_AbCdEfGhI`})
}

// TestOneLineASecondForEachCode: over all adapters of a verifier, by its clock.
func TestOneLineASecondForEachCode(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier := newVerifier(t, issuer, nil)
	var lines bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&lines, nil))
	refused := cognito.NewError(cognito.ErrTokenExpired, "public").WithDetail("only for the operator")
	verifier.LogRefusal(t.Context(), logger, "request refused", nil)
	for range 3 {
		verifier.LogRefusal(t.Context(), logger, "request refused", refused, slog.Int("status", 401))
	}
	verifier.LogRefusal(t.Context(), logger, "request refused", context.DeadlineExceeded)
	verifier.LogRefusal(t.Context(), logger, "request refused", nil)
	issuer.Clock().Advance(time.Second)
	verifier.LogRefusal(t.Context(), logger, "call refused", refused)
	got := strings.Split(strings.TrimSpace(lines.String()), "\n")
	want := []string{
		`level=INFO msg="request refused" code=token_expired status=401 error="cognito: token_expired: only for the operator"`,
		`level=WARN msg="request refused" code=check_unavailable error="context deadline exceeded"`,
		`level=INFO msg="call refused" code=token_expired error="cognito: token_expired: only for the operator" suppressed=2`,
	}
	if len(got) != len(want) {
		t.Fatalf("got %s", lines.String())
	}
	for n := range want {
		if !strings.Contains(got[n], want[n]) {
			t.Errorf("got %s, want %s", got[n], want[n])
		}
	}
	lines.Reset()
	for _, verifier := range []*cognito.Verifier{nil, {}} {
		verifier.LogRefusal(t.Context(), logger, "request refused", cognito.ErrTokenMissing)
		verifier.LogRefusal(t.Context(), logger, "request refused", nil)
	}
	if strings.Count(lines.String(), "code=token_missing") != 2 || strings.Count(lines.String(), "\n") != 2 {
		t.Errorf("got %s", lines.String())
	}
	lines.Reset()
	standard := slog.Default()
	slog.SetDefault(logger)
	defer slog.SetDefault(standard)
	new(cognito.Verifier).LogRefusal(t.Context(), nil, "request refused", cognito.ErrTokenMissing)
	if strings.Count(lines.String(), "code=token_missing") != 1 {
		t.Errorf("without a logger: got %s", lines.String())
	}
}

func TestRefusalsGoToTheDefaultLoggerWhereNoneIsGiven(t *testing.T) {
	before := slog.Default()
	defer slog.SetDefault(before)
	var lines bytes.Buffer
	slog.SetDefault(slog.New(slog.NewTextHandler(&lines, nil)))
	newVerifier(t, cognitotest.NewIssuer(), nil).LogRefusal(t.Context(), nil, "request refused", cognito.ErrTokenMissing)
	if !strings.Contains(lines.String(), "code=token_missing") {
		t.Errorf("logged %s", lines.String())
	}
}

func TestDetailIsTheMessageWhereThereIsNoMore(t *testing.T) {
	plain := cognito.NewError(cognito.ErrAccessDenied, "public")
	if plain.Detail() != "public" || plain.WithDetail("more").Message() != "public" || plain.WithDetail("more").Detail() != "more" || plain.Detail() != "public" {
		t.Errorf("got %q, %q", plain.Detail(), plain.WithDetail("more").Detail())
	}
	var none *cognito.Error
	if none.Detail() != "" || none.WithDetail("x") != nil {
		t.Error("a nil *Error has a detail")
	}
}
