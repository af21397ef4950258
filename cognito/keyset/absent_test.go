package keyset_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/poolguard/poolguard/cognito/keyset"
)

// TestAddressThatMayBeAbsentIsLoggedAtDebug: only for an answer of 403 or 404 while there
// was no set, and only where RemoteConfig.MayBeAbsent says so.
func TestAddressThatMayBeAbsentIsLoggedAtDebug(t *testing.T) {
	for name, test := range map[string]struct {
		mayBe  bool
		held   bool
		status int
		level  string
	}{
		"403":                          {true, false, 403, "DEBUG"},
		"404":                          {true, false, 404, "DEBUG"},
		"500":                          {true, false, 500, "WARN"},
		"404 after there was a set":    {true, true, 404, "WARN"},
		"404 where there must be one":  {false, false, 404, "WARN"},
		"500 where there must be one":  {false, false, 500, "WARN"},
		"404 where there was one once": {false, true, 404, "WARN"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e, log := &endpoint{}, &logBuffer{}
				source := remote(t, e, func(c *keyset.RemoteConfig) { c.MayBeAbsent, c.Logger = test.mayBe, log.logger() })
				if test.held {
					e.serve(setOne())
					mustKey(t, source, "one")
					time.Sleep(time.Minute)
				}
				e.set(respond(test.status, "no"))
				mustBeUnavailable(t, source, "two")
				synctest.Wait()
				if line := "level=" + test.level + ` msg="fetching the key set failed"`; !strings.Contains(log.String(), line) {
					t.Errorf("the log does not say %s:\n%s", line, log)
				}
			})
		})
	}
}
