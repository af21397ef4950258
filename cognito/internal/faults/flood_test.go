package faults

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
)

// A forger makes tokens that nobody signed, as many as it takes: what refuses them
// comes before the signature.
type forger struct {
	shared      bool   // one kid for all
	rest        string // of the token, from the header's end
	header, buf []byte
}

var fakeSignature = strings.Repeat("A", 342)

func newForger(iss string) *forger {
	f := &forger{}
	f.issuer(iss)
	return f
}

func (f *forger) issuer(iss string) {
	name, _ := json.Marshal(iss)
	f.rest = "." + base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"x","token_use":"access","client_id":"test-client","exp":9e9,"iss":`+string(name)+`}`)) + "." + fakeSignature
}

// next returns the nth token. It must not be called by two goroutines at once. It
// allocates the token and nothing else, as is fit for who is measured beside others.
func (f *forger) next(n int) string {
	random := rand.Uint64()
	if f.shared {
		n, random = 0, 0
	}
	f.header = strconv.AppendInt(append(f.header[:0], `{"kid":"forged `...), int64(n), 10)
	f.header = strconv.AppendUint(append(f.header, ' '), random, 16)
	f.header = append(f.header, `","alg":"RS256"}`...)
	f.buf = append(base64.RawURLEncoding.AppendEncode(f.buf[:0], f.header), f.rest...)
	return string(f.buf)
}

// floodSize is how many hostile tokens come in all, in each run.
func floodSize() int {
	if underRace {
		return 40_000
	}
	return 1_000_000
}

// TestFlood sends a million tokens that name unknown keys, half of them one and the
// same. They have the key set fetched once per cool-down, the memory stays where it
// was, and tokens of known keys are answered among them as before.
func TestFlood(t *testing.T) {
	for name, fault := range map[string]http.Handler{
		"flood of unknown kids":                 nil,
		"flood of unknown kids, endpoint fails": http.HandlerFunc(hangUp),
	} {
		t.Run(name+", simulated clock", func(t *testing.T) {
			onSimulatedClock(t, name, func(w *world) { simulatedFlood(w, fault) })
		})
	}
	t.Run("real clock", func(t *testing.T) { onRealClock(t, "flood of unknown kids", realFlood) })
}

// simulatedFlood has a hostile token each tenth of a millisecond, and a known one
// after each thousand.
func simulatedFlood(w *world, fault http.Handler) {
	verifier, seen := w.verifier(), w.mint()
	w.warm(verifier, seen)
	time.Sleep(w.policy.CoolDown)
	w.endpoint.breakWith(fault)
	want, size := cognito.ErrKeyNotFound, floodSize()/2 // in two tests
	if fault != nil {
		want = cognito.ErrKeysUnavailable
	}
	began, before, known := time.Now(), w.endpoint.count(), 0
	f := newForger(w.pool.Issuer())
	heap := heapInUse()
	for n := range size {
		f.shared = n >= size/2
		w.ask(w.Context(), verifier, f.next(n), want)
		if n%1000 == 0 {
			time.Sleep(100 * time.Millisecond)
			w.ask(w.Context(), verifier, seen, "")
			w.ask(w.Context(), verifier, w.mint(), "")
			known += 2
		}
	}
	w.checkFlat(heap)
	most := int(time.Since(began)/w.policy.CoolDown) + 1
	if n := w.endpoint.count() - before; n > most {
		w.Errorf("%d fetches in %v", n, time.Since(began))
	}
	if n := w.waited(); n != 0 { // the network takes no time here: all else would be a wait for a cool-down
		w.Errorf("%d tokens had to wait", n)
	}
	w.remark(fmt.Sprintf("%d hostile and %d known tokens in %v", size, known, time.Since(began)))
}

func heapInUse() int {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int(stats.HeapAlloc)
}

// checkFlat checks that the heap is about where it was: a million tokens kept, or
// their names, would be tens of megabytes. It returns by how many bytes it grew.
func (w *world) checkFlat(before int) (grown int) {
	w.Helper()
	if grown = heapInUse() - before; grown > 8<<20 {
		w.Errorf("the heap grew by %d bytes", grown)
	}
	return grown
}
