package keyset_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/poolguard/poolguard/cognito/keyset"
)

func TestNewRemoteRefusesFaultyConfig(t *testing.T) {
	tests := map[string]struct {
		config keyset.RemoteConfig
		faults []string
	}{
		"nothing":        {keyset.RemoteConfig{}, []string{"keyset: RemoteConfig.URL is empty"}},
		"relative":       {keyset.RemoteConfig{URL: "/jwks.json"}, []string{"not an absolute URL"}},
		"other scheme":   {keyset.RemoteConfig{URL: "ftp://a/x"}, []string{"must be https"}},
		"no host":        {keyset.RemoteConfig{URL: "https:///x"}, []string{"not an absolute URL"}},
		"opaque":         {keyset.RemoteConfig{URL: "https:a/x"}, []string{"not an absolute URL"}},
		"fragment":       {keyset.RemoteConfig{URL: "https://a/x#y"}, []string{"fragment"}},
		"empty fragment": {keyset.RemoteConfig{URL: "https://a/x#"}, []string{"fragment"}},
		"plain http":     {keyset.RemoteConfig{URL: "http://issuer.example/x"}, []string{"must be https, or http with a loopback address"}},
		"almost local":   {keyset.RemoteConfig{URL: "http://localhost.example/x"}, []string{"must be https, or http with a loopback address"}},
		"bad escape":     {keyset.RemoteConfig{URL: "https://a/%zz"}, []string{"not an absolute URL"}},
		"all at once": {
			keyset.RemoteConfig{URL: "ftp://a/x", Policy: keyset.Policy{MaxAge: -1, CoolDown: -1, Stale: -1, Timeout: -1}},
			[]string{"URL \"ftp", "Policy.MaxAge is negative", "Policy.CoolDown is negative", "Policy.Stale is negative", "Policy.Timeout is negative"},
		},
		"stale under max age":    {keyset.RemoteConfig{URL: address, Policy: keyset.Policy{Stale: time.Minute}}, []string{"Policy.Stale (1m0s) is less than MaxAge (1h0m0s)"}},
		"max age under cooldown": {keyset.RemoteConfig{URL: address, Policy: keyset.Policy{MaxAge: time.Second}}, []string{"Policy.MaxAge (1s) is less than CoolDown (10s)"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := keyset.NewRemote(test.config)
			if err == nil {
				t.Fatal("accepted")
			}
			for _, fault := range test.faults {
				if !strings.Contains(err.Error(), fault) {
					t.Errorf("error %q does not say %q", err, fault)
				}
			}
		})
	}

	_, err := keyset.NewRemote(keyset.RemoteConfig{URL: "https://user:hunter2@issuer.example/x"})
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("error for an address with a password: %v", err)
	}
	for _, good := range []string{
		"https://issuer.example/x", "http://localhost:9229/x", "http://127.0.0.1/x", "http://127.9.9.9/x", "http://[::1]:80/x",
	} {
		if _, err := keyset.NewRemote(keyset.RemoteConfig{URL: good}); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	if _, err := keyset.NewRemote(keyset.RemoteConfig{URL: "http://keys.internal/x", AllowPlainHTTP: true}); err != nil {
		t.Error(err)
	}
}

func TestColdStartStampedeIsOneFetch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{}
		e.set(after(2*time.Second, respond(200, setOne())))
		source := remote(t, e)
		var good, bad, gaveUp atomic.Int64
		var all sync.WaitGroup
		for i := range 10_000 {
			all.Go(func() {
				ctx := context.Background()
				if i%10 == 0 { // these give up by themselves
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, time.Second)
					defer cancel()
				}
				began := time.Now()
				_, err := source.Key(ctx, "one")
				switch took := time.Since(began); {
				case err == nil && took == 2*time.Second:
					good.Add(1)
				case errors.Is(err, context.DeadlineExceeded) && took == time.Second && unavailable(t, err) != nil:
					gaveUp.Add(1)
				default:
					bad.Add(1)
				}
			})
		}
		all.Wait()
		wantFetches(t, e, 1)
		if good.Load() != 9000 || gaveUp.Load() != 1000 || bad.Load() != 0 {
			t.Errorf("%d answered, %d gave up, %d otherwise", good.Load(), gaveUp.Load(), bad.Load())
		}
	})
}

func TestFetchOutlivesTheCallerThatStartedIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{}
		e.set(after(2*time.Second, respond(200, setOne())))
		source := remote(t, e)
		ctx, cancel := context.WithCancel(context.Background())
		go func() {
			time.Sleep(time.Second)
			cancel()
		}()
		_, err := source.Key(ctx, "one")
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("error %v does not say that the caller gave up", err)
		}
		if unavailable(t, err).Absent() {
			t.Error("called absent before any answer")
		}
		time.Sleep(time.Second)
		synctest.Wait()
		mustKey(t, source, "one")
		wantFetches(t, e, 1)
	})
}

func TestKnownNameNeedsNoLiveContext(t *testing.T) {
	e := &endpoint{}
	e.serve(setOne())
	source := remote(t, e)
	mustKey(t, source, "one")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := source.Key(ctx, "one"); err != nil {
		t.Error(err)
	}
}

func TestEmptyNameIsNeverFetched(t *testing.T) {
	e := &endpoint{}
	e.serve(setOne())
	source := remote(t, e)
	mustNotFind(t, source, "")
	wantFetches(t, e, 0)
}

func TestLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{}
		e.set(refuse)
		source := remote(t, e)
		ctx := context.Background()
		err := source.Load(ctx)
		if unavailable(t, err).RetryAfter() != time.Second {
			t.Errorf("retry after %v", unavailable(t, err).RetryAfter())
		}
		e.serve(setOne())
		if err := source.Load(ctx); err == nil {
			t.Error("the back-off was not kept")
		}
		wantFetches(t, e, 1)
		time.Sleep(time.Second)
		for range 3 {
			if err := source.Load(ctx); err != nil {
				t.Error(err)
			}
		}
		wantFetches(t, e, 2)
	})
}

func TestAbsent(t *testing.T) {
	for _, status := range []int{403, 404} {
		synctest.Test(t, func(t *testing.T) {
			e := &endpoint{}
			e.set(respond(status, "no"))
			source := remote(t, e)
			if err := mustBeUnavailable(t, source, "one"); !err.Absent() {
				t.Errorf("%v is not absent", err)
			}
			// Within the back-off it stays so, without a fetch.
			if err := mustBeUnavailable(t, source, "one"); !err.Absent() {
				t.Errorf("%v is not absent", err)
			}
			wantFetches(t, e, 1)
			time.Sleep(time.Minute)
			e.set(respond(500, "no"))
			if err := mustBeUnavailable(t, source, "one"); err.Absent() {
				t.Errorf("%v is absent", err)
			}
			time.Sleep(time.Minute)
			e.serve(setOne())
			mustKey(t, source, "one")
			// An address that had a set before is out of order, not absent.
			e.set(respond(status, "no"))
			time.Sleep(25 * time.Hour)
			if err := mustBeUnavailable(t, source, "one"); err.Absent() {
				t.Errorf("%v is absent", err)
			}
		})
	}
}

func TestRotation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{}
		e.serve(setOne())
		source := remote(t, e)
		first := mustKey(t, source, "one")
		time.Sleep(30 * time.Second)
		e.serve(both())
		mustKey(t, source, "two")
		if mustKey(t, source, "one") != first {
			t.Error("a key that stayed has another pointer")
		}
		wantFetches(t, e, 2)

		// Withdrawn: the next refresh takes it away.
		e.serve(setTwo())
		time.Sleep(time.Hour)
		mustKey(t, source, "two")
		time.Sleep(10 * time.Second)
		mustNotFind(t, source, "one")
	})
}

func TestReplacementUnderTheSameName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx := context.Background()
		e := &endpoint{}
		e.serve(setOne())
		source := remote(t, e)
		old := mustKey(t, source, "one")

		// Within the cool-down nothing is asked, and nothing is known.
		e.serve(jwks(jwk("one", keyTwo(), "")))
		if key, err := source.Replacement(ctx, old); key != nil || err != nil {
			t.Errorf("Replacement = %v, %v", key, err)
		}
		wantFetches(t, e, 1)
		time.Sleep(10 * time.Second)
		key, err := source.Replacement(ctx, old)
		if err != nil || key == nil || !key.Public().Equal(keyTwo()) {
			t.Fatalf("Replacement = %v, %v", key, err)
		}
		if mustKey(t, source, "one") != key {
			t.Error("the old key is still handed out")
		}
		wantFetches(t, e, 2)

		// The same key from another source is no other one.
		static, err := keyset.NewStatic([]byte(jwks(jwk("one", keyTwo(), ""))))
		if err != nil {
			t.Fatal(err)
		}
		if again, err := source.Replacement(ctx, mustKey(t, static, "one")); again != nil || err != nil {
			t.Errorf("Replacement = %v, %v", again, err)
		}

		// Who comes later with the old one is told at once.
		if again, err := source.Replacement(ctx, old); again != key || err != nil {
			t.Errorf("Replacement = %v, %v", again, err)
		}
		if again, err := source.Replacement(ctx, nil); again != nil || err != nil {
			t.Errorf("Replacement(nil) = %v, %v", again, err)
		}
		wantFetches(t, e, 2)

		// Where a refresh fails, the key stands and so does its verdict.
		e.set(refuse)
		time.Sleep(10 * time.Second)
		if again, err := source.Replacement(ctx, key); again != nil || err != nil {
			t.Errorf("Replacement = %v, %v", again, err)
		}
		wantFetches(t, e, 3)
		time.Sleep(25 * time.Hour)
		_, err = source.Replacement(ctx, key)
		unavailable(t, err)
	})
}

func TestBadSignaturesCauseOneFetchPerCoolDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{}
		e.serve(setOne())
		source := remote(t, e)
		old := mustKey(t, source, "one")
		for range 100 {
			time.Sleep(time.Second)
			for range 100 {
				if key, err := source.Replacement(context.Background(), old); key != nil || err != nil {
					t.Fatalf("Replacement = %v, %v", key, err)
				}
			}
		}
		wantFetches(t, e, 11) // the first, and one in each ten seconds
		if mustKey(t, source, "one") != old {
			t.Error("an unchanged key has another pointer")
		}
	})
}
