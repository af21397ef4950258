package keyset_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito/keyset"
)

// TestSizeAndLengthOfAnswersAreExact: 1 MiB is accepted and one byte more is not; the
// body has the length that the answer says.
func TestSizeAndLengthOfAnswersAreExact(t *testing.T) {
	padded := func(length int) string { return setOne() + strings.Repeat(" ", length-len(setOne())) }
	for name, test := range map[string]struct {
		body   string
		length int64
		good   bool
	}{
		"1 MiB":                      {padded(keyset.MaxBytes), keyset.MaxBytes, true},
		"1 MiB and a byte":           {padded(keyset.MaxBytes + 1), keyset.MaxBytes + 1, false},
		"1 MiB and a byte, not said": {padded(keyset.MaxBytes + 1), -1, false},
		"no length":                  {setOne(), -1, true},
		"a length of 0":              {setOne(), 0, false},
		"a shorter length":           {setOne(), int64(len(setOne()) - 1), false},
	} {
		e := &endpoint{}
		e.set(func(request *http.Request) (*http.Response, error) {
			response, err := respond(200, test.body)(request)
			response.ContentLength = test.length
			return response, err
		})
		if err := remote(t, e).Load(t.Context()); (err == nil) != test.good {
			t.Errorf("%s: %v", name, err)
		}
	}
}
