package browser_test

import (
	"context"
	"fmt"

	"github.com/poolguard/poolguard/internal/terminalauth/browser"
)

// Without $BROWSER and without a display there is no browser to open.
func Example() {
	err := browser.Open(context.Background(), func(name string) string {
		return map[string]string{"BROWSER": ":"}[name]
	}, "https://auth.example.com/oauth2/authorize")
	fmt.Println(err)
	// Output: no browser was found
}
