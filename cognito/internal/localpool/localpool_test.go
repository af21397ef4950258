package localpool_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito/internal/localpool"
)

func TestOnlyLettersAndDigitsFollowLocal(t *testing.T) {
	for _, id := range []string{"local_a", "local_5AZ09z", "local_" + strings.Repeat("a", 49)} {
		if !localpool.IsID(id) {
			t.Errorf("%q is not accepted", id)
		}
	}
	for _, id := range []string{
		"", "local", "local_", "Local_a", "locale_a", " local_a", "local_a_b", "local_a/b", "local_a.b", "local_a\n", "local_\u00e4", "local_/../x",
		"local_a:", "local_a@", "local_a[", "local_a`", "local_a{", "us-east-1_a", "local_" + strings.Repeat("a", 50),
	} {
		if localpool.IsID(id) {
			t.Errorf("%q is accepted", id)
		}
	}
}

func ExampleIsID() {
	fmt.Println(localpool.IsID("local_5aHxzLfB"), localpool.IsID("us-east-1_AbCdEfGhI"))
	// Output: true false
}
