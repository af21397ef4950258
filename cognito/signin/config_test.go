package signin_test

import (
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito/oauth"
	"github.com/poolguard/poolguard/cognito/signin"
)

// TestFaultsOfTheConfiguration: all are reported at once. Default and example keys are
// refused (CVE-2026-55171).
func TestFaultsOfTheConfiguration(t *testing.T) {
	w := newWorld(t)
	for _, test := range []struct {
		field  string
		change func(*signin.Config)
	}{
		{"Keys", func(c *signin.Config) { c.Keys = nil }},
		{"Keys[0]", func(c *signin.Config) { c.Keys = []oauth.Secret{"pgk1_" + oauth.Secret(strings.Repeat("A", 43))} }},
		{"Verifier", func(c *signin.Config) { c.Verifier = nil }},
		{"Apps", func(c *signin.Config) { c.Apps = nil }},
		{"Idle", func(c *signin.Config) { c.Idle = time.Second }},
		{"Absolute", func(c *signin.Config) { c.Absolute = time.Hour }},
		{"CookieDomain", func(c *signin.Config) { c.CookieDomain = "example.org" }},
		{"CookieDomain", func(c *signin.Config) { c.CookieDomain = "com" }},
		{"Apps[0].ExternalURL", func(c *signin.Config) { c.Apps[0].ExternalURL = "http://app.example.com" }},
		{"Apps[0].Hosts[0]", func(c *signin.Config) { c.Apps[0].Hosts = []string{"https://x"} }},
		{"Apps[0].Hosts", func(c *signin.Config) { c.Apps[0].Hosts = []string{"app.example.com:443"} }},
		{"Apps[0].ReturnToHosts[0]", func(c *signin.Config) { c.Apps[0].ReturnToHosts = []string{"a@b"} }},
		{"Apps[0].SignOutURL", func(c *signin.Config) { c.Apps[0].SignOutURL = "javascript:x" }},
		{"Apps[0].Parameters", func(c *signin.Config) { c.Apps[0].Parameters = map[string]string{"scope": "x"} }},
		{"Apps[0].AllowParameters[0]", func(c *signin.Config) { c.Apps[0].AllowParameters = []string{"redirect_uri"} }},
		{"Apps[0].UserPoolID", func(c *signin.Config) { c.Apps[0].UserPoolID = "" }},
	} {
		config := w.config
		config.Apps = append([]signin.App{}, w.config.Apps...)
		test.change(&config)
		_, err := signin.New(config)
		if err == nil || !strings.Contains(err.Error(), "Config."+test.field+" ") || strings.Contains(err.Error(), "AAAA") {
			t.Errorf("%s: %v", test.field, err)
		}
	}
}
