package lambdaauth

import (
	"context"
	"errors"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"github.com/poolguard/poolguard/cognito"
)

// A SignIn says by which user of which user pool a call was signed, that came with
// the credentials of an identity pool. API Gateway vouches for it. It is no token, and
// tells nothing of the user's attributes, groups and app client.
type SignIn struct {
	UserPoolID string
	Subject    string // sub of the user's tokens
}

const signedInBy = ":CognitoSignIn:"

// ParseAuthenticationProvider reads what the requestContext.identity of a REST API's
// event with IAM authorization has in cognitoAuthenticationProvider:
//
//	cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEfGhI,cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEfGhI:CognitoSignIn:5f7a…
//
// It reads that form and nothing else: one user pool, twice the same, by the name of its
// original issuer or, should identity pools come to know that, its updated one. The error says
// what is not so; callers without an account in a user pool (guests, and those who
// come from Google and the like) have no such value.
//
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
func ParseAuthenticationProvider(provider string) (SignIn, error) {
	first, second, found := strings.Cut(provider, ",")
	if !found {
		return SignIn{}, errors.New("lambdaauth: the authentication provider is not of the form provider,provider:CognitoSignIn:sub")
	}
	return parseProviders(first, second)
}

// ParseAMR reads the sign-in from cognitoIdentity.amr, where the events of HTTP APIs
// with IAM authorization have it: "authenticated", the provider, and the provider with
// the user.
//
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
func ParseAMR(amr []string) (SignIn, error) {
	if len(amr) != 3 || amr[0] != "authenticated" {
		return SignIn{}, errors.New("lambdaauth: the amr is not that of a user who signed in to one user pool")
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
		return SignIn{}, errors.New("lambdaauth: the authentication provider has something else in the place of the sub")
	}
	_, poolID, _ := strings.Cut(provider, "/")
	// The address is that of the pool's region, by what the ID says.
	original, updated, err := cognito.Issuers(poolID)
	if err != nil || ("https://"+provider != original && "https://"+provider != updated) {
		return SignIn{}, errors.New("lambdaauth: the authentication provider is not a user pool")
	}
	return SignIn{poolID, sub}, nil
}

// VerifyIDToken verifies an ID token and accepts it only if it is of the user who
// signed in: issued by the same user pool, for the same sub. The error is a
// [*cognito.Error]: cognito.ErrIssuerMismatch where the pool is another one,
// cognito.ErrClaimMismatch where the user is. The zero SignIn is nobody's.
func (s SignIn) VerifyIDToken(ctx context.Context, verifier *cognito.Verifier, raw string, requirements ...cognito.Requirement) (*cognito.IDToken, error) {
	switch {
	case s.UserPoolID == "" || s.Subject == "":
		return nil, cognito.NewError(cognito.ErrAccessDenied, "it is not known who signed in")
	case verifier == nil:
		return nil, cognito.NewError(cognito.ErrAccessDenied, "nothing is accepted here: no verifier was configured")
	case raw == "":
		return nil, cognito.NewError(cognito.ErrTokenMissing, "send the ID token of the user who signed in")
	}
	token, err := verifier.VerifyIDToken(ctx, raw, requirements...)
	switch {
	case err != nil:
		return nil, err
	case token.UserPoolID() != s.UserPoolID:
		return nil, cognito.NewError(cognito.ErrIssuerMismatch, "the ID token is of another user pool than the one that was signed in to")
	case token.Subject() != s.Subject:
		return nil, cognito.NewError(cognito.ErrClaimMismatch, "the ID token is of another user than the one who signed in")
	}
	return token, nil
}

// VerifyIDTokenOf is [SignIn.VerifyIDToken] for the caller of a REST API's method with
// IAM authorization. Where identity is not that of a user who signed in to a user
// pool, the error is cognito.ErrAccessDenied.
//
// The signature of the call says that the caller has the credentials of that user; the
// token, which came some other way, in a header say, adds the user's attributes. Where
// the two are not compared, anybody with credentials could bring another user's token.
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
