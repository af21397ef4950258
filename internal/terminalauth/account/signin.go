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

// ErrMachine reports that the profile is of a machine, which signs in without a browser.
var ErrMachine = errors.New("the profile is a machine's")

// An Attempt is a sign-in that has begun.
type Attempt struct {
	// URL is the address that the browser opens.
	URL string
	// ExpiresAt is the time after which the sign-in cannot be finished.
	ExpiresAt time.Time

	flow oauth.Flow // stays in this process: the callback address alone gives no tokens
}

// Begin starts a sign-in with the browser. With again, the pool asks for the password
// even if the browser is already signed in there.
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

// A Result says what a sign-in has kept.
type Result struct {
	Identity Identity
	Kept     tokenstore.Kept
	// RingProblem is why the key ring does not protect the tokens. It is nil if the ring
	// does, or if there is no ring.
	RingProblem error
	// NoRefresh reports that the pool gave no refresh token. The sign-in then lasts as
	// long as its tokens.
	NoRefresh bool
	// Former is why the refresh token of the previous sign-in was not revoked. It is nil
	// if it was revoked, or if there was none.
	Former error
}

// Ready returns an error if a sign-in could not succeed: the tokens cannot be kept on
// this machine, or the keys of the pool are unavailable. Call it before Begin.
func (a *Account) Ready(ctx context.Context) error {
	if err := a.store.Writable(); err != nil {
		return err
	}
	warm, cancel := context.WithTimeout(ctx, warmUpPatience)
	defer cancel()
	return a.verifier.WarmUp(warm)
}

// Finish ends the sign-in with the callback address that the browser was sent to, and
// keeps the tokens. Its errors are those of [oauth.Client.Finish] and of package
// tokenstore. After [oauth.ErrStateMismatch] and [oauth.ErrCallbackInvalid] the attempt
// can still be finished; after every other error it is over.
func (a *Account) Finish(ctx context.Context, attempt *Attempt, callback *url.URL) (*Result, error) {
	got, err := a.client.Finish(ctx, attempt.flow, callback)
	if err != nil {
		return nil, err
	}
	tokens := a.ofUser(got, a.now())
	kept, why, former, err := a.keep(ctx, tokens)
	if err != nil {
		// A refresh token that is not kept would stay valid for weeks.
		if got.Refresh != "" {
			_ = a.client.Revoke(context.WithoutCancel(ctx), got.Refresh) // the caller gets the first error
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

// keep replaces the tokens of the previous sign-in and revokes its refresh token, which is
// not kept any more. It waits for its turn, and for the key ring, which the user may have
// to unlock. The end of ctx ends both.
func (a *Account) keep(ctx context.Context, tokens *tokenstore.Tokens) (kept tokenstore.Kept, why, former, err error) {
	turn, err := a.store.Turn(ctx)
	if err != nil {
		return "", nil, nil, err
	}
	defer turn.End()
	before, _, err := turn.Load(ctx)
	if err != nil {
		before = nil // there are none, or a new sign-in replaces the unreadable file
	}
	if kept, why, err = turn.Begin(ctx, tokens); err != nil {
		return "", nil, nil, err
	}
	if before != nil && before.Refresh != "" && before.Refresh != tokens.Refresh {
		former = errOtherSettings
		if a.client != nil && a.matchesProfile(before) {
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

// askMachine gets a token and verifies it. The services of the profile accept only a
// token that its own pool signed.
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
