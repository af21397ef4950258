package poolserve_test

import (
	"fmt"

	"github.com/poolguard/poolguard/internal/poolserve"
	"github.com/poolguard/poolguard/userpool"
)

func Example() {
	fmt.Println(poolserve.Summary([]userpool.Pool{userpool.DefaultPool()}))
	// Output: 1 user pool, 2 clients, 2 users
}
