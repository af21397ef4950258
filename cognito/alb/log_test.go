package alb_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/alb"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

// TestUnknownSignerIsLoggedAndNotAnswered: the operator of a new load balancer finds its ARN in the log.
// The sender learns nothing of it, and nothing of the configuration.
func TestUnknownSignerIsLoggedAndNotAnswered(t *testing.T) {
	pool := cognitotest.NewIssuer().Pool()
	verifier, err := alb.New(pool.LoadBalancer("web").Config())
	if err != nil {
		t.Fatal(err)
	}
	var logs bytes.Buffer
	protect, err := alb.Middleware(alb.MiddlewareConfig{Verifier: verifier, InsecureSkipAccessToken: true, Logger: slog.New(slog.NewTextHandler(&logs, nil))})
	if err != nil {
		t.Fatal(err)
	}
	handler := protect(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("let through") }))
	send := func(data string) string {
		r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
		r.Header.Set("X-Amzn-Oidc-Data", data)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code != http.StatusUnauthorized {
			t.Errorf("status %d", w.Code)
		}
		return w.Body.String() + fmt.Sprint(w.Header())
	}
	other := pool.LoadBalancer("a-name-of-thirty-two-characters1")
	for range 3 {
		answer := send(other.Data())
		for _, secret := range []string{other.ARN(), pool.LoadBalancer("web").ARN(), "arn:", "123456789012", pool.Issuer(), pool.ClientID()} {
			if strings.Contains(answer, secret) {
				t.Errorf("the answer names %s: %s", secret, answer)
			}
		}
	}
	if !strings.Contains(logs.String(), "level=INFO") || !strings.Contains(logs.String(), other.ARN()) || !strings.Contains(logs.String(), pool.LoadBalancer("web").ARN()) {
		t.Errorf("logged %s", &logs)
	}
	// Invented signers do not fill the log: one line a second for each code.
	for n := range 100 {
		send(other.Data(cognitotest.Header("signer", fmt.Sprintf("arn:%d\n%s", n, strings.Repeat("x", 4000)))))
	}
	if n := strings.Count(logs.String(), "\n"); n > 2 || logs.Len() > 4<<10 {
		t.Errorf("%d lines in %d bytes", n, logs.Len())
	}
	// The same for an issuer that is not configured.
	if _, err := verifier.Verify(t.Context(), pool.LoadBalancer("web").Data(cognitotest.Header("iss", "https://issuer.example"))); err == nil || !strings.Contains(err.Error(), "https://issuer.example") {
		t.Errorf("got %v", err)
	} else if typed, ok := errors.AsType[*cognito.Error](err); !ok || strings.Contains(typed.Message(), "issuer.example") {
		t.Errorf("the message has it: %v", typed)
	}
}
