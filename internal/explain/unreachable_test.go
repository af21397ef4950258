package explain_test

import (
	"crypto/x509"
	"errors"
	"fmt"
	"syscall"
	"testing"

	"github.com/poolguard/poolguard/internal/explain"
)

func TestServerThatDoesNotAnswer(t *testing.T) {
	refused := fmt.Errorf("dial tcp: %w", syscall.ECONNREFUSED)
	const (
		network = "Check the network, and set HTTPS_PROXY where a proxy is needed."
		trust   = "Set SSL_CERT_FILE to the certificate of that authority, a PEM file; on macOS and Windows, add it to the certificates that the system trusts. " +
			"For the local user pool it is the file of --tls-ca-out."
		start = "Is it running? This starts the local user pool there:\n  poolguard userpool serve"
	)
	for name, test := range map[string]struct {
		cause  error
		server string
		want   string
	}{
		"AWS":                          {refused, "", network},
		"AWS, by URL":                  {errors.New("its host is unknown to DNS"), "https://auth.example.com", network},
		"AWS answers":                  {errors.New("the answer has status 500"), "", ""},
		"a proxy's authority":          {fmt.Errorf("get: %w", x509.UnknownAuthorityError{}), "", trust},
		"its text":                     {errors.New("its certificate is of an unknown authority"), "https://auth.example.com", trust},
		"local, authority":             {x509.UnknownAuthorityError{}, "https://127.0.0.1:9229", trust},
		"local, not running":           {refused, "http://127.0.0.1:9229/us-east-1_Local0001", start},
		"local, text of Windows":       {errors.New("the target machine actively refused it"), "http://127.0.0.1:9229", start},
		"local, another port":          {refused, "http://127.0.0.1:9000", start + " --listen 127.0.0.1:9000"},
		"local, https":                 {refused, "https://localhost:9229", start + " --listen localhost:9229 --tls"},
		"local, running and not ready": {errors.New("the answer has status 503"), "http://127.0.0.1:9229", ""},
		"local, no answer in time":     {errors.New("it did not answer in time"), "http://[::1]:9229", ""},
		"no cause":                     {nil, "", network},
	} {
		if got := explain.Unreachable(test.cause, test.server); got != test.want {
			t.Errorf("%s:\ngot  %q\nwant %q", name, got, test.want)
		}
	}
}
