package main

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/poolguard/poolguard/bench/internal/peers"
	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/keyset"
)

const keySetPath = "/.well-known/jwks.json"

// ServeHTTP answers as the address of the key set of the issuer in the query does: an
// issuer of the vectors is no address of this machine.
func (q *question) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q.serve(w, r.URL.Query().Get("issuer"))
}

func (q *question) serve(w http.ResponseWriter, issuer string) {
	a, ok := q.answers[issuer]
	if !ok {
		a.status = http.StatusNotFound
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // whoever went away does not need it
}

// RoundTrip answers in process for the issuers' own addresses.
func (q *question) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	q.serve(w, strings.TrimSuffix(r.URL.String(), keySetPath))
	response := w.Result()
	response.Request = r
	return response, nil
}

// askPoolguard returns why Poolguard refuses the token of the question.
func askPoolguard(ctx context.Context, q *question) error {
	config := cognito.Config{
		HTTPClient: &http.Client{Transport: q}, MaxTokenBytes: q.config.MaxTokenBytes,
		Clock: stoppedClock{q.config.Now}, Logger: slog.New(slog.DiscardHandler),
	}
	for _, pool := range q.config.UserPools {
		up := cognito.UserPool{ID: pool.ID, ClientIDs: pool.ClientIDs, Audiences: pool.Audiences}
		if len(pool.KeySets) == 1 { // with two they are Amazon's, which the ID stands for
			up.Issuer = slices.Collect(maps.Keys(pool.KeySets))[0]
		}
		config.UserPools = append(config.UserPools, up)
	}
	verifier, err := cognito.New(config)
	if err != nil {
		return err
	}
	switch q.config.TokenUse {
	case "access":
		_, err = verifier.VerifyAccessToken(ctx, q.token)
	case "id":
		_, err = verifier.VerifyIDToken(ctx, q.token)
	default:
		_, err = verifier.VerifyEither(ctx, q.token)
	}
	return err
}

// A stoppedClock stands still.
type stoppedClock struct{ now time.Time }

var _ keyset.Clock = stoppedClock{}

func (c stoppedClock) Now() time.Time { return c.now }

func (stoppedClock) AfterFunc(time.Duration, func()) (stop func() bool) {
	return func() bool { return true }
}

// askPeer returns why the peer refuses the token of the question. keySets is the address of
// a server that answers as the question does.
func askPeer(ctx context.Context, peer peers.Peer, q *question, keySets string) error {
	var last error
	for _, pool := range q.variants(keySets) {
		if last = tryPeer(ctx, peer, pool, q.token); last == nil {
			return nil
		}
	}
	return last
}

// tryPeer takes a panic for a refusal: a server would answer that request with an error.
func tryPeer(ctx context.Context, peer peers.Peer, pool peers.Pool, raw string) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("panic: %v", fault)
		}
	}()
	verify, err := peer.New(ctx, pool)
	if err != nil {
		return err
	}
	return verify(ctx, raw)
}

// variants are the combinations of what the question's config allows.
func (q *question) variants(keySets string) []peers.Pool {
	uses := []string{q.config.TokenUse}
	if q.config.TokenUse == "any" {
		uses = []string{"access", "id"}
	}
	var all []peers.Pool
	for _, pool := range q.config.UserPools {
		for _, issuer := range slices.Sorted(maps.Keys(pool.KeySets)) {
			for _, client := range pool.ClientIDs {
				for _, use := range uses {
					all = append(all, peers.Pool{
						Issuer: issuer, ClientID: client, TokenUse: use,
						JWKS: q.answers[issuer].body, JWKSURL: keySets + "?issuer=" + url.QueryEscape(issuer),
						Now: func() time.Time { return q.config.Now },
					})
				}
			}
		}
	}
	return all
}
