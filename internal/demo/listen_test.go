package demo_test

import (
	"strings"
	"testing"

	"github.com/poolguard/poolguard/internal/demo"
)

// TestAddressesOfTheDemoAreOnThisMachine, and that of the API is one of a callback URL.
func TestAddressesOfTheDemoAreOnThisMachine(t *testing.T) {
	const here, callback = "for this machine only", "no other callback URL"
	for where, want := range map[string][2]string{
		"127.0.0.1:0": {}, "[::1]:9229": {}, "localhost:9229": {}, "no port": {}, "": {},
		"127.0.0.2:0":       {"", callback},
		"0.0.0.0:0":         {here, callback},
		"192.0.2.1:9229":    {here, callback},
		"[::]:0":            {here, callback},
		":9229":             {here, here},
		"pool.example:9229": {here, here},
	} {
		for n, check := range []func(string) error{demo.CheckPoolAddress, demo.CheckAPIAddress} {
			err := check(where)
			if want[n] == "" && err != nil || want[n] != "" && (err == nil || !strings.Contains(err.Error(), want[n])) {
				t.Errorf("%q, %d: got %v, want %q", where, n, err, want[n])
			}
		}
	}
}
