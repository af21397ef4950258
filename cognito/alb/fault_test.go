package alb

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestFaultOfRequireIsLogged: Require cannot return a fault. The operator finds it in the log, and
// the sender of a request does not see it.
func TestFaultOfRequireIsLogged(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	handler := middleware(MiddlewareConfig{Logger: slog.New(slog.NewTextHandler(&log, nil))})(http.NotFoundHandler())
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/", http.NoBody))
	const fault = "MiddlewareConfig.Verifier is nil"
	if answer.Code != http.StatusForbidden || strings.Contains(answer.Body.String(), fault) {
		t.Errorf("status %d, body %s", answer.Code, answer.Body)
	}
	if !strings.Contains(log.String(), fault) {
		t.Errorf("%q is not in the log: %s", fault, &log)
	}
}
