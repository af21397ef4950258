package revocation_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/revocation"
)

const otherPool = "us-east-1_Test00002"

// TestListRevokes has one entry and tokens that it is about, or not.
func TestListRevokes(t *testing.T) {
	t.Parallel()
	issuer := cognitotest.NewIssuer()
	pool, other := issuer.Pool(), issuer.AddPool(otherPool)
	now := issuer.Clock().Now()
	claim := cognitotest.Claim
	for _, test := range []struct {
		name   string
		revoke func(l *revocation.List) error
		raw    string
		want   cognito.Code
	}{
		{"jti", func(l *revocation.List) error {
			return l.Add(revocation.Entry{Kind: revocation.KindToken, UserPool: pool.ID(), ID: "one", Until: now.Add(day)})
		}, pool.AccessToken(claim("jti", "one")), cognito.ErrTokenRevoked},
		{"jti of an ID token", func(l *revocation.List) error {
			return l.Add(revocation.Entry{Kind: revocation.KindToken, UserPool: pool.ID(), ID: "one", Until: now.Add(day)})
		}, pool.IDToken(claim("jti", "one")), cognito.ErrTokenRevoked},
		{"another jti", func(l *revocation.List) error {
			return l.Add(revocation.Entry{Kind: revocation.KindToken, UserPool: pool.ID(), ID: "one", Until: now.Add(day)})
		}, pool.AccessToken(claim("jti", "two")), ""},
		{"jti of another pool", func(l *revocation.List) error {
			return l.Add(revocation.Entry{Kind: revocation.KindToken, UserPool: pool.ID(), ID: "one", Until: now.Add(day)})
		}, other.AccessToken(claim("jti", "one")), ""},
		{"jti is no origin_jti", func(l *revocation.List) error {
			return l.Add(revocation.Entry{Kind: revocation.KindToken, UserPool: pool.ID(), ID: "one", Until: now.Add(day)})
		}, pool.AccessToken(claim("origin_jti", "one")), ""},
		{"origin_jti", func(l *revocation.List) error { return l.RevokeSignIn(pool.ID(), "one", time.Time{}) },
			pool.AccessToken(claim("origin_jti", "one")), cognito.ErrTokenRevoked},
		{"origin_jti of an ID token", func(l *revocation.List) error { return l.RevokeSignIn(pool.ID(), "one", time.Time{}) },
			pool.IDToken(claim("origin_jti", "one")), cognito.ErrTokenRevoked},
		{"origin_jti of another pool", func(l *revocation.List) error { return l.RevokeSignIn(pool.ID(), "one", time.Time{}) },
			other.AccessToken(claim("origin_jti", "one")), ""},
		{"no origin_jti", func(l *revocation.List) error { return l.RevokeSignIn(pool.ID(), "one", time.Time{}) },
			pool.AccessToken(cognitotest.WithoutClaim("origin_jti")), ""},
		{"subject", func(l *revocation.List) error { return l.RevokeSubject(pool.ID(), cognitotest.Subject, now) },
			pool.AccessToken(cognitotest.SignedInAgo(time.Minute)), cognito.ErrTokenRevoked},
		{"subject of an ID token", func(l *revocation.List) error { return l.RevokeSubject(pool.ID(), cognitotest.Subject, now) },
			pool.IDToken(cognitotest.SignedInAgo(time.Minute)), cognito.ErrTokenRevoked},
		{"subject, signed in later", func(l *revocation.List) error {
			return l.RevokeSubject(pool.ID(), cognitotest.Subject, now.Add(-time.Hour))
		}, pool.AccessToken(cognitotest.SignedInAgo(time.Minute)), ""},
		{"subject, at the time", func(l *revocation.List) error {
			return l.RevokeSubject(pool.ID(), cognitotest.Subject, now.Truncate(time.Second))
		}, pool.AccessToken(claim("auth_time", now.Unix())), ""},
		{"subject, in the second of the time", func(l *revocation.List) error {
			return l.RevokeSubject(pool.ID(), cognitotest.Subject, now.Truncate(time.Second).Add(1))
		}, pool.AccessToken(claim("auth_time", now.Unix())), cognito.ErrTokenRevoked},
		{"subject, refreshed after the time", func(l *revocation.List) error {
			return l.RevokeSubject(pool.ID(), cognitotest.Subject, now.Add(-time.Hour))
		}, pool.AccessToken(cognitotest.SignedInAgo(2*time.Hour), claim("iat", now.Unix())), cognito.ErrTokenRevoked},
		{"subject without auth_time, issued before", func(l *revocation.List) error {
			return l.RevokeSubject(pool.ID(), cognitotest.Subject, now)
		}, pool.AccessToken(cognitotest.WithoutClaim("auth_time"), claim("iat", now.Unix()-10)), cognito.ErrTokenRevoked},
		{"subject without auth_time, issued later", func(l *revocation.List) error {
			return l.RevokeSubject(pool.ID(), cognitotest.Subject, now.Add(-time.Minute))
		}, pool.AccessToken(cognitotest.WithoutClaim("auth_time"), claim("iat", now.Unix()-10)), ""},
		{"subject without any time", func(l *revocation.List) error {
			return l.RevokeSubject(pool.ID(), cognitotest.Subject, now.Add(-time.Minute))
		}, pool.AccessToken(cognitotest.WithoutClaim("auth_time", "iat")), cognito.ErrTokenRevoked},
		{"subject of another pool", func(l *revocation.List) error { return l.RevokeSubject(pool.ID(), cognitotest.Subject, now) },
			other.AccessToken(cognitotest.SignedInAgo(time.Minute)), ""},
		{"machine", func(l *revocation.List) error {
			return l.RevokeSubject(pool.ID(), cognitotest.ClientID, now.Add(time.Second))
		}, pool.MachineToken(), cognito.ErrTokenRevoked},
		{"machine, issued later", func(l *revocation.List) error {
			return l.RevokeSubject(pool.ID(), cognitotest.ClientID, now.Add(-time.Second))
		}, pool.MachineToken(), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			list := newList(t, issuer, nil)
			verifier := newVerifier(t, issuer, list.Revoked)
			wantCode(t, verifier, test.raw, "")
			must(t, test.revoke(list))
			wantCode(t, verifier, test.raw, test.want) // known to the verifier by now
			wantCode(t, newVerifier(t, issuer, list.Revoked), test.raw, test.want)
		})
	}
}

func TestRevokeToken(t *testing.T) {
	t.Parallel()
	issuer := cognitotest.NewIssuer()
	list := newList(t, issuer, func(c *revocation.ListConfig) { c.Leeway = time.Hour })
	config := issuer.Config()
	config.Revoked, config.Leeway = list.Revoked, time.Hour
	verifier, err := cognito.New(config)
	must(t, err)
	session := cognitotest.Claim("origin_jti", "session")
	for _, raw := range []string{issuer.Pool().AccessToken(session), issuer.Pool().IDToken(session)} {
		must(t, list.RevokeToken(verified(t, issuer, raw)))
		wantCode(t, verifier, raw, cognito.ErrTokenRevoked)
	}
	wantCode(t, verifier, issuer.Pool().AccessToken(session), "")
	// The leeway lets it live on past exp, which must not outlast the entry.
	raw := issuer.Pool().AccessToken()
	must(t, list.RevokeToken(verified(t, issuer, raw)))
	issuer.Clock().Advance(time.Hour + 59*time.Minute)
	wantCode(t, verifier, raw, cognito.ErrTokenRevoked)

	var wrong *revocation.EntryError
	nameless := verified(t, issuer, issuer.Pool().AccessToken(cognitotest.WithoutClaim("jti")))
	for _, token := range []cognito.Token{nameless, nil, (*cognito.AccessToken)(nil), &cognito.IDToken{}} {
		if err := list.RevokeToken(token); !errors.As(err, &wrong) {
			t.Errorf("%T: %v", token, err)
		}
	}
}

// TestEntriesEnd moves the clock to the ends of entries.
func TestEntriesEnd(t *testing.T) {
	t.Parallel()
	issuer := cognitotest.NewIssuer()
	now := issuer.Clock().Now()
	const leeway = time.Minute
	for _, test := range []struct {
		name   string
		revoke func(l *revocation.List) error
		end    time.Time
	}{
		{"a sign-in with an end", func(l *revocation.List) error { return l.RevokeSignIn(cognitotest.PoolID, "one", now.Add(time.Hour)) }, now.Add(time.Hour)},
		{"a subject", func(l *revocation.List) error { return l.RevokeSubject(cognitotest.PoolID, "one", now.Add(-day)) }, now.Add(7 * day)},
	} {
		clock := now
		list := newList(t, issuer, func(c *revocation.ListConfig) {
			c.Now, c.SignInLifetime, c.Leeway = func() time.Time { return clock }, 7*day, leeway
		})
		token := verified(t, issuer, issuer.Pool().AccessToken(
			cognitotest.ForSubject("one"), cognitotest.Claim("origin_jti", "one"), cognitotest.SignedInAgo(30*day)))
		must(t, test.revoke(list))
		ask := func(at time.Time, want bool) {
			t.Helper()
			clock = at
			if got, err := list.Revoked(t.Context(), token, ""); got != want || err != nil {
				t.Errorf("%s, %s from its end: %v, %v", test.name, at.Sub(test.end), got, err)
			}
		}
		ask(test.end.Add(leeway-1), true)
		if n := len(slices.Collect(list.Entries())); n != 1 {
			t.Errorf("%s: %d entries", test.name, n)
		}
		ask(test.end.Add(leeway), false)
		if n := len(slices.Collect(list.Entries())); n != 0 {
			t.Errorf("%s: %d entries", test.name, n)
		}
		ask(now, true) // a clock that was set back
	}
}

// TestListIsBounded fills a list to its bound and over.
func TestListIsBounded(t *testing.T) {
	t.Parallel()
	issuer := cognitotest.NewIssuer()
	clock := issuer.Clock()
	const bound = 100
	list := newList(t, issuer, func(c *revocation.ListConfig) { c.MaxEntries, c.Leeway = bound, time.Minute })
	add := func(name string, until time.Time) error { return list.RevokeSignIn(cognitotest.PoolID, name, until) }
	soon, late := clock.Now().Add(time.Hour), clock.Now().Add(2*time.Hour)
	for n := range bound {
		must(t, add(fmt.Sprint("first ", n), soon))
	}
	if err := add("one more", late); !errors.Is(err, revocation.ErrFull) {
		t.Errorf("error %v", err)
	}
	// What is there may be prolonged, and everything that was added is in force.
	must(t, add("first 0", late))
	for n := range bound {
		checkSignIn(t, issuer, list, fmt.Sprint("first ", n), true)
	}
	checkSignIn(t, issuer, list, "one more", false)

	clock.Advance(time.Hour + 2*time.Minute)
	for n := range bound - 1 {
		must(t, add(fmt.Sprint("second ", n), late))
	}
	if err := add("one more", late); !errors.Is(err, revocation.ErrFull) || len(slices.Collect(list.Entries())) != bound || list.Len() > 2*bound {
		t.Errorf("error %v, %d entries", err, list.Len())
	}
	checkSignIn(t, issuer, list, "first 0", true)
	checkSignIn(t, issuer, list, "first 1", false)
	checkSignIn(t, issuer, list, "second 0", true)
}

// checkSignIn asks about a token of that origin_jti.
func checkSignIn(t testing.TB, issuer *cognitotest.Issuer, list *revocation.List, origin string, want bool) {
	t.Helper()
	token := verified(t, issuer, issuer.Pool().AccessToken(cognitotest.Claim("origin_jti", origin)))
	if got, err := list.Revoked(t.Context(), token, ""); got != want || err != nil {
		t.Errorf("%s: %v, %v", origin, got, err)
	}
}

// TestAddNeverWeakens adds entries about the same twice.
func TestAddNeverWeakens(t *testing.T) {
	t.Parallel()
	issuer := cognitotest.NewIssuer()
	now := issuer.Clock().Now().UTC()
	entry := func(before, until time.Time) revocation.Entry {
		return revocation.Entry{Kind: revocation.KindSubject, UserPool: cognitotest.PoolID, ID: "one", Before: before, Until: until}
	}
	wide, narrow := entry(now, now.Add(day)), entry(now.Add(-day), now.Add(time.Hour))
	for _, order := range [][]revocation.Entry{
		{wide, narrow}, {narrow, wide},
		{entry(now, now.Add(time.Hour)), entry(now.Add(-day), now.Add(day))},
	} {
		list := newList(t, issuer, nil)
		for _, e := range order {
			must(t, list.Add(e))
		}
		if diff := cmp.Diff([]revocation.Entry{wide}, slices.Collect(list.Entries())); diff != "" {
			t.Error(diff)
		}
	}
}

// TestEntriesTravel writes a list as JSON, as an application would keep it.
func TestEntriesTravel(t *testing.T) {
	t.Parallel()
	issuer := cognitotest.NewIssuer()
	list, restored := newList(t, issuer, nil), newList(t, issuer, nil)
	now := issuer.Clock().Now().UTC()
	must(t, list.RevokeSignIn(cognitotest.PoolID, "sign-in", time.Time{}))
	must(t, list.RevokeSubject(cognitotest.PoolID, "subject", now))
	must(t, list.Add(revocation.Entry{Kind: revocation.KindToken, UserPool: cognitotest.PoolID, ID: "token", Until: now.Add(day).Truncate(time.Second)}))
	kept := slices.SortedFunc(list.Entries(), func(a, b revocation.Entry) int { return strings.Compare(a.ID, b.ID) })
	text, err := json.Marshal(kept)
	must(t, err)
	if want := `{"kind":"token","user_pool":"us-east-1_Test00001","id":"token","until":"`; !strings.Contains(string(text), want) {
		t.Errorf("%s lacks %s", text, want)
	}
	var read []revocation.Entry
	must(t, json.Unmarshal(text, &read))
	for _, e := range read {
		must(t, restored.Add(e))
	}
	again := slices.SortedFunc(restored.Entries(), func(a, b revocation.Entry) int { return strings.Compare(a.ID, b.ID) })
	if diff := cmp.Diff(kept, again); diff != "" {
		t.Error(diff)
	}
}

func TestFaultyEntries(t *testing.T) {
	t.Parallel()
	issuer := cognitotest.NewIssuer()
	list := newList(t, issuer, nil)
	now := issuer.Clock().Now()
	good := revocation.Entry{Kind: revocation.KindSubject, UserPool: cognitotest.PoolID, ID: "one", Before: now, Until: now.Add(day)}
	for field, change := range map[string]func(*revocation.Entry){
		"Kind":           func(e *revocation.Entry) { e.Kind = "" },
		"Kind of tokens": func(e *revocation.Entry) { e.Kind = "access" },
		"UserPool":       func(e *revocation.Entry) { e.UserPool = "" },
		"UserPool ID":    func(e *revocation.Entry) { e.UserPool = "pool" },
		"ID":             func(e *revocation.Entry) { e.ID = "" },
		"ID with space":  func(e *revocation.Entry) { e.ID = "one\n" },
		"ID length":      func(e *revocation.Entry) { e.ID = strings.Repeat("x", 1025) },
		"Before":         func(e *revocation.Entry) { e.Before = time.Time{} },
		"Before of none": func(e *revocation.Entry) { e.Kind = revocation.KindSignIn },
		"Until":          func(e *revocation.Entry) { e.Until = time.Time{} },
	} {
		e := good
		change(&e)
		var wrong *revocation.EntryError
		if err := list.Add(e); !errors.As(err, &wrong) || wrong.Field != strings.Fields(field)[0] {
			t.Errorf("%s: error %v", field, err)
		}
	}
	for name, err := range map[string]error{
		"sign-in":   list.RevokeSignIn(cognitotest.PoolID, "", time.Time{}),
		"subject":   list.RevokeSubject(cognitotest.PoolID, "", now),
		"no time":   list.RevokeSubject(cognitotest.PoolID, "one", time.Time{}),
		"no pool":   list.RevokeSubject("", "one", now),
		"the other": list.RevokeSignIn("", "one", time.Time{}),
	} {
		var wrong *revocation.EntryError
		if !errors.As(err, &wrong) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	for name, change := range map[string]func(*revocation.Entry){
		"the longest name": func(e *revocation.Entry) { e.ID = strings.Repeat("x", 1024) },
		"a local pool":     func(e *revocation.Entry) { e.UserPool = "local_5aHxzLfB" },
	} {
		e := good
		change(&e)
		if err := newList(t, issuer, nil).Add(e); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	e := good
	e.Until = now.Add(-revocation.DefaultListLeeway)
	if err := list.Add(e); !errors.Is(err, revocation.ErrEnded) {
		t.Errorf("error %v", err)
	}
	if n := len(slices.Collect(list.Entries())); n != 0 {
		t.Errorf("%d entries", n)
	}
}

// TestZeroListDenies has lists that nobody made.
func TestZeroListDenies(t *testing.T) {
	t.Parallel()
	issuer := cognitotest.NewIssuer()
	raw := issuer.Pool().AccessToken()
	for _, list := range []*revocation.List{nil, {}} {
		wantCode(t, newVerifier(t, issuer, list.Revoked), raw, cognito.ErrCheckUnavailable)
		errs := []error{
			list.RevokeToken(verified(t, issuer, raw)), list.RevokeSignIn(cognitotest.PoolID, "one", time.Time{}),
			list.RevokeSubject(cognitotest.PoolID, "one", time.Now()), list.Add(revocation.Entry{}),
		}
		if slices.Contains(errs, nil) || list.Len() != 0 || len(slices.Collect(list.Entries())) != 0 {
			t.Errorf("errors %v", errs)
		}
	}
	// Many, so that the filter of some takes no name at all for one that may be there.
	for range 1000 {
		full := newList(t, issuer, nil)
		for n := range 32 {
			must(t, full.RevokeSubject(cognitotest.PoolID, fmt.Sprint(n), issuer.Clock().Now()))
		}
		if revoked, err := full.Revoked(t.Context(), &cognito.AccessToken{}, ""); revoked || err == nil {
			t.Fatalf("%v, %v", revoked, err)
		}
	}
	for _, token := range []cognito.Token{nil, (*cognito.AccessToken)(nil), &cognito.IDToken{}} {
		if revoked, err := newList(t, issuer, nil).Revoked(t.Context(), token, ""); revoked || err == nil {
			t.Errorf("%T: %v, %v", token, revoked, err)
		}
	}
}

func TestFaultyListConfig(t *testing.T) {
	t.Parallel()
	_, err := revocation.NewList(revocation.ListConfig{MaxEntries: -1, SignInLifetime: 11 * 366 * day, Leeway: 2 * day})
	wantFields(t, err, "ListConfig.MaxEntries", "ListConfig.SignInLifetime", "ListConfig.Leeway")
	_, err = revocation.NewList(revocation.ListConfig{SignInLifetime: -1, Leeway: -1})
	wantFields(t, err, "ListConfig.SignInLifetime", "ListConfig.Leeway")
	const longest = 10 * 366 * day
	_, err = revocation.NewList(revocation.ListConfig{SignInLifetime: longest, Leeway: day})
	must(t, err)
	_, err = revocation.NewList(revocation.ListConfig{SignInLifetime: longest + 1, Leeway: day + 1})
	wantFields(t, err, "ListConfig.SignInLifetime", "ListConfig.Leeway")
}

// wantFields demands a ConfigError for each field, and no more.
func wantFields(t *testing.T, err error, want ...string) {
	t.Helper()
	var got []string
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			var fault *revocation.ConfigError
			if errors.As(e, &fault) {
				got = append(got, fault.Field)
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

// TestListWhileItGrows has lookups while entries are added: whoever was revoked before
// the question is revoked, however the filter grows meanwhile, and nobody else is.
func TestListWhileItGrows(t *testing.T) {
	t.Parallel()
	issuer := cognitotest.NewIssuer()
	list := newList(t, issuer, nil)
	bystander := verified(t, issuer, issuer.Pool().AccessToken())
	victims := make([]cognito.Token, 50)
	for n := range victims {
		victims[n] = verified(t, issuer, issuer.Pool().AccessToken())
	}
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			for n := range 20_000 {
				if n%2000 == 0 {
					_ = list.Entries()
				}
				if revoked, err := list.Revoked(t.Context(), bystander, ""); revoked || err != nil {
					t.Errorf("%v, %v", revoked, err)
					return
				}
			}
		})
	}
	for part := range 2 {
		all.Go(func() {
			for n, victim := range victims {
				if n%2 != part {
					continue
				}
				for i := range 100 {
					if err := list.RevokeSignIn(cognitotest.PoolID, fmt.Sprint(n, "-", i), time.Time{}); err != nil {
						t.Error(err)
					}
				}
				if err := list.RevokeToken(victim); err != nil {
					t.Error(err)
				}
				if revoked, err := list.Revoked(t.Context(), victim, ""); !revoked || err != nil {
					t.Errorf("%v, %v", revoked, err)
				}
			}
		})
	}
	all.Wait()
	for _, victim := range victims {
		if revoked, err := list.Revoked(t.Context(), victim, ""); !revoked || err != nil {
			t.Errorf("%v, %v", revoked, err)
		}
	}
}

// TestHitAllocatesNothing, with a token that the verifier knows and a long list.
func TestHitAllocatesNothing(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	list := newList(t, issuer, nil)
	fill(t, list, 10_000, issuer.Clock().Now().Add(day))
	verifier := newVerifier(t, issuer, list.Revoked)
	raw, ctx := issuer.Pool().AccessToken(), t.Context()
	ask := func() {
		if _, err := verifier.VerifyAccessToken(ctx, raw); err != nil {
			t.Fatal(err)
		}
	}
	ask()
	if n := testing.AllocsPerRun(1000, ask); n != 0 {
		t.Errorf("%v allocations", n)
	}
	// One that the filter lets through, too.
	token := verified(t, issuer, raw)
	must(t, list.RevokeToken(token))
	if n := testing.AllocsPerRun(1000, func() { _, _ = list.Revoked(ctx, token, "") }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
