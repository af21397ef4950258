package login_test

import (
	"fmt"

	"github.com/poolguard/poolguard/internal/terminalauth/login"
)

func Example() {
	options := login.Options{Local: true, Machine: true, NoBrowser: true, Timeout: "5m", Storage: "auto", Given: map[string]string{"pool": "us-east-1_AbCdEfGhI"}}
	_, err := options.Check()
	fmt.Println(err)
	fmt.Println(login.LocalProfile(false, "http://127.0.0.1:9229").Issuer)
	// Output:
	// --local selects its own user pool: remove --pool, or remove --local
	// --machine uses no browser: remove --no-browser and --again
	// http://127.0.0.1:9229/us-east-1_Local0001
}
