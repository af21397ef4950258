package account

import (
	"context"
	"errors"

	"github.com/poolguard/poolguard/cognito/oauth"
	"github.com/poolguard/poolguard/internal/terminalauth/tokenstore"
)

// A SignOut is what became of a sign-in that was ended.
type SignOut struct {
	// Was reports whether anybody was signed in here.
	Was bool
	// Revoked reports whether the pool revoked the refresh token. Where there was none
	// to revoke it is false too, and NotRevoked is nil.
	Revoked bool
	// NotRevoked is why the refresh token is still good: mostly an [*oauth.Error].
	NotRevoked error
}

// Forget is End for whoever cannot ask the pool, for that reason.
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
	out := SignOut{Was: true, NotRevoked: why}
	if err == nil && tokens.Refresh == "" {
		out.NotRevoked = nil
	}
	return out, turn.Delete(ctx)
}

// End has the pool revoke the refresh token and forgets the tokens here, also where the
// pool cannot be reached: who signs out at this machine wants nothing left on it. The
// error is about what is left.
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
	case tokens.Refresh != "" && !a.isOurs(tokens):
		out.NotRevoked = errOtherSettings
	case tokens.Refresh != "":
		out.NotRevoked = a.client.Revoke(ctx, oauth.RefreshToken(tokens.Refresh))
		out.Revoked = out.NotRevoked == nil
	}
	if ctx.Err() != nil { // given up: nothing is deleted that was not revoked
		return SignOut{}, ctx.Err()
	}
	out.Was = true
	return out, turn.Delete(ctx)
}
