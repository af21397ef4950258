package inputlines_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/poolguard/poolguard/internal/inputlines"
)

func Example() {
	for line, err := range inputlines.Read(context.Background(), strings.NewReader("one\n\n  two  \n")) {
		fmt.Printf("%q %v\n", line.Text, err)
	}
	// Output:
	// "one" <nil>
	// "two" <nil>
}
