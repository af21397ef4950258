package signin_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/poolguard/poolguard/cognito/signin"
)

// In these tests the clock of the issuer stands still while the bubble's time passes for
// locks and waiting.

// signedIn returns a browser whose tokens have d left, and the store behind it.
func signedIn(t *testing.T, left time.Duration) (*browser, *failingStore) {
	t.Helper()
	store := &failingStore{}
	w := newWorld(t, func(c *signin.Config) {
		store.Store = c.Store
		c.Store = store
	})
	w.rotate = true
	b := w.browser()
	b.signIn("/")
	w.issuer.Clock().Advance(time.Hour - left)
	return b, store
}

func (b *browser) wantRefreshes(n int) {
	b.Helper()
	if got := b.counted("refresh"); got != n {
		b.Errorf("%d refreshes at the user pool, want %d", got, n)
	}
}

func TestRefreshAheadOfExpiry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _ := signedIn(t, 4*time.Minute)
		b.want(b.get("/"), http.StatusOK)
		synctest.Wait()
		b.wantRefreshes(0)                          // 5 % of an hour are three minutes
		b.issuer.Clock().Advance(100 * time.Second) // jitter takes a fifth of them at most
		b.want(b.get("/"), http.StatusOK)           // with the tokens that hold
		synctest.Wait()
		b.wantRefreshes(1)
		b.want(b.get("/"), http.StatusOK)
		synctest.Wait()
		b.wantRefreshes(1)
		b.issuer.Clock().Advance(56 * time.Minute) // the old ones have expired
		b.want(b.get("/"), http.StatusOK)
		b.wantRefreshes(1)
	})
}

// TestRefreshOncePerSession: many requests at three replicas that share a store ask the user
// pool once, and the rotated token is not lost.
func TestRefreshOncePerSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, store := signedIn(t, -time.Minute)
		b.config.Store = slowStore{store}
		b.before = func(string) *http.Response { time.Sleep(300 * time.Millisecond); return nil }
		for round := 1; round <= 3; round++ {
			var all sync.WaitGroup
			for range 3 {
				replica := &browser{world: b.world, jar: b.jar, handler: application(b.newHandler())}
				for range 10 {
					all.Go(func() {
						if response := replica.get("/"); response.StatusCode != http.StatusOK {
							t.Errorf("status %d: %s", response.StatusCode, text(response))
						}
					})
				}
			}
			all.Wait()
			b.wantRefreshes(round)
			b.issuer.Clock().Advance(time.Hour)
		}
	})
}

func TestInvalidGrantEndsTheSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _ := signedIn(t, -time.Minute)
		b.refresh = "revoked at the pool"
		b.want(b.get("/"), http.StatusSeeOther)
		b.wantRefreshes(1)
		b.want(b.get("/"), http.StatusSeeOther)
		b.wantRefreshes(1)
	})
}

// TestInvalidGrantReadsAgain: another process, without the lock, has renewed the tokens.
func TestInvalidGrantReadsAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, store := signedIn(t, -time.Minute)
		store.lockless = true
		calls := 0
		b.before = func(string) *http.Response {
			if calls++; calls > 1 {
				return nil
			}
			// A second process renews the tokens meanwhile.
			other := &browser{world: b.world, jar: b.jar, handler: application(b.newHandler())}
			other.want(other.get("/"), http.StatusOK)
			return answer(400, map[string]any{"error": "invalid_grant"})
		}
		b.want(b.get("/"), http.StatusOK)
		b.wantRefreshes(2)
	})
}

// TestOutageSignsNobodyOut while the tokens hold, and ends no session after it.
func TestOutageSignsNobodyOut(t *testing.T) {
	for name, status := range map[string]int{"throttled": 429, "broken": 503} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, _ := signedIn(t, 30*time.Second)
				b.before = func(string) *http.Response { return answer(status, map[string]any{"error": "slow_down"}) }
				for range 20 {
					b.want(b.get("/"), http.StatusOK)
					synctest.Wait()
				}
				b.wantRefreshes(1) // not once for each request
				b.issuer.Clock().Advance(30 * time.Second)
				response := b.get("/")
				b.want(response, http.StatusServiceUnavailable)
				if page := text(response); response.Header.Get("Refresh") != "5" || response.Header.Get("Retry-After") == "" || !strings.Contains(page, "still signed in") {
					t.Error(response.Header, page)
				}
				response = b.get("/", "Accept", "application/json")
				b.want(response, http.StatusServiceUnavailable)
				if response.Header.Get("Retry-After") == "" || response.Header.Get("Location") != "" {
					t.Error(response.Header)
				}
				b.before = nil
				b.issuer.Clock().Advance(2 * time.Minute)
				b.want(b.get("/"), http.StatusOK)
			})
		})
	}
}

// TestSlowRefreshGoesOn after the request that waited for it.
func TestSlowRefreshGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _ := signedIn(t, -time.Minute)
		b.before = func(string) *http.Response { time.Sleep(8 * time.Second); return nil }
		b.want(b.get("/"), http.StatusServiceUnavailable)
		time.Sleep(4 * time.Second)
		b.want(b.get("/"), http.StatusOK)
		b.wantRefreshes(1)
	})
}

// TestWriteThatFailsAfterARotationIsTriedAgain: else the store would keep a refresh token
// that is no longer good. A write may also have reached the store.
func TestWriteThatFailsAfterARotationIsTriedAgain(t *testing.T) {
	for _, reach := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			b, store := signedIn(t, -time.Minute)
			store.set(func() { store.writes, store.reach = 3, reach })
			b.want(b.get("/"), http.StatusOK)
			b.wantRefreshes(1)
			b.issuer.Clock().Advance(time.Hour)
			b.want(b.get("/"), http.StatusOK) // with the rotated token
			b.wantRefreshes(2)
		})
	}
}

// TestStoreIsAway: the answer is unknown, which is no reason to sign in again.
func TestStoreIsAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, store := signedIn(t, time.Hour)
		store.set(func() { store.loads = true })
		response := b.get("/")
		b.want(response, http.StatusServiceUnavailable)
		if response.Header.Get("Location") != "" {
			t.Error("the browser is redirected to the sign-in")
		}
		b.want(b.get("/_auth/me"), http.StatusServiceUnavailable)
		b.want(b.do(http.MethodPost, "/_auth/logout", nil), http.StatusServiceUnavailable)
		store.set(func() { store.loads = false })
		b.want(b.get("/"), http.StatusOK) // the failed sign-out says so, and changes nothing
	})
}

// TestSignOutDuringARefresh: the refresh must not create the session again, and its new
// refresh token is revoked.
func TestSignOutDuringARefresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _ := signedIn(t, 30*time.Second)
		slow := true
		b.before = func(path string) *http.Response {
			if path == "/oauth2/token" && slow {
				slow = false
				time.Sleep(2 * time.Second)
			}
			return nil
		}
		b.want(b.get("/"), http.StatusOK) // starts the refresh
		synctest.Wait()
		former := b.cookies()["__Host-poolguard"]
		b.want(b.do(http.MethodPost, "/_auth/logout", nil), http.StatusSeeOther)
		b.mu.Lock()
		b.refresh = "refresh-0" // the pool was asked before the revocation
		b.mu.Unlock()
		time.Sleep(3 * time.Second)
		synctest.Wait()
		b.send = func(r *http.Request) { addCookie(r, "__Host-poolguard", former) }
		b.want(b.get("/", "Accept", "application/json"), http.StatusUnauthorized)
		if got := b.counted("/oauth2/revoke"); got != 2 {
			t.Errorf("%d revocations, want 2", got)
		}
	})
}

func TestForcedRefresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _ := signedIn(t, 40*time.Minute)
		for _, want := range []int{1, 1} { // not again within 30 seconds
			response := b.do(http.MethodPost, "/_auth/refresh", nil)
			b.want(response, http.StatusOK)
			if body := text(response); !strings.Contains(body, `"subject":`) {
				t.Error(body)
			}
			b.wantRefreshes(want)
		}
		b.issuer.Clock().Advance(30 * time.Second)
		b.want(b.do(http.MethodPost, "/_auth/refresh", nil), http.StatusOK)
		b.wantRefreshes(2)
	})
}
