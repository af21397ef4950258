package wording_test

import (
	"fmt"

	"github.com/poolguard/poolguard/internal/terminalauth/profile"
	"github.com/poolguard/poolguard/internal/terminalauth/selection"
	"github.com/poolguard/poolguard/internal/terminalauth/tokenstore"
	"github.com/poolguard/poolguard/internal/terminalauth/wording"
)

func Example() {
	file := &profile.File{Profiles: map[string]profile.Profile{"default": {}, "robot": {}}}
	failure := wording.FailureOf(tokenstore.ErrNone, selection.New("config.yaml", file, "robot"))
	fmt.Println(failure.Kind == wording.Refused)
	// Output: true
}
