package cognito_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

// The issuer stands in for Amazon Cognito, so that the examples run.
var exampleIssuer = func() *cognitotest.Issuer {
	issuer := cognitotest.NewIssuer()
	issuer.Clock().Set(time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC))
	return issuer
}()

func exampleVerifier() *cognito.Verifier {
	verifier, err := cognito.New(exampleIssuer.Config())
	if err != nil {
		panic(err)
	}
	return verifier
}

// A faulty configuration comes back with all its faults.
func ExampleNew() {
	_, err := cognito.New(cognito.Config{UserPools: []cognito.UserPool{
		{ID: "us-east-1_AbCdEfGhI", ClientIDs: []string{"1example23456789"}},
		{ID: "us-east-1:AbCdEfGhI"},
	}})
	fmt.Println(err)
	// Output:
	// cognito: Config.UserPools[1].ID "us-east-1:AbCdEfGhI" is not of the form region_LettersAndDigits, such as us-east-1_AbCdEfGhI
	// cognito: Config.UserPools[1].ClientIDs is empty: name the app clients whose tokens are accepted
}

func ExampleVerifier_VerifyAccessToken() {
	verifier := exampleVerifier()
	readOrders := cognito.RequireScopes("orders/read") // made once

	for _, raw := range []string{
		exampleIssuer.Pool().AccessToken(cognitotest.Scopes("orders/read")),
		exampleIssuer.Pool().AccessToken(),
		exampleIssuer.Pool().AccessToken(cognitotest.Expired()),
	} {
		token, err := verifier.VerifyAccessToken(context.Background(), raw, readOrders)
		var refusal *cognito.Error
		switch {
		case err == nil:
			fmt.Println("welcome", token.Username())
		case errors.Is(err, cognito.ErrTokenExpired):
			fmt.Println("sign in again")
		case errors.As(err, &refusal) && refusal.Temporary():
			fmt.Println("try again in", refusal.RetryAfter())
		default:
			fmt.Println(err)
		}
	}
	// Output:
	// welcome anaya
	// cognito: scope_missing: the scope "orders/read" is missing; the token has "aws.cognito.signin.user.admin"
	// sign in again
}

func ExampleVerifier_VerifyIDToken() {
	nonce := "the one that was sent with the authorization request"
	raw := exampleIssuer.Pool().IDToken(cognitotest.Nonce(nonce))
	token, err := exampleVerifier().VerifyIDToken(context.Background(), raw, cognito.RequireNonce(nonce))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(token.Username(), token.ExpiresAt().Format(time.TimeOnly))
	// Output: anaya 13:00:00
}

// The caller must tell the kinds of token apart.
func ExampleVerifier_VerifyEither() {
	token, err := exampleVerifier().VerifyEither(context.Background(), exampleIssuer.Pool().MachineToken())
	if err != nil {
		fmt.Println(err)
		return
	}
	switch token := token.(type) {
	case *cognito.AccessToken:
		fmt.Println("a machine:", token.IsMachine(), "scopes:", token.Scopes())
	case *cognito.IDToken:
		fmt.Println("a person:", token.Email())
	}
	// Output: a machine: true scopes: test/read
}

func ExampleAccessToken_Claims() {
	raw := exampleIssuer.Pool().AccessToken(cognitotest.Claim("custom:tier", "gold"))
	token, err := exampleVerifier().VerifyAccessToken(context.Background(), raw)
	if err != nil {
		fmt.Println(err)
		return
	}
	var mine struct {
		Tier string `json:"custom:tier"`
	}
	if err := token.Claims(&mine); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(mine.Tier)
	// Output: gold
}

// A check of the application sees only tokens that passed all others.
func ExampleRequire() {
	weekdays := cognito.Require(func(_ context.Context, token cognito.Token) error {
		if day := exampleIssuer.Clock().Now().Weekday(); day == time.Saturday || day == time.Sunday {
			return errors.New("closed on weekends")
		}
		return nil
	})
	_, err := exampleVerifier().VerifyAccessToken(context.Background(), exampleIssuer.Pool().AccessToken(), weekdays)
	fmt.Println(err)
	// Output: <nil>
}

func ExampleInspect() {
	raw := exampleIssuer.Pool().IDToken()
	report, err := cognito.Inspect(context.Background(), raw, cognito.InspectOptions{
		UserPoolIDs: []string{cognitotest.PoolID},
		TokenUse:    cognito.TokenUseAccess,
		Now:         exampleIssuer.Clock().Now(),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, check := range report.Checks[3:7] {
		fmt.Printf("%s: %s (%s)\n", check.Name, check.Status, check.Detail)
	}
	// Output:
	// issuer: passed (user pool us-east-1_Test00001 (its original issuer))
	// key: not checked (no keys were given)
	// signature: not checked (no keys were given)
	// token_use: failed (token_use must be "access"; the token has "id")
}

// A service with a user pool for each tenant looks the pool up when its first token
// comes. What is looked up is the issuer's text, unverified: no more than a key of the
// table.
func ExampleConfig_resolve() {
	tenants := map[string]string{cognitotest.PoolID: cognitotest.ClientID} // app clients by user pool; a database, cached, in earnest
	config := exampleIssuer.Config()
	config.UserPools = nil
	config.Resolve = func(_ context.Context, issuer string) (*cognito.UserPool, error) {
		id := cognito.UserPoolID(issuer)
		client, known := tenants[id]
		if !known {
			return nil, nil // not trusted, and no error
		}
		return &cognito.UserPool{ID: id, ClientIDs: []string{client}}, nil
	}
	verifier, err := cognito.New(config)
	if err != nil {
		fmt.Println(err)
		return
	}
	token, err := verifier.VerifyAccessToken(context.Background(), exampleIssuer.Pool().AccessToken())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("a token of tenant", token.UserPoolID())
	// Output: a token of tenant us-east-1_Test00001
}
