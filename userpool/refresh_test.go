package userpool_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/poolguard/poolguard/userpool"
)

func refreshForm(token string, pairs ...string) url.Values {
	return with(url.Values{
		"grant_type": {"refresh_token"}, "client_id": {"local-client"}, "refresh_token": {token},
	}, pairs...)
}

func rotating(grace time.Duration) func(*userpool.Config) {
	return func(cfg *userpool.Config) {
		cfg.Pools[0].Clients[0].AuthFlows = nil
		cfg.Pools[0].Clients[0].RefreshRotation = userpool.RefreshRotation{Enabled: true, Grace: grace}
	}
}

func TestRefreshKeepsTheSignIn(t *testing.T) {
	t.Parallel()
	f := serve(t)
	first := f.signedIn(t)
	f.SetClockOffset(2 * time.Hour)
	second := f.token(t, refreshForm(first.Refresh))
	if second.status != http.StatusOK || second.Refresh != "" {
		t.Fatalf("%d %s", second.status, second.raw)
	}
	keys := keySet(t, f.Server)
	later := float64(start.Add(2 * time.Hour).Unix())
	for _, pair := range [][2]string{{first.Access, second.Access}, {first.ID, second.ID}} {
		_, before := verify(t, keys, pair[0])
		_, after := verify(t, keys, pair[1])
		if before["jti"] == after["jti"] {
			t.Error("a refreshed token has the old jti")
		}
		if before["token_use"] == "id" {
			if _, ok := after["nonce"]; ok {
				t.Error("a refreshed ID token has a nonce")
			}
			if after["at_hash"] == before["at_hash"] || after["at_hash"] == nil {
				t.Errorf("at_hash %v", after["at_hash"])
			}
			delete(before, "nonce")
		}
		want := merge(before, map[string]any{"jti": after["jti"], "iat": later, "exp": later + 3600})
		if _, ok := want["at_hash"]; ok {
			want["at_hash"] = after["at_hash"]
		}
		if diff := cmp.Diff(want, after); diff != "" {
			t.Errorf("%s token (-want +got):\n%s", before["token_use"], diff)
		}
	}
	if again := f.token(t, refreshForm(first.Refresh)); again.status != http.StatusOK {
		t.Errorf("without rotation, again: %d %s", again.status, again.raw)
	}
}

func TestRefreshScope(t *testing.T) {
	t.Parallel()
	f := serve(t)
	first := f.signedIn(t)
	narrow := f.token(t, refreshForm(first.Refresh, "scope", "email"))
	_, claims := verify(t, keySet(t, f.Server), narrow.Access)
	if claims["scope"] != "email" || narrow.ID != "" {
		t.Errorf("scope %q, ID token %t", claims["scope"], narrow.ID != "")
	}
	if wide := f.token(t, refreshForm(first.Refresh, "scope", "email profile")); wide.Error != "invalid_scope" {
		t.Errorf("a wider scope: %d %s", wide.status, wide.raw)
	}
	if full := f.token(t, refreshForm(first.Refresh)); full.ID == "" {
		t.Error("a narrow refresh narrowed the sign-in")
	}
}

func TestRefreshRefused(t *testing.T) {
	t.Parallel()
	f := serve(t, func(cfg *userpool.Config) {
		other := cfg.Pools[0].Clients[0]
		other.ID = "other-client"
		cfg.Pools[0].Clients = append(cfg.Pools[0].Clients, other)
	})
	answer := f.signedIn(t)
	if got := f.token(t, refreshForm(answer.Refresh, "client_id", "other-client")); got.Error != "invalid_grant" {
		t.Errorf("another client: %d %s", got.status, got.raw)
	}
	if got := f.token(t, refreshForm(answer.Refresh+"x")); got.Error != "invalid_grant" {
		t.Errorf("changed: %d %s", got.status, got.raw)
	}
	f.SetClockOffset(30*24*time.Hour - time.Second)
	if got := f.token(t, refreshForm(answer.Refresh)); got.status != http.StatusOK {
		t.Errorf("on the last second: %d %s", got.status, got.raw)
	}
	f.SetClockOffset(30 * 24 * time.Hour)
	if got := f.token(t, refreshForm(answer.Refresh)); got.Error != "invalid_grant" {
		t.Errorf("expired: %d %s", got.status, got.raw)
	}
}

func TestRefreshRotation(t *testing.T) {
	t.Parallel()
	f := serve(t, rotating(10*time.Second))
	first := f.signedIn(t)
	second := f.token(t, refreshForm(first.Refresh))
	if second.Refresh == "" || second.Refresh == first.Refresh {
		t.Fatalf("rotation returned %d %s", second.status, second.raw)
	}
	f.SetClockOffset(9 * time.Second)
	if got := f.token(t, refreshForm(first.Refresh)); got.status != http.StatusOK || got.Refresh == "" {
		t.Errorf("within the grace period: %d %s", got.status, got.raw)
	}
	// The use within the grace period did not prolong it.
	f.SetClockOffset(10 * time.Second)
	if got := f.token(t, refreshForm(first.Refresh)); got.Error != "invalid_grant" {
		t.Errorf("after the grace period: %d %s", got.status, got.raw)
	}
	third := f.token(t, refreshForm(second.Refresh))
	if third.status != http.StatusOK {
		t.Errorf("the new token: %d %s", third.status, third.raw)
	}
	// The new one keeps what is left of the old one's life.
	f.SetClockOffset(30 * 24 * time.Hour)
	if got := f.token(t, refreshForm(third.Refresh)); got.Error != "invalid_grant" {
		t.Errorf("after 30 days: %d %s", got.status, got.raw)
	}
}

func TestRotationRace(t *testing.T) {
	t.Parallel()
	f := serve(t, rotating(0))
	if won := race(t, f, refreshForm(f.signedIn(t).Refresh)); len(won) != 1 {
		t.Errorf("%d of 8 requests used one refresh token", len(won))
	}
}
