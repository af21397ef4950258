package lambdaauth_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/lambdaauth"
)

// The policy has what the token may call of the table, so that it is right for every
// route that API Gateway uses the answer for.
func ExampleAuthorizer_RESTToken() {
	issuer := cognitotest.NewIssuer() // in place of Amazon Cognito
	verifier, err := cognito.New(issuer.Config())
	if err != nil {
		fmt.Println(err)
		return
	}
	authorizer, err := lambdaauth.New(lambdaauth.Config{
		Verifier: verifier,
		Routes: []lambdaauth.Route{
			{Keys: []string{"GET /orders", "GET /orders/{id}"}, Require: []cognito.Requirement{cognito.RequireScopes("orders/read")}},
			{Keys: []string{"POST /orders"}, Require: []cognito.Requirement{cognito.RequireScopes("orders/write")}},
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	// In a function: lambda.Start(authorizer.RESTToken)
	event := events.APIGatewayCustomAuthorizerRequest{
		Type:               "TOKEN",
		AuthorizationToken: "Bearer " + issuer.Pool().AccessToken(cognitotest.Scopes("orders/read")),
		MethodArn:          "arn:aws:execute-api:us-east-1:123456789012:abcdef1234/prod/GET/orders/1",
	}
	answer, err := authorizer.RESTToken(context.Background(), event)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(answer.PrincipalID, answer.Context["scope"])
	for _, statement := range answer.PolicyDocument.Statement {
		fmt.Println(statement.Effect)
		for _, resource := range statement.Resource {
			fmt.Println(" ", resource[strings.IndexByte(resource, '/'):])
		}
	}

	event.AuthorizationToken = "Bearer " + issuer.Pool().AccessToken(cognitotest.Expired())
	_, err = authorizer.RESTToken(context.Background(), event)
	fmt.Println(err, errors.Is(err, cognito.ErrTokenExpired))
	// Output:
	// 5f7a2c9e-0b1d-4e38-9a66-3c1f0d8b7e24 orders/read
	// Allow
	//   /prod/GET/orders
	//   /prod/GET/orders/*
	// Deny
	//   /prod/GET/orders/*/*
	//   /prod/GET/orders/
	// Unauthorized true
}

// A function behind an HTTP API reads the groups that its authorizer passed on.
func ExampleParseContextList() {
	event := events.APIGatewayV2HTTPRequest{}
	event.RequestContext.Authorizer = &events.APIGatewayV2HTTPRequestContextAuthorizerDescription{
		Lambda: map[string]any{"sub": cognitotest.Subject, "groups": "admins,sales%2C east"},
	}
	text, _ := event.RequestContext.Authorizer.Lambda["groups"].(string)
	groups, err := lambdaauth.ParseContextList(text)
	fmt.Printf("%q %v\n", groups, err)
	// Output: ["admins" "sales, east"] <nil>
}

// A GraphQL API where a field is for administrators.
func ExampleAuthorizer_AppSync() {
	issuer := cognitotest.NewIssuer()
	verifier, err := cognito.New(issuer.Config())
	if err != nil {
		fmt.Println(err)
		return
	}
	authorizer, err := lambdaauth.New(lambdaauth.Config{
		Verifier: verifier,
		AppSync: lambdaauth.AppSync{Fields: []lambdaauth.FieldRule{
			{Names: []string{"Mutation.deleteTask"}, Require: []cognito.Requirement{cognito.RequireGroups("admins")}},
		}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, raw := range []string{issuer.Pool().AccessToken(), "nonsense"} {
		answer, err := authorizer.AppSync(context.Background(), lambdaauth.AppSyncEvent{
			AppSyncLambdaAuthorizerRequest: events.AppSyncLambdaAuthorizerRequest{AuthorizationToken: raw},
		})
		if err != nil {
			fmt.Println(err)
			return
		}
		answer.ResolverContext = nil // has times in it
		text, _ := json.Marshal(answer)
		fmt.Println(string(text))
	}
	// Output:
	// {"isAuthorized":true,"deniedFields":["Mutation.deleteTask"],"ttlOverride":300}
	// {"isAuthorized":false,"ttlOverride":0}
}

// A function behind IAM authorization learns the caller's attributes from an ID token,
// but only from the caller's own.
func ExampleVerifyIDTokenOf() {
	issuer := cognitotest.NewIssuer()
	verifier, err := cognito.New(issuer.Config())
	if err != nil {
		fmt.Println(err)
		return
	}
	const pool = "cognito-idp.us-east-1.amazonaws.com/" + cognitotest.PoolID
	identity := events.APIGatewayRequestIdentity{ // of the event's requestContext
		CognitoAuthenticationType:     "authenticated",
		CognitoAuthenticationProvider: pool + "," + pool + ":CognitoSignIn:" + cognitotest.Subject,
	}
	for _, raw := range []string{issuer.Pool().IDToken(), issuer.Pool().IDToken(cognitotest.ForSubject("somebody-else"))} {
		token, err := lambdaauth.VerifyIDTokenOf(context.Background(), verifier, identity, raw)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(token.Email())
	}
	// Output:
	// anaya@example.com
	// cognito: claim_mismatch: the ID token is for another user than the signed-in one
}
