package revocation_test

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/revocation"
)

// TestNoIdleConnectionIsKept to a peer with HTTP/1: package net/http logs what it sends there,
// which may be the token.
func TestNoIdleConnectionIsKept(t *testing.T) {
	t.Parallel()
	var connections atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", jsonType)
		fmt.Fprint(w, goodInfo.body)
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	issuer := cognitotest.NewIssuer()
	online, err := revocation.NewOnline(revocation.OnlineConfig{UserPools: []revocation.OnlineUserPool{{ID: cognitotest.PoolID, Domain: server.URL}}})
	must(t, err)
	verifier := newVerifier(t, issuer, online.Revoked)
	for range 3 {
		wantCode(t, verifier, issuer.Pool().AccessToken(cognitotest.Scopes(openID)), "")
	}
	if n := connections.Load(); n != 3 {
		t.Errorf("%d connections for 3 requests", n)
	}
}
