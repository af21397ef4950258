package keygen_test

import (
	"fmt"
	"strings"

	"github.com/poolguard/poolguard/gateway/internal/keygen"
)

func ExampleMake() {
	key, err := keygen.Make("session")
	fmt.Println(strings.HasPrefix(string(key), keygen.SessionPrefix), err)
	// Output: true <nil>
}
