package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/poolguard/poolguard/bench/internal/nodejs"
	"github.com/poolguard/poolguard/bench/internal/tokens"
	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

// A stage has all that is measured, and on what.
type stage struct {
	options  options
	stderr   io.Writer
	pool     *cognitotest.Pool
	server   *httptest.Server // has the key set
	verifier *cognito.Verifier
	scope    cognito.Requirement

	sets       map[string][]string
	bad        []string // what is wrong with each token of the set of that name
	contenders []*contender

	node     *nodejs.Process
	folder   string // of the sets as files, for node
	versions map[string]string
	leftOut  string // which contenders, and why
}

// Sets of tokens beside those of the shapes: what is seen first and then verified again
// and again, what allocations are counted with, what must be refused. The two of warm
// tokens have the same in other memory, as a token that comes with a request is: strings
// at one address are equal without a look at them.
const (
	setSeen   = "seen "
	setWarm   = "warm "
	setAllocs = "allocations"
	setBad    = "bad"
)

// warmTokens is how many tokens take turns where it is not one alone.
const warmTokens = 1000

func newStage(ctx context.Context, o options, stderr io.Writer) (*stage, error) {
	issuer := cognitotest.NewIssuer()
	config := issuer.Config()
	config.Clock = nil // the system's, as in production
	verifier, err := cognito.New(config)
	if err != nil {
		return nil, err
	}
	if err := verifier.WarmUp(ctx); err != nil {
		return nil, err
	}
	s := &stage{
		options: o, stderr: stderr, pool: issuer.Pool(),
		server:   httptest.NewServer(issuer.Handler()),
		verifier: verifier, scope: cognito.RequireScopes(tokens.Scope),
		versions: goVersions(),
	}
	s.sign()
	if err := s.addGo(ctx); err != nil {
		s.close()
		return nil, err
	}
	err = s.addNode(ctx)
	if errors.Is(err, nodejs.ErrMissing) && !o.ci {
		s.leftOut = err.Error()
		err = nil
	}
	if err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *stage) close() {
	s.server.Close()
	if s.node != nil {
		_ = s.node.Close() // it has answered all that it was asked
	}
	if s.folder != "" {
		_ = os.RemoveAll(s.folder)
	}
}

// shapeTokens is how many tokens there are of each shape but the typical one.
func (o options) shapeTokens() int { return max(o.tokens/10, o.rounds) }

func (s *stage) sign() {
	n := s.options.tokens + 3*s.options.shapeTokens() + warmTokens
	fmt.Fprintf(s.stderr, "verify: signing %d tokens, about a millisecond each on each core\n", n)
	start := time.Now()
	s.sets = map[string][]string{setAllocs: tokens.Typical.Sign(s.pool, allocRuns+1)}
	for _, shape := range tokens.Shapes() {
		fresh, again := s.options.shapeTokens(), 1
		if shape.Name == tokens.Typical.Name {
			fresh, again = s.options.tokens, min(warmTokens, s.options.tokens)
		}
		s.sets[shape.Name] = shape.Sign(s.pool, fresh)
		seen := shape.Sign(s.pool, again)
		s.sets[setSeen+shape.Name] = seen
		for _, raw := range seen {
			s.sets[setWarm+shape.Name] = append(s.sets[setWarm+shape.Name], strings.Clone(raw))
		}
	}
	bad := tokens.Bad(s.pool)
	for _, what := range slices.Sorted(maps.Keys(bad)) {
		s.bad = append(s.bad, what)
		s.sets[setBad] = append(s.sets[setBad], bad[what])
	}
	fmt.Fprintf(s.stderr, "verify: signed in %s\n", time.Since(start).Round(time.Second/10))
}

// writeSets gives node the tokens: a file for each set with a token a line.
func (s *stage) writeSets() (map[string]string, error) {
	var err error
	if s.folder, err = os.MkdirTemp("", "poolguard-bench-*"); err != nil {
		return nil, err
	}
	files := map[string]string{}
	for name, set := range s.sets {
		files[name] = filepath.Join(s.folder, strings.ReplaceAll(name, " ", "-"))
		if err := os.WriteFile(files[name], []byte(strings.Join(set, "\n")), 0o600); err != nil {
			return nil, err
		}
	}
	return files, nil
}
