package main

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"math/big"
	"runtime"
	"strings"
	"time"

	"github.com/poolguard/poolguard/bench/internal/tokens"
	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

const client = "web"

// A directory is what a service would look its tenants up in.
type directory struct {
	pools map[string]bool // by ID
	asked int
}

func (d *directory) resolve(_ context.Context, issuer string) (*cognito.UserPool, error) {
	d.asked++
	id := cognito.UserPoolID(issuer)
	if !d.pools[id] {
		return nil, nil
	}
	return &cognito.UserPool{ID: id, ClientIDs: []string{client}}, nil
}

// found returns an issuer with so many pools, and the directory that knows them.
func found(pools int) (*cognitotest.Issuer, []*cognitotest.Pool, *directory) {
	issuer := cognitotest.NewIssuer()
	all := make([]*cognitotest.Pool, pools)
	d := &directory{pools: map[string]bool{}}
	for n := range all {
		id := fmt.Sprintf("eu-west-1_T%08d", n)
		all[n] = issuer.AddPool(id, client)
		d.pools[id] = true
	}
	return issuer, all, d
}

// verifierOf returns a verifier that resolves all of its pools.
func verifierOf(issuer *cognitotest.Issuer, d *directory, cacheBytes, maxPools int) (*cognito.Verifier, error) {
	config := issuer.Config()
	config.UserPools, config.Resolve, config.CacheBytes = nil, d.resolve, cacheBytes
	config.ResolvePolicy.MaxPools = maxPools
	return cognito.New(config)
}

// A lane is one number of pools: its tokens, and what each took in every round.
type lane struct {
	pools     int
	issuer    *cognitotest.Issuer
	all       []*cognitotest.Pool
	directory *directory
	raws      []string
	checks    []check
	cold      *cognito.Verifier // without a cache
	warm      *cognito.Verifier // that has them all in its cache

	floorTimes, coldTimes, warmTimes []float64 // ns a token
	poolBytes                        float64   // of heap, for each pool
}

// A check is a token taken apart, for its signature alone to be checked.
type check struct {
	key       *rsa.PublicKey
	input     []byte
	signature []byte
}

func newLane(ctx context.Context, o options, pools int) (l *lane, err error) {
	l = &lane{pools: pools}
	l.issuer, l.all, l.directory = found(pools)
	l.raws = make([]string, o.tokens)
	keys := publicKeys(l.all)
	for n := range l.raws {
		l.raws[n] = tokens.Typical.Sign(l.all[n%pools], 1)[0]
		c, err := takeApart(l.raws[n], keys[n%pools])
		if err != nil {
			return nil, err
		}
		l.checks = append(l.checks, c)
	}
	if l.cold, err = verifierOf(l.issuer, l.directory, -1, pools); err != nil {
		return nil, err
	}
	// One token of each pool has it resolved and its keys fetched.
	before := liveHeap()
	for _, raw := range l.raws[:pools] {
		if _, err := l.cold.VerifyAccessToken(ctx, raw); err != nil {
			return nil, err
		}
	}
	l.poolBytes = float64(liveHeap()-before) / float64(pools)
	if l.warm, err = verifierOf(l.issuer, l.directory, 1<<30, pools); err != nil {
		return nil, err
	}
	for _, raw := range l.raws {
		if _, err := l.warm.VerifyAccessToken(ctx, raw); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// publicKeys returns the key of each pool in memory of its own, as a verifier has it:
// a key that was just used is nearer to the processor than one of ten thousand.
func publicKeys(pools []*cognitotest.Pool) []*rsa.PublicKey {
	keys := make([]*rsa.PublicKey, len(pools))
	for n, p := range pools {
		shared := p.AccessKey().Private().PublicKey
		keys[n] = &rsa.PublicKey{N: new(big.Int).Set(shared.N), E: shared.E}
	}
	return keys
}

func takeApart(raw string, key *rsa.PublicKey) (check, error) {
	end := strings.LastIndexByte(raw, '.')
	signature, err := encoding.DecodeString(raw[end+1:])
	return check{key, []byte(raw[:end]), signature}, err
}

func (c check) run() error {
	sum := sha256.Sum256(c.input)
	return rsa.VerifyPKCS1v15(c.key, crypto.SHA256, sum[:], c.signature)
}

// turn verifies a round's share of the tokens in each of the three ways.
func (l *lane) turn(ctx context.Context, round, rounds int) error {
	from, to := round*len(l.raws)/rounds, (round+1)*len(l.raws)/rounds
	verify := func(v *cognito.Verifier) (float64, error) {
		return timed(from, to, func(n int) error { _, err := v.VerifyAccessToken(ctx, l.raws[n]); return err })
	}
	floor, err := timed(from, to, func(n int) error { return l.checks[n].run() })
	if err != nil {
		return err
	}
	cold, err := verify(l.cold)
	if err != nil {
		return err
	}
	warm, err := verify(l.warm)
	if err != nil {
		return err
	}
	l.floorTimes, l.coldTimes, l.warmTimes = append(l.floorTimes, floor), append(l.coldTimes, cold), append(l.warmTimes, warm)
	return nil
}

// timed returns how many nanoseconds each call took on average.
func timed(from, to int, do func(n int) error) (float64, error) {
	start := time.Now()
	for n := from; n < to; n++ {
		if err := do(n); err != nil {
			return 0, err
		}
	}
	return float64(time.Since(start).Nanoseconds()) / float64(to-from), nil
}

func liveHeap() int64 {
	runtime.GC()
	runtime.GC() // what the first made free
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc) //nolint:gosec // no heap has 2^63 bytes
}
