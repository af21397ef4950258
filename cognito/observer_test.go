package cognito_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

type spanKey struct{}

// A notebook keeps what an observer is told.
type notebook struct {
	mu      sync.Mutex
	started int
	seen    []cognito.Verification
	strange []string
	fetches chan cognito.KeySetFetch // nil: nobody reads them
}

func (n *notebook) observer() *cognito.Observer {
	return &cognito.Observer{
		VerificationStarted: func(ctx context.Context) context.Context {
			n.mu.Lock()
			defer n.mu.Unlock()
			n.started++
			return context.WithValue(ctx, spanKey{}, n.started)
		},
		VerificationEnded: func(ctx context.Context, v cognito.Verification) {
			n.mu.Lock()
			defer n.mu.Unlock()
			if _, ok := ctx.Value(spanKey{}).(int); !ok {
				n.strange = append(n.strange, "an end in another context than the start returned")
			}
			n.seen = append(n.seen, v)
		},
		KeySetFetched: func(f cognito.KeySetFetch) {
			if original := strings.HasPrefix(f.URL, "https://cognito-idp."); n.fetches != nil && original {
				n.fetches <- f
			}
		},
	}
}

// take returns what was told since it was last asked.
func (n *notebook) take(t *testing.T) []cognito.Verification {
	t.Helper()
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.strange) > 0 {
		t.Error(n.strange)
	}
	if n.started != len(n.seen) {
		t.Errorf("%d starts, %d ends", n.started, len(n.seen))
	}
	seen := n.seen
	n.seen, n.started = nil, 0
	return seen
}

// TestObserver: one end for each start, with the verdict, the pool where that is
// trusted, and the kind where the signature held.
func TestObserver(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	var notes notebook
	verifier := newVerifier(t, issuer, func(c *cognito.Config) { c.Observer = notes.observer() })
	pool := issuer.Pool()
	good := pool.AccessToken()
	id := pool.ID()
	for _, test := range []struct {
		name string
		raw  string
		want cognito.Verification
		code cognito.Code
	}{
		{"new", good, cognito.Verification{UserPool: id, TokenUse: "access"}, ""},
		{"known", good, cognito.Verification{UserPool: id, TokenUse: "access", CacheHit: true}, ""},
		{"other kind", pool.IDToken(), cognito.Verification{UserPool: id, TokenUse: "id"}, cognito.ErrTokenUseMismatch},
		{"made up kind", pool.AccessToken(cognitotest.Claim("token_use", "made up")), cognito.Verification{UserPool: id}, cognito.ErrTokenUseMismatch},
		{"forged", pool.AccessToken(cognitotest.WrongKey()), cognito.Verification{UserPool: id}, cognito.ErrSignatureInvalid},
		{"expired", pool.AccessToken(cognitotest.Expired()), cognito.Verification{UserPool: id, TokenUse: "access"}, cognito.ErrTokenExpired},
		{"stranger", pool.AccessToken(cognitotest.Claim("iss", "https://issuer.example")), cognito.Verification{}, cognito.ErrIssuerMismatch},
		{"opaque", "opaque", cognito.Verification{}, cognito.ErrTokenMalformed},
	} {
		checkVerdict(t, verifier, test.raw, cognito.TokenUseAccess, test.code)
		test.want.Code = test.code
		if diff := cmp.Diff([]cognito.Verification{test.want}, notes.take(t)); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
}

// TestObserverDuration goes by the configured clock, waits of the application
// included.
func TestObserverDuration(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	var notes notebook
	verifier := newVerifier(t, issuer, func(c *cognito.Config) {
		c.Clock = issuer.Clock()
		c.Observer = notes.observer()
		c.Revoked = func(ctx context.Context, _ cognito.Token, _ cognito.Raw) (bool, error) {
			if ctx.Value(spanKey{}) == nil {
				t.Error("the check is asked outside of the verification's context")
			}
			issuer.Clock().Advance(3 * time.Second)
			return false, nil
		}
	})
	if _, err := verifier.VerifyAccessToken(t.Context(), issuer.Pool().AccessToken()); err != nil {
		t.Fatal(err)
	}
	if seen := notes.take(t); len(seen) != 1 || seen[0].Duration != 3*time.Second {
		t.Errorf("%+v", seen)
	}
}

// TestObserverFetches: good and failed ones, and since when the set is held.
func TestObserverFetches(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	notes := notebook{fetches: make(chan cognito.KeySetFetch, 9)}
	verifier := newVerifier(t, issuer, func(c *cognito.Config) { c.Observer = notes.observer() })
	begun := issuer.Clock().Now()
	if err := verifier.WarmUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	first := <-notes.fetches
	issuer.Pool().FailKeySet(500)
	issuer.Clock().Advance(2 * time.Hour)
	if err := verifier.WarmUp(t.Context()); err != nil {
		t.Fatal(err) // the old set is usable
	}
	second := <-notes.fetches
	if first.UserPool != issuer.Pool().ID() || first.Err != nil || first.StatusCode != http.StatusOK || first.Keys != 2 || first.Copy || !first.SetFetchedAt.Equal(begun) || !strings.HasSuffix(first.URL, "/jwks.json") {
		t.Errorf("first fetch: %+v", first)
	}
	if second.Err == nil || second.StatusCode != http.StatusInternalServerError || second.Keys != 0 || !second.SetFetchedAt.Equal(begun) || !second.StartedAt.Equal(begun.Add(2*time.Hour)) {
		t.Errorf("second fetch: %+v", second)
	}
}

// TestObserverCopy: a set that comes from a copy is told as such.
func TestObserverCopy(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	dir := t.TempDir()
	warm := func() cognito.KeySetFetch {
		notes := notebook{fetches: make(chan cognito.KeySetFetch, 9)}
		verifier := newVerifier(t, issuer, func(c *cognito.Config) {
			c.Observer, c.KeySetDirectory = notes.observer(), dir
		})
		if err := verifier.WarmUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		return <-notes.fetches
	}
	if f := warm(); f.Copy {
		t.Errorf("%+v", f)
	}
	if f := warm(); !f.Copy || f.Keys != 2 || f.StatusCode != 0 || f.SetFetchedAt.IsZero() {
		t.Errorf("%+v", f)
	}
}

// TestObserveRefusal: what adapters refuse by themselves is told by its code.
func TestObserveRefusal(t *testing.T) {
	var notes notebook
	verifier := newVerifier(t, cognitotest.NewIssuer(), func(c *cognito.Config) { c.Observer = notes.observer() })
	for _, err := range []error{nil, cognito.NewError(cognito.ErrTokenMissing, ""), errors.New("another")} {
		verifier.ObserveRefusal(t.Context(), err)
		(*cognito.Verifier)(nil).ObserveRefusal(t.Context(), err)
	}
	want := []cognito.Verification{{Code: cognito.ErrTokenMissing}, {Code: cognito.ErrCheckUnavailable}}
	if diff := cmp.Diff(want, notes.take(t)); diff != "" {
		t.Error(diff)
	}
	newVerifier(t, cognitotest.NewIssuer(), nil).ObserveRefusal(t.Context(), errors.New("nobody listens"))
}

// TestJoinObservers: starts in order, ends in the reverse one, absent functions left
// out.
func TestJoinObservers(t *testing.T) {
	var said []string
	say := func(s string) { said = append(said, s) }
	named := func(name string) *cognito.Observer {
		return &cognito.Observer{
			VerificationStarted: func(ctx context.Context) context.Context { say("start " + name); return ctx },
			VerificationEnded:   func(context.Context, cognito.Verification) { say("end " + name) },
			KeySetFetched:       func(cognito.KeySetFetch) { say("fetch " + name) },
		}
	}
	all := cognito.JoinObservers(&cognito.Observer{}, named("a"), nil, named("b"), &cognito.Observer{}, named("c"))
	all.VerificationEnded(all.VerificationStarted(t.Context()), cognito.Verification{})
	all.KeySetFetched(cognito.KeySetFetch{})
	want := []string{"start a", "start b", "start c", "end c", "end b", "end a", "fetch a", "fetch b", "fetch c"}
	if !slices.Equal(said, want) {
		t.Errorf("%q", said)
	}
	if none := cognito.JoinObservers(); none.VerificationStarted != nil || none.VerificationEnded != nil || none.KeySetFetched != nil {
		t.Error("nobody is told something")
	}
}

// TestRawIsRedacted: no way of printing shows the token; converting does.
func TestRawIsRedacted(t *testing.T) {
	raw := cognito.Raw("eyJhbGciOi")
	text, err := raw.MarshalText()
	shown := fmt.Sprintf("%v %+v %#v %s %q %x %d", raw, raw, raw, raw, raw, raw, raw) + string(text) + raw.LogValue().String() + slog.Any("raw", raw).String() + raw.String()
	if err != nil || strings.Contains(shown, "eyJ") || strings.Contains(shown, fmt.Sprintf("%x", "eyJ")) {
		t.Errorf("%s, %v", shown, err)
	}
	if string(raw) != "eyJhbGciOi" {
		t.Error("converted, it is another")
	}
}

// TestObserverPanic: a check that panics ends its verification all the same.
func TestObserverPanic(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	var notes notebook
	verifier := newVerifier(t, issuer, func(c *cognito.Config) {
		c.Observer = notes.observer()
		c.Revoked = func(context.Context, cognito.Token, cognito.Raw) (bool, error) { panic("oh") }
	})
	func() {
		defer func() { _ = recover() }()
		_, _ = verifier.VerifyAccessToken(t.Context(), issuer.Pool().AccessToken())
		t.Error("the panic was swallowed")
	}()
	if seen := notes.take(t); len(seen) != 1 || seen[0].Code != cognito.ErrCheckUnavailable {
		t.Errorf("%+v", seen)
	}
}

// TestPanicsOfObserversChangeNothing: each function panics, with a value that may be a
// secret. Tokens are verified as before, and the log has the types of the values.
func TestPanicsOfObserversChangeNothing(t *testing.T) {
	type secret string
	synctest.Test(t, func(t *testing.T) {
		issuer := cognitotest.NewIssuer()
		var log bytes.Buffer // slog serializes its lines
		ended := 0
		loud := &cognito.Observer{
			VerificationStarted: func(context.Context) context.Context { panic(secret("hunter2")) },
			VerificationEnded:   func(context.Context, cognito.Verification) { panic(secret("hunter2")) },
			KeySetFetched:       func(cognito.KeySetFetch) { panic(errors.New("hunter2")) },
		}
		var fetched atomic.Int32
		quiet := &cognito.Observer{
			VerificationEnded: func(context.Context, cognito.Verification) { ended++ },
			KeySetFetched:     func(cognito.KeySetFetch) { fetched.Add(1) },
		}
		verifier := newVerifier(t, issuer, func(c *cognito.Config) {
			c.Observer = cognito.JoinObservers(quiet, loud, quiet)
			c.Logger = slog.New(slog.NewTextHandler(&log, nil))
		})
		if err := verifier.WarmUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		synctest.Wait() // for the end of the fetches
		raw := issuer.Pool().AccessToken()
		for range 2 { // the second is in the cache
			if _, err := verifier.VerifyAccessToken(t.Context(), raw); err != nil {
				t.Error(err)
			}
		}
		_, err := verifier.VerifyAccessToken(t.Context(), issuer.Pool().AccessToken(cognitotest.Expired()))
		if cognito.CodeOf(err) != cognito.ErrTokenExpired {
			t.Error(err)
		}
		verifier.ObserveRefusal(t.Context(), err)
		if ended != 8 {
			t.Errorf("the other observer heard of %d ends, want 8", ended)
		}
		text := log.String()
		for _, want := range []string{"function=VerificationStarted", "function=VerificationEnded", "type=cognito_test.secret", "RemoteConfig.Fetched panicked", "type=*errors.errorString"} {
			if !strings.Contains(text, want) {
				t.Errorf("the log lacks %q:\n%s", want, text)
			}
		}
		if strings.Contains(text, "hunter2") || fetched.Load() == 0 {
			t.Errorf("%d fetches; the log:\n%s", fetched.Load(), text)
		}
	})
}

// TestNilContextOfAnObserverIsIgnored: the verification uses its own.
func TestNilContextOfAnObserverIsIgnored(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier := newVerifier(t, issuer, func(c *cognito.Config) {
		c.Observer = &cognito.Observer{VerificationStarted: func(context.Context) context.Context { return nil }}
	})
	if _, err := verifier.VerifyAccessToken(t.Context(), issuer.Pool().AccessToken()); err != nil {
		t.Error(err)
	}
}

// TestObserverOfStartsAloneIsQuiet: a function that is not set is not called, so nothing
// panics and nothing is logged.
func TestObserverOfStartsAloneIsQuiet(t *testing.T) {
	var lines bytes.Buffer
	issuer, started := cognitotest.NewIssuer(), 0
	verifier := newVerifier(t, issuer, func(c *cognito.Config) {
		c.Logger = slog.New(slog.NewTextHandler(&lines, nil))
		c.Observer = &cognito.Observer{VerificationStarted: func(ctx context.Context) context.Context { started++; return ctx }}
	})
	if _, err := verifier.VerifyAccessToken(t.Context(), issuer.Pool().AccessToken()); err != nil || started != 1 || lines.Len() > 0 {
		t.Errorf("%v, %d starts, the log: %s", err, started, lines.String())
	}
}
