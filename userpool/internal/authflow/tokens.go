package authflow

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/issuer"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// Tokens are the tokens of a sign-in or of a refresh.
type Tokens struct {
	ID      string // "" where none is due
	Access  string
	Refresh string // "" where none is due
}

// Method is a method of authentication: a value of `amr`.
type Method string

// The methods that this server has.
const (
	MethodPassword  Method = "pwd"
	MethodOTP       Method = "otp"
	MethodMFA       Method = "mfa"
	MethodFederated Method = "fed"
)

// levels of `acr`. That one factor is level 1 and two are level 2 is a reading of
// the names; Cognito's documents do not say.
const (
	levelOne = "urn:cognito:loa:1"
	levelTwo = "urn:cognito:loa:2"
)

// Level returns the `acr` that methods amount to.
func Level(methods []string) string {
	for _, m := range methods {
		if m == string(MethodMFA) {
			return levelTwo
		}
	}
	return levelOne
}

// Start makes a sign-in of u that begins now. Nothing is stored yet: see [Keep].
func (s *Service) Start(client directory.Client, u directory.User, scopes, methods []string) directory.SignIn {
	now := s.Now()
	origin, event := s.Random.UUID(), s.Random.UUID()
	if client.NoRevocation {
		event = origin // its tokens have no origin_jti to find the sign-in by
	}
	return directory.SignIn{
		OriginJTI: origin, EventID: event,
		PoolID: u.PoolID, ClientID: client.ID, Username: u.Username, Sub: u.Sub,
		Scopes: scopes, AuthTime: now, Methods: methods, Level: Level(methods),
		SignOuts: u.SignOuts, ExpiresAt: now.Add(client.RefreshValidity),
	}
}

// Keep stores a new sign-in with its first refresh token, which it returns. Without
// withRefresh, as in the implicit flow, there is none.
func (s *Service) Keep(tx store.Tx, signIn directory.SignIn, withRefresh bool) (string, error) {
	if err := directory.Sweep(tx, s.Now()); err != nil {
		return "", err
	}
	if err := directory.PutSignIn(tx, signIn); err != nil || !withRefresh {
		return "", err
	}
	token := s.newRefreshToken()
	return token, directory.PutRefreshToken(tx, token, directory.RefreshToken{
		SignIn: signIn.OriginJTI, ExpiresAt: signIn.ExpiresAt,
	})
}

// Issue signs the tokens of a sign-in that is kept. refresh, which may be "", is
// passed on.
func (s *Service) Issue(ctx context.Context, subject issuer.Subject, withID bool, refresh string) (Tokens, error) {
	signed, err := s.Issuer.SignIn(ctx, subject, withID)
	if err != nil {
		return Tokens{}, err
	}
	return Tokens{ID: signed.ID, Access: signed.Access, Refresh: refresh}, nil
}

// SubjectOf reads what a sign-in's tokens are about. It returns ErrNoUser where the
// user is gone (a new user of that name is another one) and ErrDisabled.
func SubjectOf(tx store.Tx, pool directory.Pool, client directory.Client, signIn directory.SignIn) (issuer.Subject, error) {
	u, err := directory.GetUser(tx, pool, signIn.Username)
	if errors.Is(err, store.ErrNotFound) || err == nil && u.Sub != signIn.Sub {
		return issuer.Subject{}, ErrNoUser
	}
	if err != nil {
		return issuer.Subject{}, err
	}
	if u.Disabled {
		return issuer.Subject{}, ErrDisabled
	}
	groups, err := groupsOf(tx, u)
	return issuer.Subject{Pool: pool, Client: client, User: u, SignIn: signIn, Groups: groups}, err
}

// The ways in which a refresh token is not good.
var (
	ErrRefreshInvalid  = errors.New("no refresh token of this client")
	ErrRefreshExpired  = errors.New("the refresh token has expired")
	ErrRefreshReplaced = errors.New("the refresh token was replaced")
	ErrRefreshRevoked  = errors.New("the refresh token was revoked")
)

// Refreshed is what a good refresh token leads to.
type Refreshed struct {
	Subject issuer.Subject
	// Next is the refresh token that takes the old one's place, or "" where the
	// client has no rotation.
	Next string
}

// Refresh takes a refresh token of client. Where the client has rotation, the token
// is replaced in the same step: a race has one winner, and the others win too while
// the grace period lasts. check, which may be nil, judges the subject before the
// token is used up.
func (s *Service) Refresh(ctx context.Context, pool directory.Pool, client directory.Client, token string, check func(issuer.Subject) error) (Refreshed, error) {
	var refreshed Refreshed
	run := s.Store.View
	if client.Rotation {
		run = s.Store.Update
	}
	err := run(ctx, func(tx store.Tx) error {
		record, err := directory.GetRefreshToken(tx, token)
		if err != nil {
			return err
		}
		signIn, err := directory.GetSignIn(tx, record.SignIn)
		if err != nil {
			return err
		}
		if signIn.ClientID != client.ID {
			return ErrRefreshInvalid
		}
		refreshed.Subject, err = SubjectOf(tx, pool, client, signIn)
		now := s.Now()
		switch {
		case err != nil:
			return err
		case signIn.Revoked(refreshed.Subject.User):
			return ErrRefreshRevoked
		case !now.Before(record.ExpiresAt):
			return ErrRefreshExpired
		case !record.Usable(now, client.RotationGrace):
			return ErrRefreshReplaced
		}
		if check != nil {
			if err := check(refreshed.Subject); err != nil {
				return err
			}
		}
		if !client.Rotation {
			return nil
		}
		// The next one keeps what is left of the old one's life.
		refreshed.Next = s.newRefreshToken()
		if err := directory.PutRefreshToken(tx, refreshed.Next, directory.RefreshToken{SignIn: record.SignIn, ExpiresAt: record.ExpiresAt}); err != nil {
			return err
		}
		if record.ReplacedAt.IsZero() {
			record.ReplacedAt = now
		}
		if err := directory.Sweep(tx, now); err != nil {
			return err
		}
		return directory.PutRefreshToken(tx, token, record)
	})
	if errors.Is(err, store.ErrNotFound) {
		return Refreshed{}, ErrRefreshInvalid
	}
	return refreshed, err
}

// Revoke calls back a refresh token of client with all tokens of its sign-in. A
// token that is unknown, of another client or has expired changes nothing and is
// no error: RFC 7009 §2.2.
func (s *Service) Revoke(ctx context.Context, client directory.Client, token string) error {
	return s.Store.Update(ctx, func(tx store.Tx) error {
		record, err := directory.GetRefreshToken(tx, token)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		signIn, err := directory.GetSignIn(tx, record.SignIn)
		if errors.Is(err, store.ErrNotFound) || err == nil && signIn.ClientID != client.ID {
			return nil
		}
		if err != nil {
			return err
		}
		return s.RevokeSignIn(tx, signIn)
	})
}

// RevokeSignIn calls back all tokens of a sign-in.
func (s *Service) RevokeSignIn(tx store.Tx, signIn directory.SignIn) error {
	if !signIn.RevokedAt.IsZero() {
		return nil
	}
	signIn.RevokedAt = s.Now()
	return directory.PutSignIn(tx, signIn)
}

// ErrAccessRevoked says that an access token was called back.
var ErrAccessRevoked = errors.New("the access token was revoked")

// Access is a good access token with whom it is about.
type Access struct {
	issuer.AccessToken
	User   directory.User
	Client directory.Client
	Pool   directory.Pool
}

// CheckAccess checks an access token that a client sends to its pool: signature, expiry,
// revocation, and that the user and the client still exist. Errors are
// issuer.ErrNotAccessToken (machine tokens too), issuer.ErrTokenExpired,
// ErrAccessRevoked, ErrNoUser and ErrDisabled.
func (s *Service) CheckAccess(ctx context.Context, raw string) (Access, error) {
	poolID := issuer.PoolOf(raw)
	var access Access
	err := s.Store.View(ctx, func(tx store.Tx) error {
		var err error
		access.Pool, err = directory.GetPool(tx, poolID)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return Access{}, issuer.ErrNotAccessToken
	}
	if err != nil {
		return Access{}, fmt.Errorf("reading a pool: %w", err)
	}
	if access.AccessToken, err = s.Issuer.ReadAccessToken(ctx, poolID, raw); err != nil {
		return Access{}, err
	}
	if access.Username == "" {
		return Access{}, issuer.ErrNotAccessToken // a machine's
	}
	err = s.Store.View(ctx, func(tx store.Tx) error {
		var err error
		if access.Client, err = directory.GetClient(tx, access.ClientID); err != nil {
			return err
		}
		access.User, err = directory.GetUser(tx, access.Pool, access.Username)
		if errors.Is(err, store.ErrNotFound) || err == nil && access.User.Sub != access.Sub {
			return ErrNoUser
		}
		if err != nil {
			return err
		}
		signIn, err := directory.GetSignIn(tx, cmp.Or(access.OriginJTI, access.EventID))
		if errors.Is(err, store.ErrNotFound) || err == nil && signIn.Revoked(access.User) {
			return ErrAccessRevoked
		}
		return err
	})
	switch {
	case errors.Is(err, store.ErrNotFound):
		return Access{}, issuer.ErrNotAccessToken
	case err != nil:
		return Access{}, err
	case access.User.Disabled:
		return Access{}, ErrDisabled
	}
	return access, nil
}

// refreshTokenHeader is that of Cognito's refresh tokens, to the byte.
const refreshTokenHeader = `{"cty":"JWT","enc":"A256GCM","alg":"RSA-OAEP"}`

// newRefreshToken returns an opaque token in the shape of a compact JWE (RFC
// 7516 §3.1) with parts of the usual lengths: wrapped key, nonce, ciphertext,
// tag. All of it is random. What it stands for is in the store, so that there is
// nothing to decrypt and nothing to forge.
func (s *Service) newRefreshToken() string {
	return base64.RawURLEncoding.EncodeToString([]byte(refreshTokenHeader)) +
		"." + s.Random.Text(256) + "." + s.Random.Text(12) + "." + s.Random.Text(768) + "." + s.Random.Text(16)
}
