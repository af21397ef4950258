package faults

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/keyset"
)

// A world is an issuer whose endpoint can be broken, a configuration of verifiers
// that trust it, and the clock that both go by.
type world struct {
	testing.TB
	simulated bool
	policy    keyset.Policy
	issuer    *cognitotest.Issuer
	pool      *cognitotest.Pool
	attacker  *cognitotest.Pool // whom no verifier trusts
	endpoint  *endpoint
	config    cognito.Config
	log       *logBuffer

	elsewhere string       // an address of another origin
	astray    atomic.Int64 // requests that arrived there
	sent      atomic.Int64 // bytes of the largest answer that were taken

	mu   sync.Mutex
	line line
}

// production is the policy where none is set, and of every simulated run.
var production = keyset.Policy{}.WithDefaults()

// The policies on the real clock. With the patient one no fetch fails because the
// machine is slow, and no set goes stale meanwhile.
var (
	patient = keyset.Policy{CoolDown: 50 * time.Millisecond, Timeout: 10 * time.Second, MaxAge: 400 * time.Millisecond, Stale: time.Minute}
	hasty   = keyset.Policy{CoolDown: 50 * time.Millisecond, Timeout: 200 * time.Millisecond, MaxAge: 400 * time.Millisecond, Stale: time.Second}
)

// hasten is for scenarios that wait for a set to be stale.
func (w *world) hasten() {
	if !w.simulated {
		w.policy = hasty
		w.config.KeySetPolicy = hasty
	}
}

// onBothClocks runs the scenario in a bubble of simulated time and then on the
// clock of this machine, beside others.
func onBothClocks(t *testing.T, name string, scenario func(w *world)) {
	t.Helper()
	t.Run("simulated clock", func(t *testing.T) { onSimulatedClock(t, name, scenario) })
	t.Run("real clock", func(t *testing.T) {
		t.Parallel()
		onRealClock(t, name, scenario)
	})
}

func onSimulatedClock(t *testing.T, name string, scenario func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, name)
		w.simulated, w.line.clock, w.policy = true, "simulated", production
		w.config = w.issuer.Config()
		w.elsewhere = "https://keys.example.com/jwks.json"
		w.config.HTTPClient = &http.Client{Transport: simulatedNet{w, w.config.HTTPClient.Transport}}
		w.run(scenario)
	})
}

// simulatedNet is the issuer's own transport, and another origin beside it.
type simulatedNet struct {
	w      *world
	issuer http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (n simulatedNet) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.String() != n.w.elsewhere {
		return n.issuer.RoundTrip(r)
	}
	recorder := httptest.NewRecorder()
	n.w.serveElsewhere(recorder, r)
	return recorder.Result(), nil
}

func onRealClock(t *testing.T, name string, scenario func(w *world)) {
	t.Helper()
	w := newWorld(t, name)
	w.line.clock, w.policy = "real", patient
	server := httptest.NewServer(w.issuer.Handler())
	t.Cleanup(server.Close)
	w.issuer.SetAddress(server.URL)
	other := httptest.NewServer(http.HandlerFunc(w.serveElsewhere))
	t.Cleanup(other.Close)
	w.elsewhere = other.URL + "/jwks.json"
	w.config = w.issuer.Config()
	w.run(scenario)
}

// newWorld has an issuer whose key sets endpoint answers for.
func newWorld(t *testing.T, name string) *world {
	t.Helper()
	w := &world{TB: t, issuer: cognitotest.NewIssuer(), log: &logBuffer{}, line: line{scenario: name}}
	w.pool = w.issuer.Pool()
	w.endpoint = &endpoint{pool: w.pool}
	w.pool.ServeKeySet(w.endpoint)
	return w
}

func (w *world) run(scenario func(w *world)) {
	w.Helper()
	w.config.Clock = nil // time passes, in the bubble as outside
	w.config.KeySetPolicy = w.policy
	w.config.Logger = w.logger()
	w.attacker = w.issuer.AddPool("us-east-1_Attacker1") // after Config, which would trust it
	scenario(w)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.line.fetches = w.endpoint.count()
	w.Log(w.line)
	table.add(w.line)
}

// verifier returns a new one: a process that was just started.
func (w *world) verifier() *cognito.Verifier {
	w.Helper()
	verifier, err := cognito.New(w.config)
	if err != nil {
		w.Fatal(err)
	}
	return verifier
}

// mint makes an access token that outlives every scenario.
func (w *world) mint(options ...cognitotest.TokenOption) string {
	return w.pool.AccessToken(append([]cognitotest.TokenOption{cognitotest.ExpiresIn(1000 * time.Hour)}, options...)...)
}

// stranger makes a token as the attacker can: signed by a key of his own, under its
// own name.
func (w *world) stranger() string { return w.mint(cognitotest.SignedBy(w.attacker.AccessKey())) }

// ask verifies an access token and counts an answer that is not among those that
// may be, "" for a good token, as wrong.
func (w *world) ask(ctx context.Context, verifier *cognito.Verifier, raw string, may ...cognito.Code) cognito.Code {
	w.Helper()
	got := w.verify(ctx, verifier, raw)
	w.expect(got, may...)
	return got
}

// verify verifies an access token and returns the code of the error.
func (w *world) verify(ctx context.Context, verifier *cognito.Verifier, raw string) cognito.Code {
	w.Helper()
	began := time.Now()
	_, err := verifier.VerifyAccessToken(ctx, raw)
	w.count(time.Since(began))
	var typed *cognito.Error
	if errors.As(err, &typed) && typed.Temporary() && typed.RetryAfter() <= 0 {
		w.Errorf("%v does not say when to ask again", err)
	}
	return cognito.CodeOf(err)
}

func (w *world) expect(got cognito.Code, may ...cognito.Code) {
	w.Helper()
	if slices.Contains(may, got) {
		return
	}
	w.Errorf("answered %q, must be one of %q", got, may)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.line.wrong++
}

// count adds one verification to the line.
func (w *world) count(took time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.line.count(took, w.simulated)
}

func (w *world) waited() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.line.waited
}

func (w *world) remark(text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.line.remark = text
}

// warm fetches the key set, as long as that takes a slow machine, asks about the
// token, and returns between which times the fetch began.
func (w *world) warm(verifier *cognito.Verifier, raw string) (from, to time.Time) {
	w.Helper()
	w.until(w.policy.CoolDown, "the first fetch", func() bool {
		from = time.Now()
		return verifier.WarmUp(w.Context()) == nil
	})
	to = time.Now()
	w.ask(w.Context(), verifier, raw, "", w.late())
	return from, to
}

// late is what may be answered on the real clock where a fetch or the machine took
// too long. On the simulated one nothing does.
func (w *world) late() cognito.Code {
	if w.simulated {
		return ""
	}
	return cognito.ErrKeysUnavailable
}

// directory returns one for copies of key sets. A copy may still be on its way to the
// disk when the scenario is over, which TempDir does not allow for.
func (w *world) directory() string {
	w.Helper()
	path, err := os.MkdirTemp("", "copies")
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() {
		for range 100 {
			if err = os.RemoveAll(path); err == nil {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
		w.Error(err)
	})
	return path
}

// until repeats try, a step of time apart, until it says that it is done, and
// returns how long that took.
func (w *world) until(step time.Duration, what string, try func() bool) time.Duration {
	w.Helper()
	began := time.Now()
	for range 100_000 {
		if try() {
			return time.Since(began)
		}
		time.Sleep(step)
	}
	w.Fatalf("%s: not within %v", what, time.Since(began))
	return 0
}

// A logBuffer collects log lines.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

// take returns what was logged and forgets it.
func (b *logBuffer) take() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	defer b.buf.Reset()
	return b.buf.String()
}

func (w *world) logger() *slog.Logger { return slog.New(slog.NewTextHandler(w.log, nil)) }
