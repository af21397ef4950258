package promcognito_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/observe/promcognito"
)

// A service with metrics at an address of its own.
func Example() {
	metrics, err := promcognito.New(promcognito.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(metrics)

	issuer := cognitotest.NewIssuer()
	config := issuer.Config() // a service lists its user pools instead
	config.Observer = metrics.Observer()
	verifier, err := cognito.New(config)
	if err != nil {
		fmt.Println(err)
		return
	}
	good := issuer.Pool().AccessToken()
	for _, raw := range []string{good, good, good, issuer.Pool().AccessToken(cognitotest.Expired())} {
		_, _ = verifier.VerifyAccessToken(context.Background(), raw)
	}

	server := httptest.NewServer(promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	defer server.Close()
	for line := range strings.Lines(get(server)) {
		if strings.HasPrefix(line, "cognito_verifications_total") && !strings.HasSuffix(line, " 0\n") {
			fmt.Print(line)
		}
	}
	// Output:
	// cognito_verifications_total{cached="false",code="accepted",token_use="access"} 1
	// cognito_verifications_total{cached="false",code="token_expired",token_use="access"} 1
	// cognito_verifications_total{cached="true",code="accepted",token_use="access"} 2
}

func get(server *httptest.Server) string {
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, server.URL, nil)
	if err != nil {
		return err.Error()
	}
	response, err := server.Client().Do(request)
	if err != nil {
		return err.Error()
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err.Error()
	}
	return string(body)
}
