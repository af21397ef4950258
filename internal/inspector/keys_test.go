package inspector

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito/keyset"
)

func TestKeySetFrom(t *testing.T) {
	t.Parallel()
	type contextKey struct{}
	ctx := context.WithValue(t.Context(), contextKey{}, "kept")
	for name, tc := range map[string]struct {
		answer func(w http.ResponseWriter)
		want   string // in the error; "" is that there is none
	}{
		"plain":       {func(w http.ResponseWriter) { _, _ = w.Write([]byte("{}")) }, ""},
		"nothing":     {func(http.ResponseWriter) {}, ""},
		"in parts":    {func(w http.ResponseWriter) { _, _ = w.Write([]byte("{")); _, _ = w.Write([]byte("}")) }, ""},
		"early hints": {func(w http.ResponseWriter) { w.WriteHeader(http.StatusEarlyHints); _, _ = w.Write([]byte("{}")) }, ""},
		"not found":   {func(w http.ResponseWriter) { w.WriteHeader(http.StatusNotFound); _, _ = w.Write([]byte("{}")) }, "/p/keys answered with status 404"},
		"redirect":    {func(w http.ResponseWriter) { w.Header().Set("Location", "/"); w.WriteHeader(http.StatusFound) }, "status 302"},
		"too large":   {func(w http.ResponseWriter) { _, _ = w.Write([]byte(strings.Repeat(" ", keyset.MaxBytes+1))) }, "more than 1048576 bytes"},
	} {
		text, err := KeySetFrom(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method != http.MethodGet || r.URL.Path != "/p/keys" || r.RequestURI != "/p/keys" || r.Context().Value(contextKey{}) != "kept" {
				t.Errorf("%s: asked %s %s", name, r.Method, r.URL)
			}
			tc.answer(w)
		}), "/p/keys")(ctx)
		switch {
		case tc.want == "" && (err != nil || len(text) > 2):
			t.Errorf("%s: %q, %v", name, text, err)
		case tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want) || text != nil):
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
	if _, err := KeySetFrom(http.NotFoundHandler(), "\x00")(ctx); err == nil {
		t.Error("a path that is none was asked for")
	}
}
