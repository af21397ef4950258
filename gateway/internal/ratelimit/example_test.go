package ratelimit_test

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/gateway/internal/authz"
	"github.com/poolguard/poolguard/gateway/internal/ratelimit"
)

// Of three forged tokens of one client, the third is over the limit.
func Example() {
	limiter, err := ratelimit.New(2, time.Minute)
	if err != nil {
		fmt.Println(err)
		return
	}
	forged := rules(func(context.Context, *authz.Request) authz.Decision {
		return authz.Decision{Err: cognito.NewError(cognito.ErrSignatureInvalid, "the signature does not hold")}
	})
	guard := limiter.Guard(forged)
	for range 3 {
		d := guard.Decide(context.Background(), &authz.Request{Client: netip.MustParseAddr("198.51.100.7")})
		fmt.Println(string(d.Code()))
	}
	// Output:
	// signature_invalid
	// signature_invalid
	// rate_limited
}
