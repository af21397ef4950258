package yamlfile_test

import (
	"fmt"
	"time"

	"github.com/poolguard/poolguard/internal/yamlfile"
)

// A schema lists the keys, and the fields that they are read into. All faults are
// reported at once, those of the schema's own check with the places of the values.
func ExampleSchema() {
	type server struct {
		Listen  string
		Timeout time.Duration
	}
	schema := yamlfile.Schema[server]{
		Fields: []yamlfile.Field[server]{
			yamlfile.Text("listen", "Listen", func(s *server) *string { return &s.Listen }),
			yamlfile.Duration("timeout", "Timeout", func(s *server) *time.Duration { return &s.Timeout }),
		},
		Check: func(s *server) []yamlfile.FieldFault {
			if s.Timeout < time.Second {
				return []yamlfile.FieldFault{{Field: "Timeout", Reason: fmt.Sprintf("got %v, want 1s or more", s.Timeout)}}
			}
			return nil
		},
	}
	_, err := schema.Parse("server.yaml", []byte("listn: 127.0.0.1:80\ntimeout: 10ms\n"), yamlfile.Lookup{})
	fmt.Println(err)
	// Output:
	// server.yaml:1:1: listn: unknown key; did you mean listen?
	// server.yaml:2:10: timeout: got 10ms, want 1s or more
}
