package cognito_test

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

// TestAbsenceThatIsOutOfDate: one 403 of the updated issuer, while the original one is
// slow, must not outweigh the key set that the updated one gave meanwhile.
func TestAbsenceThatIsOutOfDate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		issuer := cognitotest.NewIssuer()
		issuer.Pool().SwitchIssuer()
		var asked atomic.Int32
		inProcess := issuer.Client().Transport
		verifier := newVerifier(t, issuer, func(c *cognito.Config) {
			c.Clock, c.Now = nil, issuer.Clock().Now
			c.HTTPClient = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
				switch {
				case !strings.HasPrefix(r.URL.Host, "issuer-"):
					time.Sleep(4 * time.Second)
				case asked.Add(1) == 1:
					return &http.Response{StatusCode: http.StatusForbidden, Body: http.NoBody, Header: http.Header{}, Request: r}, nil
				}
				return inProcess.RoundTrip(r)
			})}
		})
		var all sync.WaitGroup
		all.Go(func() { _, _ = verifier.VerifyAccessToken(t.Context(), issuer.Pool().AccessToken()) })
		time.Sleep(2 * time.Second)
		if _, err := verifier.VerifyAccessToken(t.Context(), issuer.Pool().AccessToken()); err != nil {
			t.Fatalf("two seconds later: %v", err)
		}
		all.Wait()
		for range 5 {
			if _, err := verifier.VerifyAccessToken(t.Context(), issuer.Pool().AccessToken()); err != nil {
				t.Errorf("refused although the key is held: %v", err)
			}
			time.Sleep(time.Minute)
		}
	})
}
