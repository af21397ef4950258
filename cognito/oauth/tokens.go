package oauth

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strings"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"golang.org/x/oauth2"
)

// Tokens are the verified tokens of a user. The caller owns them.
type Tokens struct {
	// Access and ID are the verified tokens, both of the same user, app client and pool.
	// Neither is nil.
	Access *cognito.AccessToken
	ID     *cognito.IDToken

	// RawAccess and RawID are their texts, for calls of APIs and for storage.
	RawAccess, RawID Secret

	// Refresh is the refresh token for the next tokens: a new one if the pool rotates
	// them, and otherwise the same one. It is "" if the pool sent none. Store it with the
	// subject, in the place of the previous one.
	Refresh RefreshToken

	// ExpiresAt is the time when the first of the two tokens expires.
	ExpiresAt time.Time

	// Kept is the [StartOptions.Keep] of the sign-in, "" after a refresh.
	Kept string
}

// An answer is the answer of the token endpoint, before its tokens are verified.
type answer struct {
	access, id string
	refresh    string // "" if there is none
}

// readAnswer reads the members of the answer by their exact names: x/oauth2 uses
// encoding/json, which accepts ACCESS_TOKEN too.
func readAnswer(token *oauth2.Token) (answer, *Error) {
	var a answer
	for _, member := range []struct {
		name  string
		value *string
		must  bool
	}{{"access_token", &a.access, true}, {"id_token", &a.id, true}, {"refresh_token", &a.refresh, false}} {
		text, _ := token.Extra(member.name).(string) // x/oauth2 rejects a refresh_token of another type
		if (member.must && text == "") || len(text) > longestToken || !isPrintable(text) {
			return answer{}, fail(ErrResponseInvalid, "the user pool's answer has no valid %s", member.name)
		}
		*member.value = text
	}
	return a, checkType(token)
}

// checkType refuses tokens of an unknown type (RFC 6749 §7.1).
func checkType(token *oauth2.Token) *Error {
	if kind, _ := token.Extra("token_type").(string); !strings.EqualFold(kind, "Bearer") {
		return fail(ErrResponseInvalid, "the user pool's answer has no token_type Bearer")
	}
	return nil
}

// checkTokens verifies both tokens and that they belong together.
func (c *Client) checkTokens(ctx context.Context, a answer, needHash bool, require ...cognito.Requirement) (*Tokens, *Error) {
	within, cancel := c.within(ctx)
	defer cancel()
	id, err := c.verifier.VerifyIDToken(within, a.id, require...)
	if err != nil {
		return nil, unverified(ctx, "ID", err)
	}
	access, err := c.verifier.VerifyAccessToken(within, a.access)
	if err != nil {
		return nil, unverified(ctx, "access", err)
	}
	_, hasHash := id.Claim("at_hash")
	switch hash := id.AccessTokenHash(); {
	// The verifier may trust several pools, and several app clients of one.
	case id.UserPoolID() != c.userPoolID || access.UserPoolID() != c.userPoolID:
		return nil, fail(ErrTokensInvalid, "a token is from another user pool")
	case id.ClientID() != c.app.ClientID || access.ClientID() != c.app.ClientID:
		return nil, fail(ErrTokensInvalid, "a token is for another app client")
	case id.Subject() == "" || id.Subject() != access.Subject():
		return nil, fail(ErrTokensInvalid, "the ID token and the access token are for different users")
	case !hasHash && needHash:
		return nil, fail(ErrTokensInvalid, "the ID token lacks at_hash")
	case hasHash && hash != accessTokenHash(a.access):
		return nil, fail(ErrTokensInvalid, "at_hash in the ID token belongs to another access token")
	}
	tokens := &Tokens{
		Access: access, ID: id, RawAccess: Secret(a.access), RawID: Secret(a.id), Refresh: RefreshToken(a.refresh),
		ExpiresAt: access.ExpiresAt(),
	}
	if id.ExpiresAt().Before(tokens.ExpiresAt) {
		tokens.ExpiresAt = id.ExpiresAt()
	}
	return tokens, nil
}

// accessTokenHash returns at_hash for RS256 (OpenID Connect Core §3.1.3.6).
func accessTokenHash(access string) string {
	sum := sha256.Sum256([]byte(access))
	return base64.RawURLEncoding.EncodeToString(sum[:len(sum)/2])
}

// unverified distinguishes a bad token from a token that could not be checked. ctx is the
// caller's.
func unverified(ctx context.Context, which string, err error) *Error {
	var e *cognito.Error
	if errors.As(err, &e) && e.Temporary() {
		u := failed(ErrUnavailable, causeOf(ctx, err), "the %s token could not be checked; try again", which)
		u.retryAfter = e.RetryAfter()
		return u
	}
	return failed(ErrTokensInvalid, err, "the %s token was refused", which)
}
