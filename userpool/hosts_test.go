package userpool_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/poolguard/poolguard/userpool"
)

// A name that leads here by a stranger's DNS is not answered.
func TestHosts(t *testing.T) {
	t.Parallel()
	f := serve(t, func(cfg *userpool.Config) { cfg.PublicURL = "https://devbox.corp.dev:9229" })
	for host, want := range map[string]int{
		"127.0.0.1:9229": 200, "[::1]:9229": 200, "localhost": 200, "LOCALHOST.:1": 200, "userpool:9229": 200, "192.168.1.7": 200,
		"devbox.corp.dev": 200, "DevBox.Corp.Dev:80": 200, "host.docker.internal:9229": 200, "pool.test": 200, "example.com": 200,
		"cognito-idp.us-east-1.amazonaws.com": 200, "issuer-cognito-idp.eu-west-1.amazonaws.com": 200, "x.auth.us-east-1.amazoncognito.com": 200,
		"evil.com": 421, "corp.dev": 421, "a.devbox.corp.dev": 421, "127.0.0.1.nip.io": 421, "localhost.evil.com:9229": 421,
		"evil.com.": 421, "s3.amazonaws.com": 421, "notexample.com": 421,
	} {
		r := httptest.NewRequest(http.MethodGet, "/"+poolID+"/.well-known/openid-configuration", nil)
		r.Host = host
		response, _ := request(t, f.Server, r)
		if response.StatusCode != want {
			t.Errorf("%s: %d, want %d", host, response.StatusCode, want)
		}
	}
}
