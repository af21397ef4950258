package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

// crowd is what came of more pools than are kept.
type crowd struct {
	kept      int     // how many may be
	poolBytes float64 // of heap, for each that may be kept
}

// measureCrowd has the lane's tokens verified by a verifier that keeps fewer pools than
// there are.
func measureCrowd(ctx context.Context, l *lane, kept int) (crowd, error) {
	verifier, err := verifierOf(l.issuer, l.directory, -1, kept)
	if err != nil {
		return crowd{}, err
	}
	before := liveHeap()
	for _, raw := range l.raws {
		if _, err := verifier.VerifyAccessToken(ctx, raw); err != nil {
			return crowd{}, err
		}
	}
	grown := liveHeap() - before
	runtime.KeepAlive(verifier)
	return crowd{kept, float64(grown) / float64(kept)}, nil
}

// flood is what came of made-up issuers.
type flood struct {
	strangers int
	asked     int     // how often Resolve was
	fetches   int     // of key sets; one is too many
	heapMB    float64 // grown
}

// measureFlood sends tokens of issuers that were made up, each of another one. They have
// no signature: nothing looks at that before the issuer is known to be trusted.
func measureFlood(ctx context.Context, strangers int) (flood, error) {
	issuer, all, d := found(1)
	verifier, err := verifierOf(issuer, d, 0, 0)
	if err != nil {
		return flood{}, err
	}
	const word = "eu-west-1_Stranger0" // as long as the numbers that stand in for it
	pattern := all[0].AccessToken(cognitotest.Claim("iss", "https://cognito-idp.eu-west-1.amazonaws.com/"+word))
	before := liveHeap()
	for n := range strangers {
		raw, err := renamed(pattern, word, fmt.Sprintf("eu-west-1_S%08d", n))
		if err != nil {
			return flood{}, err
		}
		if _, err := verifier.VerifyAccessToken(ctx, raw); !errors.Is(err, cognito.ErrIssuerMismatch) {
			return flood{}, fmt.Errorf("the token of an issuer that was made up: %w", err)
		}
	}
	f := flood{strangers: strangers, asked: d.asked, heapMB: float64(liveHeap()-before) / (1 << 20)}
	for _, p := range all {
		f.fetches += p.KeySetRequests()
	}
	runtime.KeepAlive(verifier)
	return f, nil
}

// renamed puts another word of the same length into the payload.
func renamed(raw, word, other string) (string, error) {
	parts := strings.Split(raw, ".")
	payload, err := encoding.DecodeString(parts[1])
	if err != nil || len(word) != len(other) || strings.Count(string(payload), word) != 1 {
		return "", fmt.Errorf("no token to rename: %w", err)
	}
	parts[1] = encoding.EncodeToString([]byte(strings.Replace(string(payload), word, other, 1)))
	return strings.Join(parts, "."), nil
}
