package httpclient_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito/internal/httpclient"
)

func TestRedirectsAreNotFollowed(t *testing.T) {
	var seen []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.URL.Path+" "+r.Header.Get("Cookie"))
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"}) //nolint:gosec // a cookie of a test
		http.Redirect(w, r, "/elsewhere", http.StatusFound)
	}))
	defer server.Close()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	own := http.Client{Transport: httpclient.NewTransport(), Jar: jar}
	client := httpclient.WithoutRedirects(own)
	for range 2 {
		response, err := client.Get(server.URL + "/")
		if err != nil {
			t.Fatal(err)
		}
		if _ = response.Body.Close(); response.StatusCode != http.StatusFound {
			t.Errorf("status %d, want the redirect itself", response.StatusCode)
		}
	}
	if got := strings.Join(seen, ", "); got != "/ , / " {
		t.Errorf("requests %q, want two without a cookie", got)
	}
	if own.CheckRedirect != nil || own.Jar == nil {
		t.Error("the caller's client was changed")
	}
}

func TestLongHeadersAreRefused(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Long", strings.Repeat("x", 100<<10))
	}))
	defer server.Close()
	client := http.Client{Transport: httpclient.NewTransport()}
	response, err := client.Get(server.URL)
	if err == nil {
		_ = response.Body.Close()
		t.Error("an answer with a header of 100 KiB is accepted")
	}
}
