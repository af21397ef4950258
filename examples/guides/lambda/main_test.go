package main

import (
	"slices"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/lambdaauth"
)

func TestContextIsRead(t *testing.T) {
	read := func(event events.APIGatewayV2HTTPRequest) (name string, groups []string, err error) {
		values := event.RequestContext.Authorizer.Lambda
		text, _ := values["groups"].(string)
		if groups, err = lambdaauth.ParseContextList(text); err != nil { // "admins,sales%2C east" is admins and "sales, east"
			return "", nil, err
		}
		username, _ := values["username"].(string)
		name, err = lambdaauth.ParseContextText(username)
		return name, groups, err
	}
	var event events.APIGatewayV2HTTPRequest
	event.RequestContext.Authorizer = &events.APIGatewayV2HTTPRequestContextAuthorizerDescription{
		Lambda: map[string]any{"groups": "admins,sales%2C east", "username": "a%22b"},
	}
	name, groups, err := read(event)
	if err != nil || name != `a"b` || !slices.Equal(groups, []string{"admins", "sales, east"}) {
		t.Errorf("got %q, %q, %v", name, groups, err)
	}
}

func TestChannelsAreAConfiguration(t *testing.T) {
	verifier, err := cognito.New(cognitotest.NewIssuer().Config())
	if err != nil {
		t.Fatal(err)
	}
	config := lambdaauth.Config{
		AppSync: lambdaauth.AppSync{Channels: []lambdaauth.ChannelRule{
			{Channels: []string{"/news/*"}, Operation: lambdaauth.Subscribe},
			{Channels: []string{"/news/*"}, Operation: lambdaauth.Publish, Require: []cognito.Requirement{cognito.RequireGroups("editors")}},
			{Channels: []string{"/inbox/{sub}/*"}, Operation: lambdaauth.Subscribe}, // each user, for themselves
		}},
	}
	config.Verifier = verifier
	if _, err := lambdaauth.New(config); err != nil {
		t.Error(err)
	}
}
