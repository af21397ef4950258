package revocation_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/revocation"
)

// A user signs out everywhere: all their tokens are revoked, also those of later refreshes.
func ExampleList() {
	issuer := cognitotest.NewIssuer() // in place of Amazon Cognito
	list, err := revocation.NewList(revocation.ListConfig{Now: issuer.Clock().Now})
	if err != nil {
		fmt.Println(err)
		return
	}
	config := issuer.Config()
	config.Revoked = list.Revoked
	verifier, err := cognito.New(config)
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, raw := context.Background(), issuer.Pool().AccessToken()
	token, err := verifier.VerifyAccessToken(ctx, raw)
	fmt.Println(token.Username(), err)

	issuer.Clock().Advance(time.Minute)
	if err := list.RevokeSubject(token.UserPoolID(), token.Subject(), issuer.Clock().Now()); err != nil {
		fmt.Println(err) // revocation.ErrFull: block the user by other means
		return
	}
	_, err = verifier.VerifyAccessToken(ctx, raw)
	fmt.Println(errors.Is(err, cognito.ErrTokenRevoked))
	// Output:
	// anaya <nil>
	// true
}

// Entries go through a queue or a database as JSON.
func ExampleList_Add() {
	list, err := revocation.NewList(revocation.ListConfig{})
	if err != nil {
		fmt.Println(err)
		return
	}
	until := time.Now().Add(24 * time.Hour)
	message, err := json.Marshal(revocation.Entry{
		Kind: revocation.KindSignIn, UserPool: "us-east-1_AbCdEfGhI", ID: "1c5c8d0e-63b5-4c22-a2d7-0c5b3d1a9a11", Until: until,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	// In every process that verifies tokens:
	var entry revocation.Entry
	if err := json.Unmarshal(message, &entry); err != nil {
		fmt.Println(err)
		return
	}
	// An entry may have ended before it arrived. That is not a fault.
	if err := list.Add(entry); err != nil && !errors.Is(err, revocation.ErrEnded) {
		fmt.Println(err)
		return
	}
	for e := range list.Entries() {
		fmt.Println(e.Kind, e.UserPool, e.ID)
	}
	// Output: sign_in us-east-1_AbCdEfGhI 1c5c8d0e-63b5-4c22-a2d7-0c5b3d1a9a11
}

// Cognito itself is asked, at most once a minute for each token, after the list.
func ExampleOnline() {
	issuer := cognitotest.NewIssuer()
	signedOut := false
	domain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if signedOut {
			w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"sub":%q}`, cognitotest.Subject)
	}))
	defer domain.Close()

	list, listErr := revocation.NewList(revocation.ListConfig{Now: issuer.Clock().Now})
	online, onlineErr := revocation.NewOnline(revocation.OnlineConfig{
		UserPools: []revocation.OnlineUserPool{{ID: cognitotest.PoolID, Domain: domain.URL}},
		MaxAge:    time.Minute,
		Now:       issuer.Clock().Now,
	})
	config := issuer.Config()
	config.Revoked = revocation.Any(list.Revoked, online.Revoked)
	verifier, err := cognito.New(config)
	if err := errors.Join(listErr, onlineErr, err); err != nil {
		fmt.Println(err)
		return
	}
	raw := issuer.Pool().AccessToken(cognitotest.Scopes("openid"))
	_, err = verifier.VerifyAccessToken(context.Background(), raw)
	fmt.Println(err)

	signedOut = true
	issuer.Clock().Advance(time.Minute)
	_, err = verifier.VerifyAccessToken(context.Background(), raw)
	fmt.Println(errors.Is(err, cognito.ErrTokenRevoked))
	// Output:
	// <nil>
	// true
}

// Any combines a check of your own with those of this package.
func ExampleAny() {
	issuer := cognitotest.NewIssuer()
	list, err := revocation.NewList(revocation.ListConfig{})
	if err != nil {
		fmt.Println(err)
		return
	}
	config := issuer.Config()
	config.Revoked = revocation.Any(list.Revoked, func(_ context.Context, token cognito.Token, _ cognito.Raw) (bool, error) {
		access, ok := token.(*cognito.AccessToken)
		return ok && access.DeviceKey() == "stolen", nil
	})
	verifier, err := cognito.New(config)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = verifier.VerifyAccessToken(context.Background(), issuer.Pool().AccessToken(cognitotest.Claim("device_key", "stolen")))
	fmt.Println(errors.Is(err, cognito.ErrTokenRevoked))
	// Output: true
}
