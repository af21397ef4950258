package oauth_test

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito/oauth"
)

// TestNoIdleConnectionIsKept to a peer with HTTP/1: package net/http logs what it sends there,
// which may be a token or the client secret.
func TestNoIdleConnectionIsKept(t *testing.T) {
	t.Parallel()
	var connections atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"access_token":"one","token_type":"Bearer","expires_in":3600}`)
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	now := time.Now()
	app := oauth.App{Domain: server.URL, ClientID: "machine", ClientSecret: "secret", Now: func() time.Time { return now }}
	source, err := oauth.NewClientCredentialsSource(oauth.ClientCredentialsConfig{App: app, Scopes: []string{"orders/read"}})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := source.TokenContext(t.Context()); err != nil {
			t.Fatal(err)
		}
		now = now.Add(2 * time.Hour)
	}
	if n := connections.Load(); n != 3 {
		t.Errorf("%d connections for 3 requests", n)
	}
}
