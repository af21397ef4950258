// Lambda is the authorizer of a REST API, with a table of two routes.
package main

import (
	"fmt"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/lambdaauth"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	verifier, err := cognito.New(cognito.Config{UserPools: []cognito.UserPool{{
		ID: "us-east-1_AbCdEfGhI", ClientIDs: []string{"1example23456789"},
	}}})
	if err != nil {
		return err
	}
	authorizer, err := lambdaauth.New(lambdaauth.Config{
		Routes: []lambdaauth.Route{
			{Keys: []string{"GET /orders", "GET /orders/{id}"}, Require: []cognito.Requirement{cognito.RequireScopes("orders/read")}},
			{Keys: []string{"ANY /admin/{proxy+}"}, Require: []cognito.Requirement{cognito.RequireGroups("admins")}},
		},
		Verifier: verifier,
	})
	if err != nil {
		return err
	}
	lambda.Start(authorizer.RESTToken) // does not return
	return nil
}
