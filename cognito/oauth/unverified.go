package oauth

import (
	"context"
	"time"

	"golang.org/x/oauth2"

	"github.com/poolguard/poolguard/cognito/internal/configerror"
)

// A CodeExchange is an authorization code with the parameters of its request.
type CodeExchange struct {
	// App is the app client that asked for the code.
	App App

	// RedirectURL is the redirect_uri of the authorization request, character by
	// character.
	RedirectURL string

	// Code is the parameter code of the callback address.
	Code Secret

	// CodeVerifier is the code verifier of PKCE (RFC 7636 §4.1), "" if the request had no
	// challenge.
	CodeVerifier Secret
}

// UnverifiedTokens are the tokens of an answer of the token endpoint, without any check.
// They can be of any user and of any sign-in.
type UnverifiedTokens struct {
	RawAccess Secret
	RawID     Secret       // "" if the request did not have the scope openid
	Refresh   RefreshToken // "" if the pool sent none
	// ExpiresIn is the lifetime of the access token in the pool's answer, 0 if it has
	// none.
	ExpiresIn time.Duration
}

// ExchangeUnverified exchanges a code for tokens and returns them unchanged, to debug a
// sign-in by hand. It checks no state and no nonce, so the code can be that of an
// attacker, and it verifies no token. To sign users in, use [Client.Start] and
// [Client.Finish].
//
// The error is an [*Error], or joins the [*ConfigError] of every fault of exchange. A
// code can be sent only once, whatever the result is.
func ExchangeUnverified(ctx context.Context, exchange CodeExchange) (*UnverifiedTokens, error) {
	faults := configerror.In("oauth", "CodeExchange")
	exchange.App.validate(faults.At("App"))
	if reason := checkRedirect(exchange.RedirectURL); reason != "" {
		faults.Add("RedirectURL", "%s", reason)
	}
	if exchange.Code == "" || !isPrintable(string(exchange.Code)) || len(exchange.Code) > longestToken {
		faults.Add("Code", "is empty or too long, or has characters other than printable ASCII without spaces")
	}
	if !isPrintable(string(exchange.CodeVerifier)) || len(exchange.CodeVerifier) > longestToken {
		faults.Add("CodeVerifier", "is too long, or has characters other than printable ASCII without spaces")
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	app := exchange.App.withDefaults()
	config := app.oauth2()
	config.RedirectURL = exchange.RedirectURL
	var options []oauth2.AuthCodeOption
	if exchange.CodeVerifier != "" {
		options = append(options, oauth2.VerifierOption(string(exchange.CodeVerifier)))
	}
	token, refusal := app.ask(ctx, "the exchange of the code", func(ctx context.Context) (*oauth2.Token, error) {
		return config.Exchange(ctx, string(exchange.Code), options...)
	})
	if refusal != nil {
		return nil, refusal
	}
	tokens, refusal := readUnverified(token)
	if refusal != nil {
		return nil, refusal
	}
	return tokens, nil
}

// readUnverified reads the members of the answer by their exact names, as readAnswer
// does. Without the scope openid, there is no ID token.
func readUnverified(token *oauth2.Token) (*UnverifiedTokens, *Error) {
	text := map[string]string{}
	for _, name := range []string{"access_token", "id_token", "refresh_token"} {
		value, isText := token.Extra(name).(string)
		if !isText && token.Extra(name) != nil || name == "access_token" && value == "" {
			return nil, fail(ErrResponseInvalid, "the user pool's answer has no valid %s", name)
		}
		text[name] = value
	}
	if refusal := checkType(token); refusal != nil {
		return nil, refusal
	}
	seconds, _ := token.Extra("expires_in").(float64)
	return &UnverifiedTokens{
		RawAccess: Secret(text["access_token"]), RawID: Secret(text["id_token"]), Refresh: RefreshToken(text["refresh_token"]),
		ExpiresIn: time.Duration(min(max(seconds, 0), mostLifetime.Seconds())) * time.Second,
	}, nil
}
