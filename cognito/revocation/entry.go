package revocation

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/internal/localpool"
)

// A Kind says which tokens an [Entry] covers.
type Kind string

// The kinds of entries.
const (
	// KindToken: the one token with this jti.
	KindToken Kind = "token"
	// KindSignIn: all tokens with this origin_jti, those of later refreshes too.
	KindSignIn Kind = "sign_in"
	// KindSubject: all tokens with this sub whose sign-in lies before a time.
	KindSubject Kind = "subject"
)

// An Entry is one revocation. It can be stored in a database or sent to other processes,
// for example as JSON. It contains no credential.
type Entry struct {
	Kind Kind `json:"kind"`

	// UserPool is the ID of the user pool of the name. The same name in another pool
	// belongs to another token or user.
	UserPool string `json:"user_pool"`

	// ID is the jti, origin_jti or sub, as Kind says.
	ID string `json:"id"`

	// Before is only for subjects: tokens of sign-ins before this time are revoked. The
	// time of a sign-in is auth_time, which a refresh keeps. For tokens without it, such
	// as machine tokens, it is iat. Both are whole seconds. A Before with a fraction of a
	// second covers the sign-ins of its own second. A Before without one does not.
	Before time.Time `json:"before,omitzero"`

	// Until is the time when the last token that the entry covers has expired. The list
	// ignores the entry after [ListConfig.Leeway] from then, and removes it later: see
	// [List.Add].
	Until time.Time `json:"until"`
}

// RevokeToken revokes one token, by its jti and until its exp. Other tokens of the same
// sign-in stay valid: see [List.RevokeSignIn].
func (l *List) RevokeToken(token cognito.Token) error {
	switch t := token.(type) {
	case *cognito.AccessToken:
		return l.Add(Entry{Kind: KindToken, UserPool: t.UserPoolID(), ID: t.TokenID(), Until: t.ExpiresAt()})
	case *cognito.IDToken:
		return l.Add(Entry{Kind: KindToken, UserPool: t.UserPoolID(), ID: t.TokenID(), Until: t.ExpiresAt()})
	}
	return &EntryError{"ID", "is unavailable: the token is not an access token or an ID token"}
}

// RevokeSignIn revokes all tokens of one sign-in, including tokens of later refreshes.
// Their origin_jti names the sign-in. until is the time when the last of them expires.
// The zero time means [ListConfig.SignInLifetime] and one day from now: by then, the
// refresh token and its last tokens have expired. That time is also measured by the
// monotonic clock of the process, so a wall clock that is behind now and is corrected later
// does not end the entry. An earlier time is right if the refresh token is revoked at
// Cognito too. In that case 24 hours are always enough.
func (l *List) RevokeSignIn(userPool, originTokenID string, until time.Time) error {
	if l == nil || l.now == nil {
		return errNotMade
	}
	e, least := Entry{Kind: KindSignIn, UserPool: userPool, ID: originTokenID, Until: until}, time.Time{}
	if until.IsZero() {
		span := l.lifetime + longestToken
		e.Until, least = l.now().Add(span), time.Now().Add(span)
	}
	return l.add(e, least)
}

// RevokeSubject revokes all tokens of a user, or of a machine's app client, whose sign-in
// was before the given time. With the current time this is "sign out everywhere". Do not
// round the time. A later sign-in gives valid tokens, and a later refresh does not.
// Cognito's auth_time has whole seconds, so a sign-in within the same second is revoked
// too. The entry is kept for [ListConfig.SignInLifetime] and one day after the given
// time. A time from a clock that is behind revokes fewer sign-ins.
//
// A machine can request new valid tokens at any time. To stop it, change its client
// secret.
func (l *List) RevokeSubject(userPool, subject string, before time.Time) error {
	if l == nil {
		return errNotMade
	}
	e := Entry{Kind: KindSubject, UserPool: userPool, ID: subject, Before: before}
	if !before.IsZero() {
		e.Until = before.Add(l.lifetime + longestToken)
	}
	return l.Add(e)
}

// Entries returns the entries in force at the time of the call, in no order. It does not
// include entries that are added during the iteration.
func (l *List) Entries() iter.Seq[Entry] {
	var entries []Entry
	if l != nil && l.now != nil {
		entries = l.snapshot()
	}
	return slices.Values(entries)
}

func (l *List) snapshot() []Entry {
	now := l.now()
	l.mu.RLock()
	defer l.mu.RUnlock()
	entries := make([]Entry, 0, len(l.ends))
	for _, r := range l.records {
		if !l.ended(r, now) {
			entries = append(entries, r.entry(now))
		}
	}
	return entries
}

// An EntryError is a fault of an [Entry].
type EntryError struct {
	Field  string // of Entry
	Reason string // continues a sentence that begins with the field
}

// Error implements error.
func (e *EntryError) Error() string {
	if e == nil {
		return "revocation: no error (a nil *EntryError)"
	}
	return "revocation: Entry." + e.Field + " " + e.Reason
}

// longestID keeps what an entry takes within bounds. Cognito's names have 36 bytes.
const longestID = 1024

// check returns the key of the entry, or its first fault.
func (e *Entry) check() (key, error) {
	k := key{pool: e.UserPool, id: e.ID}
	switch e.Kind {
	case KindToken:
		k.kind = kindToken
	case KindSignIn:
		k.kind = kindSignIn
	case KindSubject:
		k.kind = kindSubject
	default:
		return k, &EntryError{"Kind", fmt.Sprintf("is invalid: got %.40q, want token, sign_in or subject", string(e.Kind))}
	}
	if _, err := cognito.Issuers(e.UserPool); err != nil && !localpool.IsID(e.UserPool) {
		return k, &EntryError{"UserPool", err.Error()}
	}
	switch {
	case e.ID == "":
		// Tokens may lack the claim, and an entry without a name would be about them all.
		return k, &EntryError{"ID", "is empty"}
	case strings.TrimSpace(e.ID) != e.ID:
		// No name of Cognito's does, and one that was read with its line's end would revoke
		// nothing.
		return k, &EntryError{"ID", "begins or ends with white space"}
	case len(e.ID) > longestID:
		return k, &EntryError{"ID", fmt.Sprintf("is too long: got %d bytes, want at most %d", len(e.ID), longestID)}
	case e.Kind == KindSubject && e.Before.IsZero():
		return k, &EntryError{"Before", "is the zero time: set the time before which sign-ins are revoked"}
	case e.Kind != KindSubject && !e.Before.IsZero():
		return k, &EntryError{"Before", "is set: only entries of the kind subject have it"}
	case e.Until.IsZero():
		return k, &EntryError{"Until", "is the zero time: set the time when the last covered token expires"}
	}
	return k, nil
}
