package authserver

import (
	"strings"
	"testing"
)

// https://docs.aws.amazon.com/cognito/latest/developerguide/authorization-endpoint.html
func TestResourceIndicators(t *testing.T) {
	t.Parallel()
	for resource, want := range map[string]bool{
		"https://api.example.com":                  true,
		"https://api.example.com/orders?a=b":       true,
		"http://localhost:3000/mcp":                true,
		"myapp:orders":                             true,
		"http://127.0.0.1:3000":                    false,
		"http://api.example.com":                   false,
		"https:///orders":                          false,
		"https://api.example.com:65536":            false,
		"https://api.example.com/#a":               false,
		"api.example.com":                          false,
		"https://a.b/" + strings.Repeat("x", 1024): false,
	} {
		if got := goodResource(resource); got != want {
			t.Errorf("%.40q: got %t, want %t", resource, got, want)
		}
	}
}
