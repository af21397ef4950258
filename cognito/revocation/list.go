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

// What ListConfig means where it sets nothing.
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

// ListConfig says how a [List] remembers. The zero ListConfig is a good one where no
// app client has refresh tokens of more than 30 days.
type ListConfig struct {
	// MaxEntries bounds how much is revoked at a time, and so the memory: about 260
	// bytes each. 0 means [DefaultListMaxEntries]. A list that is full refuses more
	// ([ErrFull]).
	MaxEntries int

	// SignInLifetime is how long after a sign-in its refresh token makes new tokens: the
	// longest refresh token expiration of the user pools' app clients, at most ten years.
	// Revocations of sign-ins and subjects are remembered for so long, and a day more for
	// the last token. 0 means [DefaultSignInLifetime], which is Cognito's own default.
	SignInLifetime time.Duration

	// Leeway is how long after its end a revocation stays in force. It must be no less
	// than [cognito.Config.Leeway], for which an expired token is accepted still. 0 means
	// [DefaultListLeeway]; it is at most 24 hours.
	Leeway time.Duration

	// Now tells the time; nil is time.Now. It must be safe for concurrent use.
	Now func() time.Time
}

// A List is what was revoked, in memory: entries of three kinds that each end some day.
// Make one with [NewList] and share it; it is safe for concurrent use. A token that
// none of them is about, which is nearly every one, is found so without a lock, also
// while entries are added. The nil and the zero List answer every question with an
// error.
//
// What a List knows ends with the process. To keep it, and to tell other processes,
// store each [Entry] when it is made and [List.Add] what is stored at the start.
type List struct {
	now      func() time.Time
	max      int
	lifetime time.Duration
	leeway   time.Duration
	seed     maphash.Seed
	filter   atomic.Pointer[filter] // replaced under mu only

	mu      sync.RWMutex
	records map[key]*record // guarded by mu
	ends    byEnd           // guarded by mu; the same records
}

// NewList returns an empty list. It checks all of config and reports every fault at
// once, each a [*ConfigError].
func NewList(config ListConfig) (*List, error) {
	faults := configerror.In("revocation", "ListConfig")
	if config.MaxEntries < 0 {
		faults.Add("MaxEntries", "is negative (%d)", config.MaxEntries)
	}
	if config.SignInLifetime < 0 || config.SignInLifetime > longestSignIn {
		faults.Add("SignInLifetime", "is %s, not from 0 to ten years", config.SignInLifetime)
	}
	if config.Leeway < 0 || config.Leeway > longestLeeway {
		faults.Add("Leeway", "is %s, not from 0 to %s", config.Leeway, longestLeeway)
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
// subject with a sign-in before the entry's time. It is for [cognito.Config.Revoked]
// and does not look at the raw token. It waits for nothing, allocates nothing, and
// fails only for what does not come from a [cognito.Verifier], and for a List that
// does not come from [NewList].
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
		return false, errors.New("revocation: neither an access token nor an ID token")
	}
	if id == "" && says.UserPoolID() == "" {
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

// signedIn is when the sign-in was that the token comes from. A refresh keeps
// auth_time, and gives each token an iat of its own: by iat, whoever holds a refresh
// token would outlive "everything before T" with a single refresh. Machine tokens have
// no auth_time and no refresh. A token with neither was always before.
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

func (l *List) ended(r *record, now time.Time) bool { return !now.Before(r.until.Add(l.leeway)) }

// Len returns how many entries the list holds, those too that have ended and not been
// swept up yet.
func (l *List) Len() int {
	if l == nil {
		return 0
	}
	l.mu.RLock()
	defer l.mu.RUnlock()
	return len(l.records)
}
