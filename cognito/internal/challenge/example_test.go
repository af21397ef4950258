package challenge_test

import (
	"fmt"

	"github.com/poolguard/poolguard/cognito/internal/challenge"
)

func Example() {
	fmt.Println(challenge.Bearer([]string{`Bearer realm="x", error="invalid_token"`})["error"])
	// Output: invalid_token
}
