package account

import (
	"context"
	"errors"

	"github.com/poolguard/poolguard/cognito/oauth"
	"github.com/poolguard/poolguard/internal/terminalauth/tokenstore"
)

// A SignOut is the result of ending a sign-in.
type SignOut struct {
	// WasSignedIn reports whether there was a sign-in to end.
	WasSignedIn bool
	// Revoked reports whether the pool revoked the refresh token. It is false if there was
	// no refresh token; NotRevoked is nil then.
	Revoked bool
	// NotRevoked is why the refresh token is still valid, in most cases an [*oauth.Error].
	NotRevoked error
}

// Forget is [Account.End] for a caller that cannot ask the pool. why is the reason, and
// becomes NotRevoked.
func Forget(ctx context.Context, store *tokenstore.Store, why error) (SignOut, error) {
	turn, err := store.Turn(ctx)
	if err != nil {
		return SignOut{}, err
	}
	defer turn.End()
	tokens, _, err := turn.Load(ctx)
	if errors.Is(err, tokenstore.ErrNone) {
		return SignOut{}, nil
	}
	out := SignOut{WasSignedIn: true, NotRevoked: why}
	if err == nil && tokens.Refresh == "" {
		out.NotRevoked = nil
	}
	return out, turn.Delete(ctx)
}

// End asks the pool to revoke the refresh token, and deletes the tokens on this machine.
// It deletes them even if the pool cannot be reached, because a user who signs out wants
// no tokens left on the machine. The error says why tokens are left.
func (a *Account) End(ctx context.Context) (SignOut, error) {
	turn, err := a.store.Turn(ctx)
	if err != nil {
		return SignOut{}, err
	}
	defer turn.End()
	out := SignOut{}
	tokens, _, err := turn.Load(ctx)
	switch {
	case errors.Is(err, tokenstore.ErrNone):
		return out, nil
	case ctx.Err() != nil:
		return out, ctx.Err()
	case err != nil:
		out.NotRevoked = err
	case tokens.Refresh != "" && !a.matchesProfile(tokens):
		out.NotRevoked = errOtherSettings
	case tokens.Refresh != "":
		out.NotRevoked = a.client.Revoke(ctx, oauth.RefreshToken(tokens.Refresh))
		out.Revoked = out.NotRevoked == nil
	}
	if ctx.Err() != nil { // the user gave up: a token that was not revoked is not deleted
		return SignOut{}, ctx.Err()
	}
	out.WasSignedIn = true
	return out, turn.Delete(ctx)
}
