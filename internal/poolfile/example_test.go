package poolfile_test

import (
	"fmt"

	"github.com/poolguard/poolguard/internal/poolfile"
	"github.com/poolguard/poolguard/internal/yamlfile"
)

// Parse reports all faults at once, each with its place: an unknown key, and a value that
// package userpool rejects.
func ExampleParse() {
	_, err := poolfile.Parse("userpool.yaml", []byte(`user_pools:
  - id: us-east-1_Local0001
    clients:
      - id: web
        flow: [code]
        callback_urls:
          - http://example.com/callback
`), yamlfile.Lookup{})
	fmt.Println(err)
	// Output:
	// userpool.yaml:5:9: user_pools[0].clients[0].flow: unknown key; did you mean flows?
	// userpool.yaml:7:13: user_pools[0].clients[0].callback_urls[0]: "http://example.com/callback": plain http is for localhost, 127.0.0.1 and [::1] only
}
