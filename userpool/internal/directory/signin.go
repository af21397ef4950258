package directory

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/srp"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// Digest returns the key of a bearer secret in the store: its SHA-256. Bearer secrets are
// codes, refresh tokens, cookies and the sessions of challenges. A reader of the store
// cannot use the digests. A plain hash is enough, because each secret has more than 120
// random bits.
func Digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// SignIn is one sign-in of a user at one app client. All its tokens have its origin_jti,
// auth_time and event_id.
type SignIn struct {
	OriginJTI string
	EventID   string
	PoolID    string
	ClientID  string
	Username  string
	Sub       string
	Scopes    []string
	AuthTime  time.Time
	// Methods are the amr, such as "pwd"; Level is the acr.
	Methods []string
	Level   string
	// Resource is the `aud` of a resource-bound access token (RFC 8707), or "".
	Resource string
	// SignOuts is the user's count at that time: a higher one revokes.
	SignOuts int
	// ExpiresAt is when the last refresh token ends. The record stays a day longer,
	// for access tokens.
	ExpiresAt time.Time
	RevokedAt time.Time `json:",omitzero"`
}

// Revoked reports whether the sign-in's tokens were called back, one by one or by
// a global sign-out of u.
func (s *SignIn) Revoked(u User) bool { return !s.RevokedAt.IsZero() || s.SignOuts < u.SignOuts }

// RefreshToken is what a refresh token stands for.
type RefreshToken struct {
	SignIn     string // its origin_jti
	ExpiresAt  time.Time
	ReplacedAt time.Time `json:",omitzero"` // zero until rotation replaced it
}

// Usable says whether the token may be used at that time, given the grace period
// of a rotation.
func (t *RefreshToken) Usable(at time.Time, grace time.Duration) bool {
	// A clock that was set back does not revive a token.
	return t.ReplacedAt.IsZero() || grace > 0 && !at.Before(t.ReplacedAt) && at.Before(t.ReplacedAt.Add(grace))
}

// Code is what an authorization code stands for (RFC 6749 §4.1.2).
type Code struct {
	SignIn      SignIn
	RedirectURI string
	Challenge   string // PKCE S256; empty if the client sent none
	Nonce       string
	ExpiresAt   time.Time
	Used        bool // TakeCode has returned it
}

// Session is a browser that has signed in: the login cookie.
type Session struct {
	PoolID    string
	Username  string
	Sub       string
	AuthTime  time.Time
	Methods   []string
	Level     string
	ExpiresAt time.Time
}

// Challenge is a sign-in on its way: what the Session of RespondToAuthChallenge,
// or a page's hidden field, stands for.
type Challenge struct {
	PoolID   string
	ClientID string
	// Username and Sub are the user's, both "" for one who does not exist. The sub
	// says who it is: a new user of the same name is another.
	Username  string
	Sub       string
	Name      string // ChallengeName: what must be answered
	Methods   []string
	Handshake *srp.Handshake `json:",omitempty"`
	// SRPUser is USER_ID_FOR_SRP: for an unknown user, whom no record has, the name
	// that was sent.
	SRPUser string `json:",omitempty"`
	// Tried is the name that was sent, if no user has it.
	Tried string `json:",omitempty"`
	// Attempts counts wrong codes.
	Attempts  int
	ExpiresAt time.Time
}

const keysBucket store.Bucket = "keys"

// maxAccessValidity is how long an access token may outlive the last refresh
// token of its sign-in.
const maxAccessValidity = 24 * time.Hour

var (
	signIns       = table[SignIn]{"sign_ins"}
	refreshTokens = table[RefreshToken]{"refresh_tokens"}
	codes         = table[Code]{"codes"}
	sessions      = table[Session]{"sessions"}
	challenges    = table[Challenge]{"challenges"}
)

// PutSignIn adds or replaces a sign-in. Its ExpiresAt must not change.
func PutSignIn(tx store.Tx, s SignIn) error {
	return putUntil(tx, signIns, s.OriginJTI, s, s.ExpiresAt.Add(maxAccessValidity))
}

// GetSignIn returns the sign-in of that origin_jti, or store.ErrNotFound.
func GetSignIn(tx store.Tx, originJTI string) (SignIn, error) { return signIns.get(tx, originJTI) }

// PutRefreshToken adds or replaces a refresh token's record. Its ExpiresAt must
// not change.
func PutRefreshToken(tx store.Tx, token string, t RefreshToken) error {
	return putUntil(tx, refreshTokens, Digest(token), t, t.ExpiresAt)
}

// GetRefreshToken returns what token stands for, or store.ErrNotFound. It may
// have expired or have been replaced.
func GetRefreshToken(tx store.Tx, token string) (RefreshToken, error) {
	return refreshTokens.get(tx, Digest(token))
}

// PutCode adds a code.
func PutCode(tx store.Tx, code string, c Code) error {
	return putUntil(tx, codes, Digest(code), c, c.ExpiresAt)
}

// ErrCodeUsed means that a code was used before.
var ErrCodeUsed = errors.New("the code was used before")

// TakeCode returns a code and marks it as used. Only the first caller gets it without an
// error. A later caller gets the code with ErrCodeUsed and should revoke the sign-in: two
// parties have the code, and the server cannot know which of them is the client (RFC 6749
// §4.1.2). Used codes stay in the store until they expire.
func TakeCode(tx store.Tx, code string) (Code, error) {
	c, err := codes.get(tx, Digest(code))
	if err != nil {
		return Code{}, err
	}
	if c.Used {
		return c, ErrCodeUsed
	}
	c.Used = true
	return c, codes.put(tx, Digest(code), c)
}

// PutSession adds a session.
func PutSession(tx store.Tx, cookie string, s Session) error {
	return putUntil(tx, sessions, Digest(cookie), s, s.ExpiresAt)
}

// GetSession returns the session of that cookie, or store.ErrNotFound. It may have
// expired.
func GetSession(tx store.Tx, cookie string) (Session, error) { return sessions.get(tx, Digest(cookie)) }

// DeleteSession deletes a session. It returns nil if there is none.
func DeleteSession(tx store.Tx, cookie string) error { return sessions.delete(tx, Digest(cookie)) }

// PutChallenge adds or replaces a challenge. Its ExpiresAt must not change.
func PutChallenge(tx store.Tx, session string, c Challenge) error {
	return putUntil(tx, challenges, Digest(session), c, c.ExpiresAt)
}

// GetChallenge returns the challenge of that session, or store.ErrNotFound. It may
// have expired.
func GetChallenge(tx store.Tx, session string) (Challenge, error) {
	return challenges.get(tx, Digest(session))
}

const secretsBucket store.Bucket = "secrets"

// ServerSecret returns the server's secret of that name, and makes it with fresh where
// there is none.
func ServerSecret(tx store.Tx, name string, fresh func() []byte) ([]byte, error) {
	secret, err := tx.Get(secretsBucket, name)
	if !errors.Is(err, store.ErrNotFound) {
		return bytes.Clone(secret), err
	}
	secret = fresh()
	return secret, tx.Put(secretsBucket, name, secret)
}

// PutKeys keeps a pool's signing keys, in whatever form they come.
func PutKeys(tx store.Tx, poolID string, keys []byte) error { return tx.Put(keysBucket, poolID, keys) }

// GetKeys returns a pool's signing keys, or store.ErrNotFound.
func GetKeys(tx store.Tx, poolID string) ([]byte, error) { return tx.Get(keysBucket, poolID) }
