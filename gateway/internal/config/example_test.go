package config_test

import (
	"fmt"

	"github.com/poolguard/poolguard/gateway/internal/config"
	"github.com/poolguard/poolguard/internal/yamlfile"
)

// Parse reports all faults at once, each with its place: an unknown key, and a path that
// package authz rejects.
func ExampleParse() {
	_, err := config.Parse("poolguard.yaml", []byte(`user_pools:
  - {id: us-east-1_AbCdEfGhI, client_ids: [web]}
rules:
  - math: {path: /orders/**}
  - match: {path: orders/**}
`), yamlfile.Lookup{})
	fmt.Println(err)
	// Output:
	// poolguard.yaml:4:5: rules[0].math: unknown key; did you mean match?
	// poolguard.yaml:5:19: rules[1].match.path: "orders/**" does not begin with a slash
}
