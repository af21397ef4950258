package account

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/oauth"
	"github.com/poolguard/poolguard/internal/terminalauth/tokenstore"
)

// ErrMachine says that a profile is a machine's, for which there is no browser.
var ErrMachine = errors.New("the profile is a machine's")

// An Attempt is a sign-in under way.
type Attempt struct {
	// URL is where to send the browser.
	URL string
	// ExpiresAt is when it is too late to come back.
	ExpiresAt time.Time

	flow oauth.Flow // stays in this process: whoever has the callback address alone gets nothing
}

// Begin starts a sign-in with the browser. again asks for it anew where the browser is
// signed in at the pool.
func (a *Account) Begin(again bool) (*Attempt, error) {
	if a.client == nil {
		return nil, ErrMachine
	}
	options := oauth.StartOptions{}
	if again {
		options.Prompt = "login"
	}
	started, err := a.client.Start(options)
	if err != nil {
		return nil, err
	}
	return &Attempt{URL: started.URL, ExpiresAt: started.ExpiresAt, flow: started.Flow}, nil
}

// A Result is what was kept after a sign-in.
type Result struct {
	Identity Identity
	Kept     tokenstore.Kept
	// RingProblem is why tokens are in the file although there is a key ring, nil where
	// there is none or they are in it.
	RingProblem error
	// NoRefresh says that the pool gave no refresh token: the sign-in lasts as long as
	// its tokens.
	NoRefresh bool
	// Former is why the refresh token of the sign-in that was kept before could not be
	// revoked, nil where it was or there was none.
	Former error
}

// Ready finds out what would make a sign-in end badly, before anybody begins one: that
// its tokens could not be kept here, or that the pool's keys cannot be had.
func (a *Account) Ready(ctx context.Context) error {
	if err := a.store.Writable(); err != nil {
		return err
	}
	warm, cancel := context.WithTimeout(ctx, warmUpPatience)
	defer cancel()
	return a.verifier.WarmUp(warm)
}

// Finish ends the sign-in with the address that the browser came back to, and keeps
// its tokens. Its errors are those of [oauth.Client.Finish], after which the attempt is
// over but for [oauth.ErrStateMismatch] and [oauth.ErrCallbackInvalid], and of package
// tokenstore.
func (a *Account) Finish(ctx context.Context, attempt *Attempt, callback *url.URL) (*Result, error) {
	got, err := a.client.Finish(ctx, attempt.flow, callback)
	if err != nil {
		return nil, err
	}
	tokens := a.ofUser(got, a.now())
	kept, why, former, err := a.keep(ctx, tokens)
	if err != nil {
		// A refresh token that is nowhere would be good for weeks, and nobody could revoke it.
		if got.Refresh != "" {
			_ = a.client.Revoke(context.WithoutCancel(ctx), got.Refresh) // the error that counts is there already
		}
		return nil, err
	}
	return &Result{Identity: ofUser(got.ID, got.Access), Kept: kept, RingProblem: why, NoRefresh: got.Refresh == "", Former: former}, nil
}

// SignInMachine gets a machine's token and keeps it.
func (a *Account) SignInMachine(ctx context.Context) (*Result, error) {
	tokens, access, err := a.askMachine(ctx)
	if err != nil {
		return nil, err
	}
	kept, why, former, err := a.keep(ctx, tokens)
	if err != nil {
		return nil, err
	}
	return &Result{Identity: ofMachine(access), Kept: kept, RingProblem: why, Former: former}, nil
}

// keep puts tokens in the place of those of the sign-in before, whose refresh token is
// revoked: nobody would have it any more. It waits for its turn. With ctx it gives up the waiting for that, and for the key
// ring, whose user may be asked to unlock it.
func (a *Account) keep(ctx context.Context, tokens *tokenstore.Tokens) (kept tokenstore.Kept, why, former, err error) {
	turn, err := a.store.Turn(ctx)
	if err != nil {
		return "", nil, nil, err
	}
	defer turn.End()
	before, _, err := turn.Load(ctx)
	if err != nil {
		before = nil // none, or none that can be read: a sign-in is what mends that
	}
	if kept, why, err = turn.Begin(ctx, tokens); err != nil {
		return "", nil, nil, err
	}
	if before != nil && before.Refresh != "" && before.Refresh != tokens.Refresh {
		former = errOtherSettings
		if a.client != nil && a.isOurs(before) {
			former = a.client.Revoke(ctx, oauth.RefreshToken(before.Refresh))
		}
	}
	return kept, why, former, nil
}

func (a *Account) ofUser(got *oauth.Tokens, signedIn time.Time) *tokenstore.Tokens {
	return &tokenstore.Tokens{
		UserPoolID: a.profile.UserPoolID, ClientID: a.profile.ClientID, Domain: a.profile.Domain,
		Subject: got.ID.Subject(), Access: string(got.RawAccess), ID: string(got.RawID), Refresh: string(got.Refresh),
		AccessExpiresAt: got.Access.ExpiresAt(), IDExpiresAt: got.ID.ExpiresAt(), SignedInAt: signedIn,
	}
}

// askMachine gets a token and verifies it: one that the profile's own pool did not
// sign is of no use to its services.
func (a *Account) askMachine(ctx context.Context) (*tokenstore.Tokens, *cognito.AccessToken, error) {
	got, err := a.machine.TokenContext(ctx)
	if err != nil {
		return nil, nil, err
	}
	access, err := a.verifier.VerifyAccessToken(ctx, got.AccessToken)
	if err != nil {
		return nil, nil, fmt.Errorf("the machine's token: %w", err)
	}
	return &tokenstore.Tokens{
		UserPoolID: a.profile.UserPoolID, ClientID: a.profile.ClientID, Domain: a.profile.Domain,
		Subject: access.Subject(), Access: got.AccessToken, AccessExpiresAt: access.ExpiresAt(), SignedInAt: a.now(),
	}, access, nil
}
