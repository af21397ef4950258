package cases_test

import (
	"errors"
	"testing"

	"github.com/poolguard/poolguard/gateway/internal/cases"
	"github.com/poolguard/poolguard/internal/yamlfile"
)

// Reading any file ends without a panic, and a file without a fault has cases.
func FuzzParse(f *testing.F) {
	f.Add([]byte("cases: [{request: {url: \"https://a/b\"}, token: {claims: {a: [1, null]}}, expect: {code: \"\"}}]"))
	f.Add([]byte("cases: [{name: a}, {token: }]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		all, err := cases.Parse("f", text)
		var found *yamlfile.Error
		if (err == nil) == (len(all) == 0) || err != nil && !errors.As(err, &found) {
			t.Errorf("got %v, %v", all, err)
		}
	})
}
