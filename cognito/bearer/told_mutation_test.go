package bearer_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/bearer"
)

// TestSenderIsToldWhatIsWrong: two mistakes that are easily made are named in the
// answer.
func TestSenderIsToldWhatIsWrong(t *testing.T) {
	for _, test := range []struct{ target, header, told string }{
		{"/?access_token=a.b.c", "", "query are not accepted"},
		{"/", "", "send a token"},
		{"/", "Bearer", "no token after"},
		{"/", "Bearer   ", "no token after"},
		{"/", "Bearer a b", "not one token"},
	} {
		r := httptest.NewRequest(http.MethodGet, test.target, http.NoBody)
		if test.header != "" {
			r.Header.Set("Authorization", test.header)
		}
		_, err := bearer.Credential(r)
		var typed *cognito.Error
		if !errors.As(err, &typed) || !strings.Contains(typed.Message(), test.told) {
			t.Errorf("%s with %q: %v, want %q in it", test.target, test.header, err, test.told)
		}
	}
}
