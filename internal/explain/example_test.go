package explain_test

import (
	"fmt"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/internal/explain"
)

// A program shows the general advice, and after it what its own user can do.
func ExampleAdvice() {
	fmt.Println(explain.Advice(cognito.ErrClientMismatch, explain.Facts{
		Step: func(cognito.Code) string { return "Add the app client under clients in the configuration." },
	}))
	// Output: Accept tokens only from app clients that you know. Add the app client under clients in the configuration.
}
