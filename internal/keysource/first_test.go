package keysource_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/internal/keysource"
)

func TestUserPoolHasTheAddressesOfBothIssuers(t *testing.T) {
	got := keysource.Named("eu-west-1_AbCdEfGhI")
	want := []string{
		"https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI/.well-known/jwks.json",
		"https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI/.well-known/jwks.json",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	for _, name := range []string{"./eu-west-1_AbCdEfGhI", "jwks.json", "https://a.example/jwks.json"} {
		if got := keysource.Named(name); !slices.Equal(got, []string{name}) {
			t.Errorf("%s: got %q", name, got)
		}
	}
}

func TestFirstAvailableKeySetIsRead(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/gone" {
			http.Error(w, "gone", http.StatusGone)
			return
		}
		_, _ = w.Write([]byte(`{"keys":[]}`))
	}))
	defer server.Close()
	found, err := keysource.First(t.Context(), []string{server.URL + "/gone", server.URL + "/there", server.URL + "/gone"})
	if err != nil || string(found.JWKS) != `{"keys":[]}` || found.Source != server.URL+"/there" || found.Skipped == nil {
		t.Errorf("got %+v, %v", found, err)
	}
	found, err = keysource.First(t.Context(), []string{server.URL + "/there"})
	if err != nil || found.Skipped != nil {
		t.Errorf("got %+v, %v", found, err)
	}
	_, err = keysource.First(t.Context(), []string{server.URL + "/gone", server.URL + "/gone?2"})
	if err == nil || strings.Count(err.Error(), "/gone") != 2 {
		t.Errorf("got %v", err)
	}
}
