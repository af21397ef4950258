package gateway_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito/cognitotest"
)

func TestForgedTokensAreLimited(t *testing.T) {
	t.Parallel()
	s := newStage(t, orders+"\nrate_limit: {forged_tokens: 2/1h}\n").run()
	s.awaitReady()
	forged := s.issuer.Pool().AccessToken(cognitotest.TamperedSignature())
	for n, want := range []string{"signature_invalid", "signature_invalid", "rate_limited", "rate_limited"} {
		status, header := s.ask("/orders/7", forged)
		if header.Get("X-Auth-Error") != want {
			t.Errorf("token %d: got %d, %v", n, status, header)
		}
		if want == "rate_limited" && (status != http.StatusForbidden || header.Get("Retry-After") == "" || header.Get("WWW-Authenticate") != "") {
			t.Errorf("token %d: got %d, %v", n, status, header)
		}
	}
	if status, _ := s.ask("/orders/7", s.issuer.Pool().AccessToken(cognitotest.Groups("staff"))); status != http.StatusNoContent {
		t.Errorf("a good token of the same address: got %d", status)
	}
	if _, metrics := s.ops("/metrics"); !strings.Contains(metrics, `poolguard_decisions_total{adapter="nginx",code="rate_limited",outcome="denied",rule="orders"} 2`) {
		t.Error("limited tokens are not counted")
	}
	if log := s.log.String(); strings.Count(log, `"client_address":"127.0.0.1"`) != 2 || !strings.Contains(log, "refused with signature_invalid") {
		t.Error("the log does not name the client")
	}
}

// A reload of other rules keeps the counts, and another limit begins new ones.
func TestCountsOfForgedTokensOutliveAReload(t *testing.T) {
	t.Parallel()
	const limit = "\nrate_limit: {forged_tokens: 1/1h}\n"
	s := newStage(t, orders+limit).run()
	s.awaitReady()
	code := func() string {
		_, header := s.ask("/orders/7", "forged")
		return header.Get("X-Auth-Error")
	}
	if got := code(); got != "token_malformed" {
		t.Errorf("the first one: %s", got)
	}
	for _, step := range []struct{ text, want string }{
		{orders + "  - {name: more, match: {path: /more}}" + limit, "rate_limited"},
		{orders + "\nrate_limit: {forged_tokens: 2/1h}\n", "token_malformed"},
		{orders, "token_malformed"},
	} {
		s.write(step.text)
		if err := s.gateway.Reload(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := code(); got != step.want {
			t.Errorf("after %s: got %s, want %s", step.text, got, step.want)
		}
	}
}
