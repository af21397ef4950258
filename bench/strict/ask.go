package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"

	"github.com/poolguard/poolguard/bench/internal/nodejs"
	"github.com/poolguard/poolguard/bench/internal/peers"
)

// verdicts says of each verifier which questions it answered, and which token it accepted.
type verdicts struct {
	verifiers []string
	leftOut   string                     // which, and why
	accepted  map[string]map[string]bool // by verifier and case
}

const poolguard = "poolguard"

func ask(ctx context.Context, questions []question, o options, stderr io.Writer) (*verdicts, error) {
	v := &verdicts{accepted: map[string]map[string]bool{}}
	node, err := nodejs.Start(ctx, o.node, stderr)
	switch {
	case err == nil:
		defer node.Close()
	case errors.Is(err, nodejs.ErrMissing) && !o.ci:
		v.leftOut = err.Error()
	default:
		return nil, err
	}
	var current atomic.Pointer[question]
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { current.Load().ServeHTTP(w, r) }))
	defer server.Close()

	for n := range questions {
		q := &questions[n]
		current.Store(q)
		v.note(poolguard, q, askPoolguard(ctx, q) == nil)
		if node != nil {
			if err := v.askNode(node, q); err != nil {
				return nil, err
			}
		}
		// golang-jwt-map is the same parser with another type for the claims.
		for _, peer := range peers.All() {
			if peer.Name != "golang-jwt-map" {
				v.note(peer.Name, q, askPeer(ctx, peer, q, server.URL) == nil)
			}
		}
	}
	return v, nil
}

func (v *verdicts) askNode(node *nodejs.Process, q *question) error {
	request := nodejs.Question{TokenUse: q.config.TokenUse, Now: q.config.Now.Unix(), Token: []byte(q.token)}
	for _, pool := range q.config.UserPools {
		asked := nodejs.QuestionPool{ID: pool.ID, ClientIDs: pool.ClientIDs, KeySets: map[string]nodejs.KeySetAnswer{}}
		for issuer := range pool.KeySets {
			asked.KeySets[issuer] = nodejs.KeySetAnswer{Status: q.answers[issuer].status, Body: q.answers[issuer].body}
		}
		request.Pools = append(request.Pools, asked)
	}
	said, err := node.Judge(request)
	if err != nil {
		return err
	}
	for _, name := range []string{"aws-jwt-verify", "jose-npm"} {
		if accepted, asked := said[name]; asked {
			v.note(name, q, accepted)
		}
	}
	return nil
}

func (v *verdicts) note(verifier string, q *question, accepted bool) {
	if v.accepted[verifier] == nil {
		v.accepted[verifier] = map[string]bool{}
	}
	if !slices.Contains(v.verifiers, verifier) {
		v.verifiers = append(v.verifiers, verifier)
	}
	v.accepted[verifier][q.id] = accepted
}
