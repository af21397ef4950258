package snippets_test

import (
	"fmt"
	"strings"

	"github.com/poolguard/poolguard/gateway/internal/snippets"
)

func Example() {
	text, err := snippets.Render("nginx", snippets.Options{Service: "127.0.0.1:3000"})
	if err != nil {
		fmt.Println(err)
		return
	}
	first, _, _ := strings.Cut(text, "\n")
	fmt.Println(first)
	// Output: # Tested with nginx 1.22.
}
