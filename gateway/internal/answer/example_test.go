package answer_test

import (
	"fmt"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/gateway/internal/answer"
	"github.com/poolguard/poolguard/gateway/internal/authz"
)

func Example() {
	denial := answer.Of(&authz.Decision{Err: cognito.NewError(cognito.ErrTokenMissing, "send a token")})
	fmt.Printf("%d %s", denial.Status(), denial.Body())
	// Output: 401 {"error":{"code":"token_missing","message":"send a token"}}
}
