package cognito_test

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/alb"
	"github.com/poolguard/poolguard/cognito/keyset"
	"github.com/poolguard/poolguard/cognito/oauth"
	"github.com/poolguard/poolguard/cognito/revocation"
)

// TestEveryConstructorAcceptsTheSameAddresses gives each field that takes an address
// the cases of package internal/address.
func TestEveryConstructorAcceptsTheSameAddresses(t *testing.T) {
	fields := map[string]func(address string) error{
		"Config.UserPools[0].Issuer": func(address string) error {
			return errorOf(cognito.New(cognito.Config{UserPools: []cognito.UserPool{{ID: poolID, Issuer: address}}}))
		},
		"RemoteConfig.URL": func(address string) error { return errorOf(keyset.NewRemote(keyset.RemoteConfig{URL: address})) },
		"Config.App.Domain": func(address string) error {
			return errorOf(oauth.New(oauth.Config{App: oauth.App{Domain: address}}))
		},
		"Config.KeyAddress": func(address string) error {
			return errorOf(alb.New(alb.Config{Options: alb.Options{KeyAddress: address}}))
		},
		"OnlineConfig.UserPools[0].Endpoint": func(address string) error {
			return errorOf(revocation.NewOnline(revocation.OnlineConfig{UserPools: []revocation.OnlineUserPool{{ID: poolID, GetUser: true, Endpoint: address}}}))
		},
	}
	text, err := os.ReadFile("internal/address/testdata/addresses.json")
	if err != nil {
		t.Fatal(err)
	}
	var table struct {
		URLs []struct {
			URL             string
			HTTPSOrLoopback bool `json:"https_or_loopback"`
			Origin          string
		}
	}
	if err := json.Unmarshal(text, &table); err != nil || len(table.URLs) == 0 {
		t.Fatalf("%d URLs, %v", len(table.URLs), err)
	}
	for _, c := range table.URLs {
		if c.URL == "" || (c.HTTPSOrLoopback && c.Origin == "") {
			continue // "" may be a default, and a path is not for every field
		}
		for field, construct := range fields {
			if accepted := !hasFault(construct(c.URL), field); accepted != c.HTTPSOrLoopback {
				t.Errorf("%s: %q: accepted: %t, want %t", field, c.URL, accepted, c.HTTPSOrLoopback)
			}
		}
	}
}

func hasFault(err error, field string) bool {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return false
	}
	for _, each := range joined.Unwrap() {
		var fault *cognito.ConfigError
		if errors.As(each, &fault) && strings.HasPrefix(fault.Field, field) {
			return true
		}
	}
	return false
}
