package bearer

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
)

func TestEveryCodeHasAnAnswer(t *testing.T) {
	codes := cognito.Codes()
	for _, code := range codes {
		a, ok := answers[code]
		if !ok {
			t.Errorf("%q has no answer", string(code))
		}
		for _, err := range []error{code, cognito.NewError(code, "m"), fmt.Errorf("wrapped: %w", cognito.NewError(code, "m"))} {
			if got := StatusCode(err); got != a.status {
				t.Errorf("%v: status %d, want %d", err, got, a.status)
			}
		}
		// "Bad token" and "could not find out" are told apart by status.
		if temporary := cognito.NewError(code, "").Temporary(); temporary != (a.status == http.StatusServiceUnavailable) {
			t.Errorf("%q: temporary %v, status %d", string(code), temporary, a.status)
		}
	}
	if len(answers) != len(codes) {
		t.Errorf("%d answers for %d codes", len(answers), len(codes))
	}
}

func TestForeignErrors(t *testing.T) {
	for _, err := range []error{nil, errors.New("secret"), (*cognito.Error)(nil), fmt.Errorf("%w", (*cognito.Error)(nil)), cognito.Code("")} {
		w := httptest.NewRecorder()
		WriteError(w, httptest.NewRequest(http.MethodGet, "/", nil), err, "")
		if got := w.Header().Get("Content-Length"); got != strconv.Itoa(w.Body.Len()) {
			t.Errorf("%v: the Content-Length is %s, the body has %d bytes", err, got, w.Body.Len())
		}
		if w.Code != http.StatusServiceUnavailable || StatusCode(err) != w.Code || strings.Contains(w.Body.String(), "secret") ||
			!strings.Contains(w.Body.String(), `"check_unavailable"`) || w.Header().Get("Retry-After") != "1" {
			t.Errorf("%v: %d %s", err, w.Code, w.Body)
		}
	}
	own := cognito.NewError("quota_used_up", "come back tomorrow")
	if StatusCode(own) != http.StatusForbidden || !strings.Contains(Challenge(own, ""), "come back tomorrow") {
		t.Errorf("an application's own code: %d %s", StatusCode(own), Challenge(own, ""))
	}
}

// challengeGrammar is RFC 9110 §11.6.1 with the values of RFC 6750 §3, written a
// second time.
var challengeGrammar = regexp.MustCompile(`^Bearer [a-z_]+="[\x20\x21\x23-\x5b\x5d-\x7e]*"(, [a-z_]+="[\x20\x21\x23-\x5b\x5d-\x7e]*")*$`)

func TestChallengeIsAlwaysWellFormed(t *testing.T) {
	for _, message := range []string{"", `say "it" \ again`, "a\r\nSet-Cookie: b", "é\xff…", strings.Repeat("\x00…", 1000)} {
		for _, realm := range []string{"", "ok realm", `"`, "\n", "é"} {
			got := Challenge(cognito.NewError(cognito.ErrTokenExpired, message), realm)
			if !challengeGrammar.MatchString(got) || len(got) > 500 {
				t.Errorf("message %q, realm %q: %q", message, realm, got)
			}
		}
	}
	if got, want := Challenge(cognito.ErrTokenMissing, "r"), `Bearer realm="r"`; got != want {
		t.Errorf("no token: %q, want %q", got, want)
	}
	if got := Challenge(cognito.ErrKeysUnavailable, "r"); got != "" {
		t.Errorf("keys unavailable: %q", got)
	}
}

func TestRetryAfterIsRoundedUp(t *testing.T) {
	for d, want := range map[time.Duration]int64{
		-time.Second: 1, 0: 1, 1: 1, time.Second: 1, time.Second + 1: 2, 5*time.Minute - 1: 300, 1<<63 - 1: 9223372037,
	} {
		if got := seconds(d); got != want {
			t.Errorf("%v: %d, want %d", d, got, want)
		}
	}
}

func TestHeadAndLeftoverHeaders(t *testing.T) {
	for method, hasBody := range map[string]bool{http.MethodGet: true, http.MethodHead: false} {
		w := httptest.NewRecorder()
		w.Header().Set("Etag", `"x"`)
		w.Header().Set("Content-Encoding", "gzip")
		WriteError(w, httptest.NewRequest(method, "/", nil), cognito.ErrTokenExpired, "")
		if (w.Body.Len() > 0) != hasBody || w.Header().Get("Etag") != "" || w.Header().Get("Content-Encoding") != "" {
			t.Errorf("%s: %q %v", method, w.Body, w.Header())
		}
	}
}
