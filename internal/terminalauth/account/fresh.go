package account

import (
	"context"
	"errors"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/oauth"
	"github.com/poolguard/poolguard/internal/terminalauth/tokenstore"
)

// ErrSignInAgain reports that a new sign-in is necessary. It is joined with the reason.
var ErrSignInAgain = errors.New("the sign-in is over")

var (
	errOtherSettings = errors.New("the sign-in was at another user pool, app client or domain than the profile names now")
	errNoRefresh     = errors.New("its tokens have expired, and the user pool gave no refresh token")
	errNoIDToken     = errors.New("a machine has no ID token")
)

// warmUpPatience bounds the wait for the pool's keys before a refresh.
const warmUpPatience = 20 * time.Second

// Held has the tokens that [Account.Fresh] found or renewed.
type Held struct {
	Tokens *tokenstore.Tokens
	Kept   tokenstore.Kept
	// Began reports that these are the first tokens of a machine, which Fresh signed in.
	// RingProblem is then as in [Result].
	Began       bool
	RingProblem error
}

// Fresh returns the tokens of the profile. It renews them first if the token of that use
// is valid for less than minLeft. Tokens that the pool has just issued are fresh, even if
// they are valid for less than minLeft. If several processes have tokens to renew, one of
// them does so and the others wait: a rotating refresh token is valid for one use, and a
// second use would end the sign-in.
//
// The error wraps [tokenstore.ErrNone], [ErrSignInAgain], an [*oauth.Error] or a
// [*cognito.Error], or comes from package tokenstore. After a temporary error the tokens
// are unchanged. Once the request to renew is sent, the end of ctx does not stop it: the
// answer may hold the only valid refresh token.
func (a *Account) Fresh(ctx context.Context, use cognito.TokenUse, minLeft time.Duration) (*Held, error) {
	if use == cognito.TokenUseID && a.machine != nil {
		return nil, errNoIDToken
	}
	seen, kept, err := a.store.Load(ctx)
	if err == nil && a.matchesProfile(seen) && a.left(seen, use) >= minLeft {
		return &Held{Tokens: seen, Kept: kept}, nil
	}
	// A file that cannot be read may be one that another process changes now.
	if err != nil && !errors.Is(err, tokenstore.ErrUnreadable) && (a.machine == nil || !errors.Is(err, tokenstore.ErrNone)) {
		return nil, err
	}
	turn, err := a.store.Turn(ctx)
	if err != nil {
		return nil, err
	}
	defer turn.End()
	tokens, kept, err := turn.Load(ctx)
	if a.machine != nil && (errors.Is(err, tokenstore.ErrNone) || errors.Is(err, tokenstore.ErrUnreadable) || err == nil && !a.matchesProfile(tokens)) {
		return a.beginMachine(ctx, turn)
	}
	switch {
	case errors.Is(err, tokenstore.ErrUnreadable):
		return nil, errors.Join(ErrSignInAgain, err)
	case err != nil:
		return nil, err
	case !a.matchesProfile(tokens):
		return nil, errors.Join(ErrSignInAgain, errOtherSettings)
	}
	left := a.left(tokens, use)
	// Another process renewed them while this one waited.
	renewed := seen != nil && seen.Access != tokens.Access && left > 0
	if left >= minLeft || renewed {
		return &Held{Tokens: tokens, Kept: kept}, nil
	}
	if tokens, err = a.renew(ctx, tokens); err != nil {
		return nil, err
	}
	if err := turn.Replace(tokens); err != nil {
		return nil, err
	}
	return &Held{Tokens: tokens, Kept: kept}, nil
}

// matchesProfile reports whether tokens are of the pool, client and domain that the
// profile names now. Tokens of another pool must not be sent to this one.
func (a *Account) matchesProfile(t *tokenstore.Tokens) bool {
	p := &a.profile
	return t.UserPoolID == p.UserPoolID && t.ClientID == p.ClientID && t.Domain == p.Domain && (t.ID == "") == p.Machine
}

func (a *Account) left(t *tokenstore.Tokens, use cognito.TokenUse) time.Duration {
	if use == cognito.TokenUseID {
		return t.IDExpiresAt.Sub(a.now())
	}
	return t.AccessExpiresAt.Sub(a.now())
}

func (a *Account) renew(ctx context.Context, old *tokenstore.Tokens) (*tokenstore.Tokens, error) {
	if a.machine != nil {
		tokens, _, err := a.askMachine(ctx)
		return tokens, err
	}
	if old.Refresh == "" {
		return nil, errors.Join(ErrSignInAgain, errNoRefresh)
	}
	// The keys come first: tokens that cannot be verified would be lost, and with them the
	// new refresh token.
	warm, cancel := context.WithTimeout(ctx, warmUpPatience)
	defer cancel()
	if err := a.verifier.WarmUp(warm); err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	whole := context.WithoutCancel(ctx)
	got, err := a.client.Refresh(whole, oauth.RefreshToken(old.Refresh), old.Subject)
	if cognito.CodeOf(err) != "" && oauth.CodeOf(err) == oauth.ErrUnavailable {
		// The answer arrived and was not verified. The client still has it.
		got, err = a.client.Refresh(whole, oauth.RefreshToken(old.Refresh), old.Subject)
	}
	if errors.Is(err, oauth.ErrInvalidGrant) {
		return nil, errors.Join(ErrSignInAgain, err)
	}
	if err != nil {
		return nil, err
	}
	return a.ofUser(got, old.SignedInAt), nil
}

// beginMachine signs a machine in. It needs the secret only, so no person has to do it.
func (a *Account) beginMachine(ctx context.Context, turn *tokenstore.Turn) (*Held, error) {
	tokens, _, err := a.askMachine(ctx)
	if err != nil {
		return nil, err
	}
	kept, why, err := turn.Begin(ctx, tokens)
	if err != nil {
		return nil, err
	}
	return &Held{Tokens: tokens, Kept: kept, Began: true, RingProblem: why}, nil
}
