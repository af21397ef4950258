package account

import (
	"context"
	"errors"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/oauth"
	"github.com/poolguard/poolguard/internal/terminalauth/tokenstore"
)

// ErrSignInAgain says that nothing but a new sign-in helps. It is joined with the
// reason.
var ErrSignInAgain = errors.New("the sign-in is over")

var (
	errOtherSettings = errors.New("the profile names another user pool, app client or domain than the sign-in was at")
	errNoRefresh     = errors.New("its tokens have expired, and the user pool gave none to renew them with")
	errNoIDToken     = errors.New("a machine has no ID token")
)

// warmUpPatience bounds the wait for the pool's keys before a refresh.
const warmUpPatience = 20 * time.Second

// A Held is what Fresh found or renewed.
type Held struct {
	Tokens *tokenstore.Tokens
	Kept   tokenstore.Kept
	// Began says that these are the first tokens, of a machine that nobody signed in by
	// hand. RingProblem is then as in [Result].
	Began       bool
	RingProblem error
}

// Fresh returns tokens of which the one of that use is good for minLeft more, having
// renewed them where they are not; what the pool has just issued is fresh, however
// short it lives. Of many processes that come at once with tokens that are due, one
// renews them and the others wait for it: where refresh tokens are good for one use, a
// second one would end the sign-in.
//
// The error wraps [tokenstore.ErrNone], [ErrSignInAgain], an [*oauth.Error] or
// [*cognito.Error], of which the temporary ones leave the tokens as they were, or is of
// package tokenstore. From the moment the pool is asked to renew, ctx ends nothing:
// its answer may be the only good refresh token there is.
func (a *Account) Fresh(ctx context.Context, use cognito.TokenUse, minLeft time.Duration) (*Held, error) {
	if use == cognito.TokenUseID && a.machine != nil {
		return nil, errNoIDToken
	}
	seen, kept, err := a.store.Load(ctx)
	if err == nil && a.isOurs(seen) && a.left(seen, use) >= minLeft {
		return &Held{Tokens: seen, Kept: kept}, nil
	}
	// What cannot be read may be half of a change that another process makes now.
	if err != nil && !errors.Is(err, tokenstore.ErrUnreadable) && (a.machine == nil || !errors.Is(err, tokenstore.ErrNone)) {
		return nil, err
	}
	turn, err := a.store.Turn(ctx)
	if err != nil {
		return nil, err
	}
	defer turn.End()
	tokens, kept, err := turn.Load(ctx)
	if a.machine != nil && (errors.Is(err, tokenstore.ErrNone) || errors.Is(err, tokenstore.ErrUnreadable) || err == nil && !a.isOurs(tokens)) {
		return a.beginMachine(ctx, turn)
	}
	switch {
	case errors.Is(err, tokenstore.ErrUnreadable):
		return nil, errors.Join(ErrSignInAgain, err)
	case err != nil:
		return nil, err
	case !a.isOurs(tokens):
		return nil, errors.Join(ErrSignInAgain, errOtherSettings)
	}
	left := a.left(tokens, use)
	// Somebody else renewed them while this one waited.
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

// isOurs reports whether tokens are of the pool, client and domain that the profile
// names now: those of another must not be sent to this one.
func (a *Account) isOurs(t *tokenstore.Tokens) bool {
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
	// The keys first: tokens that could not be judged would be lost, and with them the
	// refresh token that replaced ours.
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
		// The answer is there and was not judged; the client has it still.
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

// beginMachine is a machine's sign-in where nobody did it by hand: its secret is all
// that it takes.
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
