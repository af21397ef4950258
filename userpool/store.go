package userpool

import (
	"context"
	"crypto/sha256"
	"errors"
	"time"
)

// errNotFound says that a store has no such thing, or has it no more.
var errNotFound = errors.New("not found")

// store keeps what outlives a request. Records that hold a bearer secret are
// filed under its digest: who reads the store cannot use what it finds. Expired
// records may still be returned; whether one is good is its reader's decision.
type store interface {
	// PutAccount adds or replaces the account of that name.
	PutAccount(ctx context.Context, poolID string, a account) error
	// Account finds by name, without case.
	Account(ctx context.Context, poolID, username string) (account, error)

	PutCode(ctx context.Context, id digest, c authorizationCode) error
	// TakeCode marks what it returns as used: of several callers, one gets it. Every
	// other gets errUsed, and in the same step all refresh tokens of the code's
	// sign-in are gone. Used codes are remembered until they expire.
	TakeCode(ctx context.Context, id digest) (authorizationCode, error)

	// PutRefreshToken files the first refresh token of a code. If that was taken
	// again meanwhile, or is forgotten, it returns errUsed: what is filed after a
	// replay would outlive it.
	PutRefreshToken(ctx context.Context, codeID, id digest, t refreshToken) error
	RefreshToken(ctx context.Context, id digest) (refreshToken, error)
	// ReplaceRefreshToken files next and marks the token id as replaced at that
	// time, all in one step. If id was replaced before, at most grace ago, its mark
	// stays and next is filed; if it was longer ago, it returns errReplaced.
	ReplaceRefreshToken(ctx context.Context, id digest, at time.Time, grace time.Duration, nextID digest, next refreshToken) error

	PutSession(ctx context.Context, id digest, s session) error
	Session(ctx context.Context, id digest) (session, error)
	// DeleteSession is content if there is none.
	DeleteSession(ctx context.Context, id digest) error
}

// errUsed says that a code was taken more than once.
var errUsed = errors.New("code was used before")

// errReplaced says that a refresh token had its successor longer ago than the
// grace period.
var errReplaced = errors.New("refresh token was replaced")

// digest is the SHA-256 of a code, a refresh token or a session cookie. All of
// them hold over 120 random bits, so that a plain hash cannot be searched.
type digest [sha256.Size]byte

func digestOf(secret string) digest { return sha256.Sum256([]byte(secret)) }

// authorizationCode is what a code stands for (RFC 6749 §4.1.2).
type authorizationCode struct {
	grant
	RedirectURI string
	Challenge   string // PKCE S256; empty if the client sent none
	Nonce       string
	ExpiresAt   time.Time
	Used        bool // TakeCode has returned it
	Replayed    bool // and was asked for it again
}

// refreshToken is what a refresh token stands for.
type refreshToken struct {
	grant
	ExpiresAt  time.Time
	ReplacedAt time.Time // zero until rotation replaced it
}

// replaceable says whether the token may be used at that time, given the grace
// period of a rotation. It is meant for implementations of store.
func (t refreshToken) replaceable(at time.Time, grace time.Duration) bool {
	// Without a grace period not even a clock that was set back revives a token.
	return t.ReplacedAt.IsZero() || grace > 0 && at.Before(t.ReplacedAt.Add(grace))
}

// session is a browser that has signed in: the login cookie.
type session struct {
	PoolID    string
	Username  string
	Sub       string
	AuthTime  time.Time
	ExpiresAt time.Time
}
