package issuer

import (
	"context"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/random"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// Config is what an [Issuer] works with. All fields but Rotation are mandatory.
type Config struct {
	Store  store.Store
	Now    func() time.Time
	Random *random.Source
	// URL returns a pool's issuer.
	URL      func(poolID string) string
	Rotation Rotation
}

// Issuer makes and reads the tokens of all pools of a server. It is safe for
// concurrent use.
type Issuer struct {
	cfg Config

	// making has an element for each pair of keys that is made at this moment. Making keys
	// takes processors for a fraction of a second, and callers can make any number of pools.
	making  chan struct{}
	newPair func(now time.Time) (keyPair, error)

	mu        sync.Mutex // guards the fields below
	rings     map[string]*ring
	preparing int // the rings that Prepare began and that have no keys yet
}

// New returns an issuer. Keys are read or made when they are first needed, or at
// [Issuer.Prepare].
func New(cfg Config) *Issuer {
	// A pair takes two processors.
	return &Issuer{
		cfg: cfg, making: make(chan struct{}, max(1, runtime.GOMAXPROCS(0)/2)), newPair: newKeyPair, rings: map[string]*ring{},
	}
}

// Tokens are what one request gets. Refresh tokens are no concern of the issuer's.
type Tokens struct {
	ID     string // "" where no ID token is due
	Access string
}

// scopeOpenID is what an ID token needs where OAuth is spoken.
const scopeOpenID = "openid"

// SignIn issues the tokens of a sign-in: an access token and, where withID, an ID
// token. It waits for the pool's first keys while ctx lasts.
func (i *Issuer) SignIn(ctx context.Context, s Subject, withID bool) (Tokens, error) {
	keys, err := i.signing(ctx, s.Pool.ID)
	if err != nil {
		return Tokens{}, err
	}
	now := i.cfg.Now()
	var tokens Tokens
	if tokens.Access, err = keys.access.sign(i.accessClaims(&s, now)); err != nil {
		return Tokens{}, err
	}
	if withID {
		c := i.idClaims(&s, now)
		if s.AccessTokenHash {
			c["at_hash"] = accessTokenHash(tokens.Access)
		}
		if tokens.ID, err = keys.id.sign(c); err != nil {
			return Tokens{}, err
		}
	}
	return tokens, nil
}

// Machine issues an access token that stands for client itself. resource, unless
// "", is its `aud`.
func (i *Issuer) Machine(ctx context.Context, client directory.Client, scopes []string, resource string) (string, error) {
	keys, err := i.signing(ctx, client.PoolID)
	if err != nil {
		return "", err
	}
	c := i.baseClaims(client.PoolID, "access", i.cfg.Now(), client.AccessValidity)
	c["sub"] = client.ID
	c["client_id"] = client.ID
	c["scope"] = strings.Join(scopes, " ")
	c["version"] = 2
	if resource != "" {
		c["aud"] = resource
	}
	c.add(client.Claims.Access)
	return keys.access.sign(c)
}

// WantsID reports whether an OAuth request for those scopes gets an ID token.
func WantsID(scopes []string) bool { return slices.Contains(scopes, scopeOpenID) }
