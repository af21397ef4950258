package cognitotest

import (
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/poolguard/poolguard/cognito"
)

// Values of a new [Issuer] and of its tokens.
const (
	PoolID   = "us-east-1_Test00001"                  // the first user pool
	ClientID = "test-client"                          // the default app client of a pool
	Subject  = "5f7a2c9e-0b1d-4e38-9a66-3c1f0d8b7e24" // sub of users' tokens
	Username = "anaya"                                // their username
)

// An Issuer stands in for Amazon Cognito: it holds user pools and answers for their
// key sets. Make one for each test with [NewIssuer]; tests can then run in
// parallel. The zero Issuer is one that NewIssuer made, too. It is safe for concurrent
// use.
//
// No function of this package takes a testing.TB or panics. Misuse shows in the results that a
// test checks anyway. With an invalid user pool ID cognito.New returns an error. A claim
// that is not JSON makes a text that is not a token and says why. The zero value of another type
// is documented there. So examples and programs can use an Issuer too. A panic in a function that
// the test passes, such as that of [SignedWith], is the test's own. So is that of a nil pointer
// to one of the types: no function of this package returns one.
type Issuer struct {
	mu      sync.Mutex // guards all below and what the pools say it guards
	clock   *Clock     // nil: nothing was used yet; it does not change after that
	pools   []*Pool
	byID    map[string]*Pool
	signers []*Signer    // load balancers and instances of Verified Access
	address string       // see SetAddress
	used    [numKeys]int // how often each private key was given to a pool
}

// NewIssuer returns an issuer with one user pool, [PoolID], which has one app client,
// [ClientID]. Its clock starts with the current time.
func NewIssuer() *Issuer { return &Issuer{} }

// lock locks mu, and makes the clock and the first pool before anything else is done.
func (i *Issuer) lock() {
	i.mu.Lock()
	if i.clock == nil {
		i.clock, i.byID = newClock(), map[string]*Pool{}
		i.add(PoolID, []string{ClientID})
	}
}

// AddPool adds a user pool. The default app client is [ClientID]. The pool's tokens are
// for the first client unless an option names another one. The keys of up to three pools
// are all different. Further pools may have the same keys under other names.
func (i *Issuer) AddPool(id string, clientIDs ...string) *Pool {
	if len(clientIDs) == 0 {
		clientIDs = []string{ClientID}
	}
	i.lock()
	defer i.mu.Unlock()
	return i.add(id, clientIDs)
}

// add is AddPool. The caller holds mu.
func (i *Issuer) add(id string, clientIDs []string) *Pool {
	p := &Pool{issuer: i, id: id, clientIDs: slices.Clone(clientIDs)}
	i.pools = append(i.pools, p)
	if i.byID[id] == nil { // of two pools with one ID, which cognito.New refuses, the first answers
		i.byID[id] = p
	}
	p.rotate()
	return p
}

// Pool returns the first user pool, which [NewIssuer] made.
func (i *Issuer) Pool() *Pool {
	i.lock()
	defer i.mu.Unlock()
	return i.pools[0]
}

// Clock returns the issuer's clock.
func (i *Issuer) Clock() *Clock {
	i.lock()
	defer i.mu.Unlock()
	return i.clock
}

// Config returns the configuration of a verifier that trusts the current user pools, each
// with its app clients. The verifier gets the keys from this issuer, in process, and uses
// its clock. It logs nothing. Change the fields that the test is about and pass the
// configuration to cognito.New.
func (i *Issuer) Config() cognito.Config {
	i.lock()
	defer i.mu.Unlock()
	config := cognito.Config{Clock: i.clock, Logger: slog.New(slog.DiscardHandler)}
	for _, p := range i.pools {
		up := cognito.UserPool{ID: p.id, ClientIDs: slices.Clone(p.clientIDs)}
		if i.address != "" {
			up.Issuer = i.address + "/" + p.id
		}
		config.UserPools = append(config.UserPools, up)
	}
	if i.address == "" {
		config.HTTPClient = i.Client()
	}
	return config
}

// Client returns an HTTP client. [Issuer.Handler] answers all its requests in process,
// whatever their address is.
func (i *Issuer) Client() *http.Client { return &http.Client{Transport: transport{i.Handler()}} }

// SetAddress sets the address of the server that serves [Issuer.Handler], such as the URL
// of an httptest.Server. The issuer of each user pool is then that address, a slash and the
// pool's ID, and not one of Amazon's. [Issuer.Config] then sets the pools' Issuer and
// leaves the HTTP client to the test. Call it before making tokens.
func (i *Issuer) SetAddress(url string) {
	i.lock()
	defer i.mu.Unlock()
	i.address = strings.TrimSuffix(url, "/")
}

// pick returns the private key that is used least often, and if possible none of those to
// avoid. The caller holds mu.
func (i *Issuer) pick(avoid ...*Key) int {
	best := -1
	for n := range stranger {
		taken := slices.ContainsFunc(avoid, func(k *Key) bool { return k.number == n })
		if !taken && (best < 0 || i.used[n] < i.used[best]) {
			best = n
		}
	}
	best = max(best, 0)
	i.used[best]++
	return best
}
