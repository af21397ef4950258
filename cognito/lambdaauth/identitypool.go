package lambdaauth

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"github.com/poolguard/poolguard/cognito"
)

// A SignIn is the user of a user pool who signed a call with credentials of an identity
// pool. API Gateway vouches for it. It is not a token, and it has no attributes, groups
// or app client.
type SignIn struct {
	UserPoolID string
	Subject    string // sub of the user's tokens
}

const signedInBy = ":CognitoSignIn:"

// ParseAuthenticationProvider reads cognitoAuthenticationProvider in the
// requestContext.identity of a REST API's event with IAM authorization:
//
//	cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEfGhI,cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEfGhI:CognitoSignIn:5f7a…
//
// It accepts only this form: one user pool, twice, by the name of its original issuer or
// of its updated one. The error names the fault. Guests, and users of other identity
// providers such as Google, have no such value.
//
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
func ParseAuthenticationProvider(provider string) (SignIn, error) {
	first, second, found := strings.Cut(provider, ",")
	if !found {
		return SignIn{}, errors.New("lambdaauth: the authentication provider must have the form provider,provider:CognitoSignIn:sub")
	}
	return parseProviders(first, second)
}

// ParseAMR reads the sign-in from cognitoIdentity.amr in the events of HTTP APIs with IAM
// authorization. It has three values: "authenticated", the provider, and the provider
// with the user.
//
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
func ParseAMR(amr []string) (SignIn, error) {
	if len(amr) != 3 || amr[0] != "authenticated" {
		return SignIn{}, errors.New("lambdaauth: the amr must have the form authenticated, provider, provider:CognitoSignIn:sub")
	}
	return parseProviders(amr[1], amr[2])
}

func parseProviders(first, second string) (SignIn, error) {
	provider, sub, found := strings.Cut(second, signedInBy)
	switch {
	case !found:
		return SignIn{}, errors.New("lambdaauth: the authentication provider does not name a sign-in to a user pool")
	case provider != first:
		return SignIn{}, errors.New("lambdaauth: the authentication provider names two providers")
	case len(sub) > 256 || !consistsOf(sub, isStageByte):
		return SignIn{}, errors.New("lambdaauth: the authentication provider has an invalid sub")
	}
	_, poolID, _ := strings.Cut(provider, "/")
	// The address must be in the region of the pool's ID. Another text has no issuers.
	if issuers, _ := cognito.Issuers(poolID); !slices.Contains(issuers, "https://"+provider) {
		return SignIn{}, errors.New("lambdaauth: the authentication provider is not a user pool")
	}
	return SignIn{poolID, sub}, nil
}

// VerifyIDToken verifies an ID token and accepts it only for the user of s: the same user
// pool issued it for the same sub. The error is a [*cognito.Error]:
// cognito.ErrIssuerMismatch for another pool, and cognito.ErrClaimMismatch for another
// user. The zero SignIn accepts no token.
func (s SignIn) VerifyIDToken(ctx context.Context, verifier *cognito.Verifier, raw string, requirements ...cognito.Requirement) (*cognito.IDToken, error) {
	switch {
	case s.UserPoolID == "" || s.Subject == "":
		return nil, cognito.NewError(cognito.ErrAccessDenied, "the signed-in user is unknown")
	case raw == "":
		return nil, cognito.NewError(cognito.ErrTokenMissing, "send the ID token of the user who signed in")
	}
	token, err := verifier.VerifyIDToken(ctx, raw, requirements...)
	switch {
	case err != nil:
		return nil, err
	case token.UserPoolID() != s.UserPoolID:
		return nil, cognito.NewError(cognito.ErrIssuerMismatch, "the ID token is from another user pool than the sign-in")
	case token.Subject() != s.Subject:
		return nil, cognito.NewError(cognito.ErrClaimMismatch, "the ID token is for another user than the signed-in one")
	}
	return token, nil
}

// VerifyIDTokenOf is [SignIn.VerifyIDToken] for the caller of a REST API's method with
// IAM authorization. If the caller did not sign in to a user pool, the error is
// cognito.ErrAccessDenied.
//
// The signature of the call proves that the caller has the credentials of that user. The
// token adds the user's attributes. It arrives another way, for example in a header.
// Without the comparison, a client with credentials could send the token of another user.
func VerifyIDTokenOf(ctx context.Context, verifier *cognito.Verifier, identity events.APIGatewayRequestIdentity, raw string, requirements ...cognito.Requirement) (*cognito.IDToken, error) {
	if identity.CognitoAuthenticationType != "authenticated" {
		return nil, cognito.NewError(cognito.ErrAccessDenied, "the caller did not sign in")
	}
	signIn, err := ParseAuthenticationProvider(identity.CognitoAuthenticationProvider)
	if err != nil {
		return nil, cognito.NewError(cognito.ErrAccessDenied, "the caller did not sign in to a user pool")
	}
	return signIn.VerifyIDToken(ctx, verifier, raw, requirements...)
}
