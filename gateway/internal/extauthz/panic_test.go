package extauthz_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/gateway/internal/authz"
)

// A panicking decides by a panic whose value is a token.
type panicking struct{}

func (panicking) Decide(context.Context, *authz.Request) authz.Decision { panic("a.b.c") }

// A client that finds a fault of the code must neither end the process nor get past a filter
// with failure_mode_allow.
func TestPanicIsADenial(t *testing.T) {
	for _, unavailableIsError := range []bool{false, true} {
		w := newWorld(t)
		var values []any
		w.config.Decider, w.config.UnavailableIsError = panicking{}, unavailableIsError
		w.config.Panicked = func(_ context.Context, value any) { values = append(values, value) }
		client, _, _ := w.dial(t)
		for range 2 {
			response := check(t, client, rawCheck("GET", "api.example.com", "/orders/7"))
			if denied := response.GetDeniedResponse(); denied.GetStatus().GetCode() != 503 || response.GetStatus().GetMessage() != "check_unavailable" ||
				strings.Contains(response.String(), "a.b.c") {
				t.Errorf("gRPC: got %v", response)
			}
		}
		got := ask(t, w.config, "GET", "/ext-authz/orders/7")
		if got.Code != http.StatusTooManyRequests || got.Header().Get("X-Auth-Error") != "check_unavailable" || strings.Contains(got.Body.String(), "a.b.c") {
			t.Errorf("HTTP: got %d, %v, %s", got.Code, got.Header(), got.Body)
		}
		if len(values) != 3 {
			t.Errorf("got %d reports", len(values))
		}
	}
}
