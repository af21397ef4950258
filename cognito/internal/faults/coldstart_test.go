package faults

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/keyset"
)

// TestColdStart: thousands of requests meet a process that has no keys yet. They
// share one fetch, and each gives up with its own context.
func TestColdStart(t *testing.T) {
	onBothClocks(t, "cold start", coldStart)
}

func coldStart(w *world) {
	crowd := 10_000
	if underRace {
		crowd = 2000
	}
	w.config.KeySetPolicy = keyset.Policy{Timeout: time.Minute} // a slow machine is not what this is about
	verifier := w.verifier()
	release := make(chan struct{})
	w.endpoint.breakWith(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		<-release
		_, _ = rw.Write(w.pool.JWKS())
	}))
	tokens := []string{w.mint(), w.mint(), w.mint(), w.mint()}
	impatient, giveUp := context.WithCancel(w.Context())
	defer giveUp()
	var patient, leaving sync.WaitGroup
	var good, gone atomic.Int64
	for n := range crowd {
		raw := tokens[n%len(tokens)]
		if n%3 == 0 {
			leaving.Go(func() {
				if w.ask(impatient, verifier, raw, cognito.ErrKeysUnavailable) == cognito.ErrKeysUnavailable {
					gone.Add(1)
				}
			})
			continue
		}
		patient.Go(func() {
			if w.ask(w.Context(), verifier, raw, "") == "" {
				good.Add(1)
			}
		})
	}
	if w.simulated {
		synctest.Wait() // for all to be waiting
	}
	giveUp()
	leaving.Wait() // while the fetch goes on
	if n := good.Load(); n != 0 {
		w.Errorf("%d were answered before there was a key", n)
	}
	if w.simulated {
		time.Sleep(time.Second)
	}
	close(release)
	patient.Wait()
	if n := w.endpoint.count(); n != 1 {
		w.Errorf("%d fetches", n)
	}
	if int(good.Load()+gone.Load()) != crowd {
		w.Errorf("%d good answers and %d who gave up, of %d", good.Load(), gone.Load(), crowd)
	}
	w.remark(fmt.Sprintf("%d goroutines: %d gave up with their context, %d verified", crowd, gone.Load(), good.Load()))
}

// TestUntrustedIssuer: tokens that name issuers which are not trusted have nothing
// fetched, from nowhere, however they name them.
func TestUntrustedIssuer(t *testing.T) {
	onBothClocks(t, "untrusted iss", func(w *world) {
		verifier := w.verifier() // cold: any token that gets so far is a fetch
		own, many := w.pool.Issuer(), 20_000
		if underRace {
			many = 2000
		}
		names := []string{w.elsewhere, w.attacker.Issuer(), own + "/", own + "?", own + "#", own + "/../" + w.pool.ID(), "", " " + own}
		f := newForger("")
		for n := range many {
			iss := names[n%len(names)]
			if n >= many/2 {
				iss = fmt.Sprintf("%s%d", own, n)
			}
			f.issuer(iss)
			w.ask(w.Context(), verifier, f.next(n), cognito.ErrIssuerMismatch)
		}
		if n := w.endpoint.count() + int(w.astray.Load()); n != 0 {
			w.Errorf("%d fetches", n)
		}
		w.remark("a verifier without keys, which every trusted token would have fetched")
	})
}
