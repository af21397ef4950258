package suggest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/internal/suggest"
)

func TestSimilarNamesAreFound(t *testing.T) {
	t.Parallel()
	names := []string{"port", "issuer", "user_pools", "id", "clients", "callback_urls", "resource_servers", "client_id"}
	for typed, want := range map[string][]string{
		"isuer":                     {"issuer"},
		"ISSUER":                    {"issuer"},
		"userPools":                 {"user_pools"},
		"client":                    {"clients"},
		"client-ids":                {"client_id"},
		"pool":                      nil,                  // "port" has half of its letters
		"pools":                     {"user_pools"},       // the end of a name
		"resource":                  {"resource_servers"}, // its beginning
		"pool_clients":              {"clients"},          // ends in a name
		"idx":                       {"id"},
		"xy":                        nil, // two letters of two
		"i":                         nil,
		"":                          nil,
		"__":                        nil,
		"something_else":            nil,
		strings.Repeat("issuer", 7): nil,
	} {
		if got := suggest.Similar(typed, names); !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", typed, got, want)
		}
	}
}

func TestLessSimilarNamesAreLeftOut(t *testing.T) {
	t.Parallel()
	if got := suggest.Similar("tokens", []string{"tokxn", "token", "tokenss"}); !slices.Equal(got, []string{"token", "tokenss"}) {
		t.Errorf("got %q", got)
	}
}

func ExampleSimilar() {
	fmt.Println(suggest.Similar("verfy", []string{"inspect", "login", "verify"}))
	// Output: [verify]
}
