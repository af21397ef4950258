package terminal_test

import (
	"fmt"
	"os"

	"github.com/poolguard/poolguard/internal/terminal"
)

// A report has the same width in a pipe as on a usual terminal. A message is one line
// in a pipe.
func Example() {
	style := terminal.Detect(os.Stdout, func(string) string { return "" })

	page := terminal.NewPage(style)
	page.Line(style.Escape("anaya\x1b[2J"))
	page.Entry(2, 11, style.Faint("tokens"), "in "+terminal.Unbroken("/home/anaya/My Files/tokens/default.json")+", encrypted with a key of the system's key ring", terminal.Plain)
	page.Advice(2, "Sign in again.")
	page.Paste("poolguard login")
	fmt.Print(page)

	fmt.Print(style.Message("poolguard whoami: ", "not signed in"))

	// Output:
	// anaya\x1b[2J
	//   tokens     in /home/anaya/My Files/tokens/default.json, encrypted with a key
	//              of the system's key ring
	//   -> Sign in again.
	//   poolguard login
	// poolguard whoami: not signed in
}
