package cognitotest

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// A Pool is a user pool of an [Issuer]. It has two keys, as Cognito's pools have: one for
// access tokens and one for ID tokens. It is safe for concurrent use.
//
// The zero Pool has no issuer, no keys and no app client. In place of tokens it returns a text
// that says so.
type Pool struct {
	issuer    *Issuer    // nil for the zero Pool
	unowned   sync.Mutex // in place of issuer.mu, for the zero Pool
	id        string
	clientIDs []string

	// Guarded by issuer.mu.
	accessKey, idKey *Key
	published        []*Key
	switched         bool          // to the updated issuer
	jwks             []byte        // instead of published; nil for none
	delay            time.Duration // before each answer
	answer           http.Handler  // instead of the key set; nil for none
	requests         int
}

// lock locks what guards the pool, and returns the function that unlocks it.
func (p *Pool) lock() (unlock func()) {
	mu := &p.unowned
	if p.issuer != nil {
		mu = &p.issuer.mu
	}
	mu.Lock()
	return mu.Unlock
}

// ID returns the user pool ID.
func (p *Pool) ID() string { return p.id }

// ClientID returns the first app client. Tokens are for it unless an option names another
// one. The zero Pool has none, "".
func (p *Pool) ClientID() string {
	if len(p.clientIDs) == 0 {
		return ""
	}
	return p.clientIDs[0]
}

// Issuer returns the value of iss in the pool's tokens: Amazon's original issuer until
// [Pool.SwitchIssuer], or the issuer of [Issuer.SetAddress].
func (p *Pool) Issuer() string {
	defer p.lock()()
	switch {
	case p.issuer != nil && p.issuer.address != "":
		return p.issuer.address + "/" + p.id
	case p.switched:
		return p.UpdatedIssuer()
	}
	return p.OriginalIssuer()
}

// OriginalIssuer returns the first of the two names that Amazon gives the pool.
func (p *Pool) OriginalIssuer() string { return "https://cognito-idp." + p.host() + "/" + p.id }

// UpdatedIssuer returns the second of the two names. Until [Pool.SwitchIssuer], the key
// set of this name answers 403, as for most pools of Cognito.
func (p *Pool) UpdatedIssuer() string { return "https://issuer-cognito-idp." + p.host() + "/" + p.id }

func (p *Pool) host() string {
	region, _, _ := strings.Cut(p.id, "_")
	return region + ".amazonaws.com"
}

// SwitchIssuer issues further tokens under the pool's updated issuer. The key set of that
// issuer is available from now on, beside that of the original one.
func (p *Pool) SwitchIssuer() {
	defer p.lock()()
	p.switched = true
}

// AccessKey returns the key that signs access tokens now, the zero Key for the zero Pool.
func (p *Pool) AccessKey() *Key {
	defer p.lock()()
	return cmp.Or(p.accessKey, &Key{})
}

// IDKey returns the key that signs ID tokens now, the zero Key for the zero Pool.
func (p *Pool) IDKey() *Key {
	defer p.lock()()
	return cmp.Or(p.idKey, &Key{})
}

// RotateKeys signs further tokens with two new keys and publishes them beside the old
// ones. The old ones stay valid until [Pool.WithdrawKey].
func (p *Pool) RotateKeys() {
	defer p.lock()()
	if p.issuer != nil {
		p.rotate()
	}
}

func (p *Pool) rotate() {
	for _, slot := range [...]**Key{&p.idKey, &p.accessKey} {
		*slot = &Key{newKeyID(), p.issuer.pick(p.published...)}
		p.published = append(p.published, *slot)
	}
}

// WithdrawKey removes the key with this name from the key set and reports whether it was
// there. If it was not rotated before, it still signs tokens.
func (p *Pool) WithdrawKey(kid string) bool {
	defer p.lock()()
	before := len(p.published)
	// Into a new array: a running request reads the old one.
	p.published = slices.DeleteFunc(slices.Clone(p.published), func(k *Key) bool { return k.id == kid })
	return len(p.published) < before
}

// ReplaceKey publishes another key under this name and reports whether the name was
// there. If the old key signed tokens, the new one does from now on.
func (p *Pool) ReplaceKey(kid string) bool {
	defer p.lock()()
	n := slices.IndexFunc(p.published, func(k *Key) bool { return k.id == kid })
	if n < 0 {
		return false
	}
	replaced := &Key{kid, p.issuer.pick(p.published...)}
	p.published = slices.Clone(p.published)
	p.published[n] = replaced
	for _, slot := range [...]**Key{&p.idKey, &p.accessKey} {
		if (*slot).id == kid {
			*slot = replaced
		}
	}
	return true
}

// JWKS returns the published key set, or the text of [Pool.SetJWKS].
func (p *Pool) JWKS() []byte {
	unlock := p.lock()
	jwks, published := p.jwks, p.published
	unlock()
	if jwks != nil {
		return slices.Clone(jwks)
	}
	return marshalKeys(published)
}

// SetJWKS publishes this text, a key set or not, in place of the pool's keys. nil
// publishes the keys again.
func (p *Pool) SetJWKS(text []byte) {
	defer p.lock()()
	p.jwks = slices.Clone(text)
}

// FailKeySet answers requests for the key set with this status. 0, and any other number that
// is not the status of an answer (200 to 999), breaks the connection without an answer.
func (p *Pool) FailKeySet(status int) {
	p.ServeKeySet(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fail(w, status) }))
}

// ServeKeySet lets handler answer requests for the key set, for example with half a body
// or a redirect. A nil handler publishes the keys again.
func (p *Pool) ServeKeySet(handler http.Handler) {
	defer p.lock()()
	p.answer = handler
}

// SlowKeySet delays each answer to a request for the key set by d on the issuer's clock.
// Callers wait until the test moves the clock or their contexts end.
func (p *Pool) SlowKeySet(d time.Duration) {
	defer p.lock()()
	p.delay = d
}

// RestoreKeySet undoes SetJWKS, FailKeySet, ServeKeySet and SlowKeySet.
func (p *Pool) RestoreKeySet() {
	defer p.lock()()
	p.jwks, p.answer, p.delay = nil, nil, 0
}

// KeySetRequests returns the number of requests for the pool's key set, under any of its
// names, including failures and refusals.
func (p *Pool) KeySetRequests() int {
	defer p.lock()()
	return p.requests
}
