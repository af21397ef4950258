package cognito_test

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/bearer"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

// A publicMessage is the rule for one code: an error of it, what its message must have, and
// what a log must have, too.
type publicMessage struct {
	err             error
	message, detail string
}

// TestEveryCodeHasARuleForItsPublicMessage: a new code needs one here. No message has
// a part of the configuration, of the token before its signature is verified, or of the
// error of an application.
func TestEveryCodeHasARuleForItsPublicMessage(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	rules := messagesOfTokens(t, issuer)
	for _, more := range []map[cognito.Code]publicMessage{messagesOfRequirements(t, issuer), messagesOfRequests(t), messagesOfOthers(t)} {
		maps.Copy(rules, more)
	}
	for _, code := range cognito.Codes() {
		rule, ok := rules[code]
		if !ok {
			t.Errorf("%s has no rule", code)
			continue
		}
		checkPublic(t, string(code), rule.err, code, rule.message, rule.detail)
		delete(rules, code)
	}
	for code := range rules {
		t.Errorf("%s is no code", code)
	}
}

// messagesOfTokens are about the token, whatever a call requires.
func messagesOfTokens(t *testing.T, issuer *cognitotest.Issuer) map[cognito.Code]publicMessage {
	t.Helper()
	pool := issuer.Pool()
	verifier := secretive(t, issuer)
	access := func(options ...cognitotest.TokenOption) error {
		_, err := verifier.VerifyAccessToken(t.Context(), pool.AccessToken(options...))
		return err
	}
	text := func(raw string) error {
		_, err := verifier.VerifyAccessToken(t.Context(), raw)
		return err
	}
	now := issuer.Clock().Now().UTC()
	stamp := func(after time.Duration) string { return now.Add(after).Format(time.RFC3339) }
	claim := cognitotest.Claim
	return map[cognito.Code]publicMessage{
		cognito.ErrTokenTooLarge:       {text(pool.AccessToken() + string(make([]byte, 5000))), "bytes, more than are accepted", "at most 4321 are accepted"},
		cognito.ErrEncryptedToken:      {text("evil.evil.evil.evil.evil"), "this looks like a refresh token; send the access or ID token", ""},
		cognito.ErrTokenMalformed:      {text("evil"), "the token ", ""},
		cognito.ErrAlgorithmNotAllowed: {access(cognitotest.Header("alg", "evil")), "alg must be RS256, the algorithm of user pools", ""},
		cognito.ErrIssuerMismatch:      {access(claim("iss", "evil")), "iss is not an issuer that is trusted here", `the token has "evil"`},
		cognito.ErrKeyNotFound:         {access(cognitotest.Header("kid", "evil")), "the user pool has no key with this kid", `the kid "evil"`},
		cognito.ErrSignatureInvalid:    {access(cognitotest.WrongKey(), claim("tier", "evil")), "the signature does not hold", pool.AccessKey().ID()},
		cognito.ErrClaimMissing:        {access(cognitotest.WithoutClaim("exp")), "exp is absent", ""},
		cognito.ErrClaimInvalid:        {access(claim("exp", "evil")), "exp must be a number", ""},
		cognito.ErrTokenUseMismatch:    {text(pool.IDToken()), `the token has the token_use "id", which is not accepted here`, `token_use must be "access"`},
		cognito.ErrClientMismatch:      {access(cognitotest.ForClient("other")), `client_id must be a configured app client; the token has "other"`, `"hidden-client"`},
		cognito.ErrTokenExpired:        {access(cognitotest.Expired()), "the token expired at " + stamp(-time.Hour) + "; the time is " + stamp(0), ""},
		cognito.ErrTokenNotYetValid:    {access(cognitotest.NotYetValid()), "the token is not valid before " + stamp(time.Hour/2) + "; the time is " + stamp(0), ""},
	}
}

// messagesOfRequirements are about what a call requires.
func messagesOfRequirements(t *testing.T, issuer *cognitotest.Issuer) map[cognito.Code]publicMessage {
	t.Helper()
	verifier := secretive(t, issuer)
	require := func(requirement cognito.Requirement, options ...cognitotest.TokenOption) error {
		_, err := verifier.VerifyAccessToken(t.Context(), issuer.Pool().AccessToken(options...), requirement)
		return err
	}
	_, nonce := verifier.VerifyIDToken(t.Context(), issuer.Pool().IDToken(cognitotest.Nonce("other")), cognito.RequireNonce("hidden"))
	denied := func(context.Context, cognito.Token) error { return errors.New("hidden reason") }
	return map[cognito.Code]publicMessage{
		cognito.ErrAudienceMismatch:      {require(cognito.RequireAudience("https://hidden.example.com")), "no required audience is there; the token has none", "hidden.example.com"},
		cognito.ErrNonceMismatch:         {nonce, "nonce is not the one of this sign-in", ""},
		cognito.ErrAuthenticationTooWeak: {require(cognito.RequireACR("urn:cognito:loa:2")), `acr must be "urn:cognito:loa:2" or higher; the token has none`, ""},
		cognito.ErrAuthenticationTooOld:  {require(cognito.RequireMaxAuthAge(time.Minute), cognitotest.SignedInAgo(time.Hour)), "more than 1m0s ago", ""},
		cognito.ErrScopeMissing:          {require(cognito.RequireScopes("orders/read"), cognitotest.Scopes("a")), `the token has "a"`, ""},
		cognito.ErrGroupMissing:          {require(cognito.RequireGroups("hidden")), "a required group is missing; the token has none", `the group "hidden" is missing`},
		cognito.ErrClaimMismatch:         {require(cognito.RequireClaim("tier", "hidden")), `the claim "tier" is absent`, `it must be "hidden"`},
		cognito.ErrAccessDenied:          {require(cognito.Require(denied)), "a check of the application refused the token", ""},
	}
}

// messagesOfRequests are about requests without one token to verify.
func messagesOfRequests(t *testing.T) map[cognito.Code]publicMessage {
	t.Helper()
	credential := func(values ...string) error {
		_, err := bearer.Credential(&http.Request{Header: http.Header{"Authorization": values}})
		return err
	}
	return map[cognito.Code]publicMessage{
		cognito.ErrTokenMissing:   {credential("Basic evil"), "send a token in the Authorization header, after the word Bearer", ""},
		cognito.ErrRequestInvalid: {credential("Bearer evil", "Bearer evil"), "there is more than one Authorization header", ""},
	}
}

// messagesOfOthers are about what the services of others say, or do not say.
func messagesOfOthers(t *testing.T) map[cognito.Code]publicMessage {
	t.Helper()
	issuer := cognitotest.NewIssuer()
	raw := issuer.Pool().AccessToken()
	verify := func(revoked bool, err error) error {
		verifier := newVerifier(t, issuer, func(c *cognito.Config) {
			c.Revoked = func(context.Context, cognito.Token, cognito.Raw) (bool, error) { return revoked, err }
		})
		_, err = verifier.VerifyAccessToken(t.Context(), raw)
		return err
	}
	rules := map[cognito.Code]publicMessage{
		cognito.ErrTokenRevoked:     {verify(true, nil), "the token has been revoked", ""},
		cognito.ErrCheckUnavailable: {verify(false, errors.New("hidden host")), "whether the token is revoked could not be found out; try again", ""},
	}
	issuer.Pool().FailKeySet(http.StatusBadGateway)
	rules[cognito.ErrKeysUnavailable] = publicMessage{verify(false, nil), "the user pool's keys could not be fetched; try again", ""}
	return rules
}
