package revocation

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/poolguard/poolguard/cognito"
)

// A Kind says which tokens an [Entry] is about.
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

// An Entry is one revocation, as it can be kept in a database or sent to other
// processes, as JSON for example. It holds no credential.
type Entry struct {
	Kind Kind `json:"kind"`

	// UserPool is the ID of the user pool that the name is one of. The same name in
	// another pool is another token or user.
	UserPool string `json:"user_pool"`

	// ID is jti, origin_jti or sub, by Kind.
	ID string `json:"id"`

	// Before is for subjects alone: tokens of sign-ins before this time are revoked. The
	// sign-in's time is auth_time, which a refresh keeps, and iat for tokens without it,
	// such as machine tokens. Both are whole seconds: a Before with a fraction covers the
	// sign-ins of its own second, one without does not.
	Before time.Time `json:"before,omitzero"`

	// Until is when no token can be there any more that the entry is about. It is
	// forgotten some time later: see [ListConfig.Leeway].
	Until time.Time `json:"until"`
}

// RevokeToken revokes the token, by its jti and until its exp. Other tokens of the same
// sign-in stay good: for those, see [List.RevokeSignIn].
func (l *List) RevokeToken(token cognito.Token) error {
	switch t := token.(type) {
	case *cognito.AccessToken:
		return l.Add(Entry{Kind: KindToken, UserPool: t.UserPoolID(), ID: t.TokenID(), Until: t.ExpiresAt()})
	case *cognito.IDToken:
		return l.Add(Entry{Kind: KindToken, UserPool: t.UserPoolID(), ID: t.TokenID(), Until: t.ExpiresAt()})
	}
	return &EntryError{"ID", "cannot be had: this is neither an access token nor an ID token"}
}

// RevokeSignIn revokes all tokens of one sign-in, which is named by their origin_jti,
// those too that a refresh makes later. until is when the last of them ends; the zero
// time stands for [ListConfig.SignInLifetime] and a day from now, by when the refresh
// token has expired and so has what it made last. An earlier until is right where the
// refresh token is revoked at Cognito as well: 24 hours are then always enough.
func (l *List) RevokeSignIn(userPool, originTokenID string, until time.Time) error {
	if l == nil || l.now == nil {
		return errNotMade
	}
	if until.IsZero() {
		until = l.now().Add(l.lifetime + longestToken)
	}
	return l.Add(Entry{Kind: KindSignIn, UserPool: userPool, ID: originTokenID, Until: until})
}

// RevokeSubject revokes all tokens of a user, or of a machine's app client, whose
// sign-in lies before that time: with the present, "sign out everywhere". Do not round
// the time. Who signs in afterwards gets good tokens; who refreshes does not. Cognito's
// auth_time has whole seconds, so one who signs in within that same second does not
// either. The entry
// is kept for [ListConfig.SignInLifetime] and a day after that time.
//
// A machine gets new, good tokens whenever it asks: to keep it out, change its secret.
func (l *List) RevokeSubject(userPool, subject string, before time.Time) error {
	if l == nil || l.now == nil {
		return errNotMade
	}
	e := Entry{Kind: KindSubject, UserPool: userPool, ID: subject, Before: before}
	if !before.IsZero() {
		e.Until = before.Add(l.lifetime + longestToken)
	}
	return l.Add(e)
}

// Entries returns the entries in force at the time of the call, in no order. What is
// added during the iteration is not among them.
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
	for _, r := range l.ends {
		if !l.ended(r, now) {
			entries = append(entries, r.entry())
		}
	}
	return entries
}

// An EntryError is why an entry is none.
type EntryError struct {
	Field  string // of Entry
	Reason string // continues a sentence that begins with the field
}

// Error implements error.
func (e *EntryError) Error() string { return "revocation: Entry." + e.Field + " " + e.Reason }

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
		return k, &EntryError{"Kind", fmt.Sprintf("is %.40q, none of token, sign_in and subject", string(e.Kind))}
	}
	if _, _, err := cognito.Issuers(e.UserPool); err != nil {
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
		return k, &EntryError{"ID", fmt.Sprintf("has %d bytes, more than %d", len(e.ID), longestID)}
	case e.Kind == KindSubject && e.Before.IsZero():
		return k, &EntryError{"Before", "is the zero time: say before when the user must have signed in"}
	case e.Kind != KindSubject && !e.Before.IsZero():
		return k, &EntryError{"Before", "means nothing but for a subject"}
	case e.Until.IsZero():
		return k, &EntryError{"Until", "is the zero time: say when the last token ends that is meant"}
	}
	return k, nil
}
