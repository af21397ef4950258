package account

import (
	"context"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/internal/terminalauth/tokenstore"
)

// An Identity says who is signed in, according to verified tokens.
type Identity struct {
	Machine    bool
	UserPoolID string
	Issuer     string
	ClientID   string
	Subject    string
	Username   string // "" for a machine
	Email      string // "" if the ID token has none
	Groups     []string
	Scopes     []string // of the access token
	SignedInAt time.Time
	ExpiresAt  time.Time // of the first token to expire
}

// Name names who is signed in, for a sentence: "anaya (anaya@example.com)".
func (i *Identity) Name() string {
	switch {
	case i.Machine:
		return "the machine " + i.ClientID
	case i.Email != "" && i.Email != i.Username:
		return i.Username + " (" + i.Email + ")"
	}
	return i.Username
}

// Identify verifies tokens and returns whose they are. The error wraps a
// [*cognito.Error].
func (a *Account) Identify(ctx context.Context, t *tokenstore.Tokens) (*Identity, error) {
	access, err := a.verifier.VerifyAccessToken(ctx, t.Access)
	if err != nil {
		return nil, err
	}
	if a.machine != nil {
		who := ofMachine(access)
		return &who, nil
	}
	id, err := a.verifier.VerifyIDToken(ctx, t.ID)
	if err != nil {
		return nil, err
	}
	who := ofUser(id, access)
	return &who, nil
}

func ofUser(id *cognito.IDToken, access *cognito.AccessToken) Identity {
	who := Identity{
		UserPoolID: id.UserPoolID(), Issuer: id.Issuer(), ClientID: id.ClientID(), Subject: id.Subject(), Username: id.Username(),
		Email: id.Email(), Groups: id.Groups().Slice(), Scopes: access.Scopes().Slice(), SignedInAt: id.AuthTime(), ExpiresAt: id.ExpiresAt(),
	}
	if access.ExpiresAt().Before(who.ExpiresAt) {
		who.ExpiresAt = access.ExpiresAt()
	}
	return who
}

func ofMachine(access *cognito.AccessToken) Identity {
	return Identity{
		Machine: true, UserPoolID: access.UserPoolID(), Issuer: access.Issuer(), ClientID: access.ClientID(), Subject: access.Subject(),
		Groups: []string{}, Scopes: access.Scopes().Slice(), ExpiresAt: access.ExpiresAt(),
	}
}
