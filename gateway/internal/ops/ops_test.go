package ops_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/gateway/internal/authz"
	"github.com/poolguard/poolguard/gateway/internal/ops"
)

func TestDecisionsBeyondTheSampleAreCountedOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var text bytes.Buffer
		log := ops.NewDecisionLog(slog.New(slog.NewTextHandler(&text, nil)), 3, time.Second)
		allowed, denied := &authz.Decision{Allowed: true}, &authz.Decision{Err: cognito.NewError(cognito.ErrTokenExpired, "expired")}
		for range 10 {
			log.Log(context.Background(), "nginx", &authz.Request{}, allowed, time.Millisecond)
		}
		log.Log(context.Background(), "nginx", &authz.Request{}, denied, time.Millisecond)
		if n := strings.Count(text.String(), "msg=decision"); n != 4 {
			t.Errorf("%d decisions are logged:\n%s", n, &text)
		}
		if !strings.Contains(text.String(), "token_expired") {
			t.Error("allowed requests hide a denied one")
		}
		time.Sleep(time.Second)
		log.Log(context.Background(), "nginx", &authz.Request{}, allowed, time.Millisecond)
		if !strings.Contains(text.String(), `msg="decisions not logged" count=7 in=1s`) || strings.Count(text.String(), "msg=decision ") != 5 {
			t.Errorf("after the period:\n%s", &text)
		}
	})
}

func TestAnswersOfOps(t *testing.T) {
	t.Parallel()
	metrics, err := ops.NewMetrics()
	if err != nil {
		t.Fatal(err)
	}
	reason := "no keys"
	handler := ops.Handler(metrics, func() string { return reason })
	get := func(method, path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, path, http.NoBody))
		return w
	}
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 503, "/metrics": 200, "/": 404, "/other": 404} {
		if got := get(http.MethodGet, path); got.Code != want {
			t.Errorf("%s: got %d, want %d", path, got.Code, want)
		}
	}
	if got := get(http.MethodPost, "/healthz"); got.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: got %d", got.Code)
	}
	if got := get(http.MethodGet, "/readyz").Body.String(); got != "no keys\n" {
		t.Errorf("got %q", got)
	}
	reason = ""
	if got := get(http.MethodGet, "/readyz"); got.Code != http.StatusOK {
		t.Errorf("got %d", got.Code)
	}
}

func TestOutcomesOfDecisions(t *testing.T) {
	t.Parallel()
	metrics, err := ops.NewMetrics()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []authz.Decision{
		{Allowed: true}, {Allowed: true, Err: cognito.NewError(cognito.ErrGroupMissing, "")},
		{Err: cognito.NewError(cognito.ErrTokenMissing, "")}, {Err: cognito.NewError(cognito.ErrKeysUnavailable, "")},
	} {
		d.Rule = "r"
		metrics.Decided("nginx", &d, time.Millisecond)
	}
	w := httptest.NewRecorder()
	ops.Handler(metrics, func() string { return "" }).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", http.NoBody))
	for _, want := range []string{
		`code="allowed",outcome="allowed"`, `code="group_missing",outcome="reported"`,
		`code="token_missing",outcome="denied"`, `code="keys_unavailable",outcome="unavailable"`,
	} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("there is no %s", want)
		}
	}
}

// A client chooses the method and the host, also of requests that are denied.
func TestTextsOfTheClientAreCutAndEscaped(t *testing.T) {
	var text bytes.Buffer
	log := ops.NewDecisionLog(slog.New(slog.NewTextHandler(&text, nil)), 10, time.Second)
	long := strings.Repeat("a", 20_000)
	denied := &authz.Decision{Err: cognito.NewError(cognito.ErrRequestInvalid, "no")}
	log.Log(t.Context(), "nginx", &authz.Request{Method: "GET\x1b[2J" + long, Host: "a\u202eb\n" + long}, denied, time.Millisecond)
	if got := text.String(); len(got) > 2000 || strings.ContainsAny(strings.TrimSuffix(got, "\n"), "\x1b\u202e\n") || !strings.Contains(got, `x1b[2J`) {
		t.Errorf("%d bytes: %.500q", len(got), got)
	}
}
