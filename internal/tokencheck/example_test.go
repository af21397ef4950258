package tokencheck_test

import (
	"context"
	"fmt"
	"time"

	"github.com/poolguard/poolguard/internal/inputlines"
	"github.com/poolguard/poolguard/internal/tokencheck"
)

func Example() {
	checker, err := tokencheck.New(tokencheck.Policy{UserPoolIDs: []string{"us-east-1_AbCdEfGhI"}, ClientIDs: []string{"web"}}, time.Now)
	if err != nil {
		panic(err)
	}
	outcome := checker.Check(context.Background(), inputlines.Line{Text: "not.a.token"})
	fmt.Println(string(outcome.Refusal.Code()), outcome.Unavailable())
	// Output: token_malformed false
}
