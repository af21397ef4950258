package revocation

import (
	"context"
	"errors"
	"hash/maphash"
	"sync"
	"sync/atomic"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/internal/configerror"
)

// Defaults of [ListConfig].
const (
	DefaultListMaxEntries = 100_000
	DefaultSignInLifetime = 30 * 24 * time.Hour // Cognito's for refresh tokens
	DefaultListLeeway     = 5 * time.Minute
)

const (
	longestSignIn = 10 * 366 * 24 * time.Hour // Cognito's longest refresh token
	longestToken  = 24 * time.Hour            // Cognito's longest access and ID token
	longestLeeway = 24 * time.Hour
)

// ListConfig configures a [List]. The zero ListConfig is right if no app client has
// refresh tokens that live longer than 30 days.
type ListConfig struct {
	// MaxEntries is the largest number of entries in force. An entry takes about 280 bytes.
	// As many more may be in memory for an hour after their end: see [List.Add]. 0 means
	// [DefaultListMaxEntries]. A full list refuses further entries with [ErrFull].
	MaxEntries int

	// SignInLifetime is the time after a sign-in for which its refresh token can create
	// tokens: the longest refresh token expiration of the app clients, at most ten years.
	// Revocations of sign-ins and subjects are kept for this time and one more day, for
	// the last token. 0 means [DefaultSignInLifetime], the default of Cognito.
	SignInLifetime time.Duration

	// Leeway is the time for which a revocation stays in force after its end. It must be
	// at least [cognito.Config.Leeway], since the verifier accepts expired tokens for
	// that time. 0 means [DefaultListLeeway]. The maximum is 24 hours.
	Leeway time.Duration

	// Now returns the current time. nil is time.Now. It must be safe for concurrent use. Two
	// times are measured by the monotonic clock of the process in addition, which Now does not
	// change: the end of entries of [List.RevokeSignIn] without a time, and the hour for which
	// [List.Add] keeps ended entries.
	Now func() time.Time
}

// A List holds revocations in memory, each with an end. Make one with [NewList] and share
// it. It is safe for concurrent use. A token without an entry, the usual case, is found
// without a lock, also while entries are added. The nil and the zero List return an error
// for every token.
//
// The content of a List is lost when the process ends. To keep it, or to share it with
// other processes, store each [Entry] and call [List.Add] for the stored entries at the
// start.
type List struct {
	now      func() time.Time
	max      int
	lifetime time.Duration
	leeway   time.Duration
	seed     maphash.Seed
	filter   atomic.Pointer[filter] // replaced under mu only

	mu      sync.RWMutex
	records map[key]*record // guarded by mu
	ends    byEnd           // guarded by mu; the records, except those in past
	past    endings         // guarded by mu; records that seem to have ended
}

// NewList returns an empty list. It reports every fault of config at once, each as a
// [*ConfigError].
func NewList(config ListConfig) (*List, error) {
	faults := configerror.In("revocation", "ListConfig")
	if config.MaxEntries < 0 {
		faults.Add("MaxEntries", "must not be negative: got %d", config.MaxEntries)
	}
	if config.SignInLifetime < 0 || config.SignInLifetime > longestSignIn {
		faults.Add("SignInLifetime", "is out of range: got %s, want 0 to ten years", config.SignInLifetime)
	}
	if config.Leeway < 0 || config.Leeway > longestLeeway {
		faults.Add("Leeway", "is out of range: got %s, want 0 to %s", config.Leeway, longestLeeway)
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	l := &List{
		now: config.Now, max: config.MaxEntries, lifetime: config.SignInLifetime, leeway: config.Leeway,
		seed: maphash.MakeSeed(), records: map[key]*record{},
	}
	if l.now == nil {
		l.now = time.Now
	}
	if l.max == 0 {
		l.max = DefaultListMaxEntries
	}
	if l.lifetime == 0 {
		l.lifetime = DefaultSignInLifetime
	}
	if l.leeway == 0 {
		l.leeway = DefaultListLeeway
	}
	l.filter.Store(newFilter(0))
	return l, nil
}

// claims are what tokens of both kinds are revoked by.
type claims interface {
	UserPoolID() string
	TokenID() string
	OriginTokenID() string
	Subject() string
	IssuedAt() time.Time
	AuthTime() time.Time
}

var errNotMade = errors.New("revocation: the List was not made by NewList")

// Revoked reports whether an entry covers the token: its jti, its origin_jti, or its
// subject with a sign-in before the entry's time. Use it as [cognito.Config.Revoked]. It
// ignores the raw token, does not wait and does not allocate. It returns an error for a
// token that does not come from a [cognito.Verifier], and for a List that does not come
// from [NewList].
func (l *List) Revoked(_ context.Context, token cognito.Token, _ cognito.Raw) (bool, error) {
	if l == nil || l.now == nil {
		return false, errNotMade
	}
	var id, origin, subject string
	var says claims
	switch t := token.(type) {
	case *cognito.AccessToken:
		id, origin, subject, says = t.TokenID(), t.OriginTokenID(), t.Subject(), t
	case *cognito.IDToken:
		id, origin, subject, says = t.TokenID(), t.OriginTokenID(), t.Subject(), t
	default:
		return false, errors.New("revocation: the token is not an access token or an ID token")
	}
	if says.UserPoolID() == "" {
		return false, errors.New("revocation: the token was not verified")
	}
	f := l.filter.Load()
	if !f.mayHave(l.hash(kindSubject, subject)) && !f.mayHave(l.hash(kindToken, id)) && !f.mayHave(l.hash(kindSignIn, origin)) {
		return false, nil
	}
	return l.find(says), nil
}

// find looks the token up. An absent claim is an empty name, which no entry has.
func (l *List) find(says claims) bool {
	pool := says.UserPoolID()
	l.mu.RLock()
	defer l.mu.RUnlock()
	if l.holds(key{kindToken, pool, says.TokenID()}) != nil || l.holds(key{kindSignIn, pool, says.OriginTokenID()}) != nil {
		return true
	}
	r := l.holds(key{kindSubject, pool, says.Subject()})
	return r != nil && signedIn(says).Before(r.before)
}

// signedIn returns the time of the token's sign-in. A refresh keeps auth_time and gives
// each token a new iat. With iat, a client could refresh once and escape a revocation of
// "everything before T". Machine tokens have no auth_time and no refresh. A token with
// neither claim counts as signed in before every time.
func signedIn(says claims) time.Time {
	if t := says.AuthTime(); !t.IsZero() {
		return t
	}
	return says.IssuedAt()
}

// holds returns the record that is in force. The caller holds mu, for reading at least.
func (l *List) holds(k key) *record {
	r := l.records[k]
	if r == nil || l.ended(r, l.now()) {
		return nil
	}
	return r
}

// ended reports whether the record is no longer in force. A zero least is long ago.
func (l *List) ended(r *record, now time.Time) bool {
	return l.passed(r, now) && time.Since(r.least) >= l.leeway
}

// passed reports whether the record has ended by the wall clock.
func (l *List) passed(r *record, now time.Time) bool { return !now.Before(r.until.Add(l.leeway)) }

// Len returns the number of entries, including entries that have ended and are not yet
// removed.
func (l *List) Len() int {
	if l == nil {
		return 0
	}
	l.mu.RLock()
	defer l.mu.RUnlock()
	return len(l.records)
}
