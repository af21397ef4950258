package main

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/poolguard/poolguard/bench/internal/nodejs"
	"github.com/poolguard/poolguard/bench/internal/peers"
)

// The names of those that the figures are compared with.
const (
	floor     = "floor"
	poolguard = "poolguard"
)

// A contender verifies tokens.
type contender struct {
	name string
	// run does the work and returns how long it took for all of it. A token that was
	// refused is an error.
	run func(ctx context.Context, work nodejs.Work) (time.Duration, error)
	// verify is the same for one token, nil for a verifier of another process.
	verify peers.Verify
}

// addGo sets up the contenders that are written in Go.
func (s *stage) addGo(ctx context.Context) error {
	s.contenders = append(s.contenders, &contender{name: floor, run: s.runFloor})
	s.addVerify(poolguard, s.verify)
	pool := peers.Pool{
		Issuer: s.pool.Issuer(), ClientID: s.pool.ClientID(), TokenUse: "access", Now: time.Now,
		JWKS: s.pool.JWKS(), JWKSURL: s.server.URL + "/" + s.pool.ID() + "/.well-known/jwks.json",
	}
	for _, peer := range peers.All() {
		verify, err := peer.New(ctx, pool)
		if err != nil {
			return fmt.Errorf("%s: %w", peer.Name, err)
		}
		s.addVerify(peer.Name, verify)
	}
	return nil
}

func (s *stage) addVerify(name string, verify peers.Verify) {
	run := func(ctx context.Context, work nodejs.Work) (time.Duration, error) {
		set := s.sets[work.Set][work.From:work.To]
		start := time.Now()
		for range work.Times {
			for _, raw := range set {
				if err := verify(ctx, raw); err != nil {
					return 0, &nodejs.RefusedError{Reason: err.Error()}
				}
			}
		}
		return time.Since(start), nil
	}
	s.contenders = append(s.contenders, &contender{name: name, run: run, verify: verify})
}

// runFloor checks signatures alone. Decoding and hashing come before, without the time.
func (s *stage) runFloor(_ context.Context, work nodejs.Work) (time.Duration, error) {
	check, err := s.signatures(s.sets[work.Set][work.From:work.To])
	if err != nil {
		return 0, err
	}
	start := time.Now()
	for range work.Times {
		if err := check(); err != nil {
			return 0, err
		}
	}
	return time.Since(start), nil
}

// signatures returns a function that checks the signature of each token once.
func (s *stage) signatures(set []string) (check func() error, err error) {
	key := &s.pool.AccessKey().Private().PublicKey
	digests, signatures := make([][32]byte, len(set)), make([][]byte, len(set))
	for n, raw := range set {
		last := strings.LastIndexByte(raw, '.')
		signature, err := base64.RawURLEncoding.DecodeString(raw[last+1:])
		if err != nil {
			return nil, err
		}
		digests[n], signatures[n] = sha256.Sum256([]byte(raw[:last])), signature
	}
	return func() error {
		for n := range set {
			if err := rsa.VerifyPKCS1v15(key, crypto.SHA256, digests[n][:], signatures[n]); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

// addNode sets up the contenders from npm. The error is [nodejs.ErrMissing] where there
// is no node to run them.
func (s *stage) addNode(ctx context.Context) error {
	node, err := nodejs.Start(ctx, s.options.node, s.stderr)
	if err != nil {
		return err
	}
	s.node = node
	files, err := s.writeSets()
	if err != nil {
		return err
	}
	versions, err := node.Setup(nodejs.Pool{
		ID: s.pool.ID(), Issuer: s.pool.Issuer(), ClientID: s.pool.ClientID(), TokenUse: "access",
		JWKS: s.pool.JWKS(), KeyID: s.pool.AccessKey().ID(),
	}, files)
	if err != nil {
		return err
	}
	maps.Copy(s.versions, versions)
	for _, name := range nodejs.Verifiers() {
		s.contenders = append(s.contenders, &contender{name: name, run: func(_ context.Context, work nodejs.Work) (time.Duration, error) {
			return node.Run(name, work)
		}})
	}
	return nil
}

// known are what a contender accepts however it is asked. Users could add a check to it;
// they do not know that they must.
var known = map[string]string{"aws-jwt-verify": "without exp"}

// tryRefusals has every contender refuse what it must.
func (s *stage) tryRefusals(ctx context.Context) error {
	for _, c := range s.contenders {
		if c.name == floor {
			continue
		}
		for n, what := range s.bad {
			_, err := c.run(ctx, nodejs.Work{Set: setBad, From: n, To: n + 1, Times: 1})
			if err == nil && known[c.name] != what {
				return fmt.Errorf("%s accepts a token %s: it is not set up for the same checks", c.name, what)
			}
			if refused := new(nodejs.RefusedError); err != nil && !errors.As(err, &refused) {
				return err
			}
		}
	}
	return nil
}

// goVersions returns the versions of Go and of the modules that are measured.
func goVersions() map[string]string {
	versions := map[string]string{"Go": strings.TrimPrefix(runtime.Version(), "go")}
	measured := []string{
		"github.com/coreos/go-oidc/v3", "github.com/go-jose/go-jose/v4", "github.com/golang-jwt/jwt/v5",
		"github.com/hashicorp/cap", "github.com/lestrrat-go/jwx/v3",
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, module := range info.Deps {
			if slices.Contains(measured, module.Path) {
				versions[strings.TrimPrefix(module.Path, "github.com/")] = module.Version
			}
		}
	}
	return versions
}
