package telemetry_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/internal/telemetry"
	"github.com/poolguard/poolguard/cognito/keyset"
)

// TestCodesOfApplicationsShareOneLabel: the library's codes are their own labels.
func TestCodesOfApplicationsShareOneLabel(t *testing.T) {
	for code, want := range map[cognito.Code]string{"": "yes", "yes": "rest", "rest": "rest", "made_up": "rest"} {
		if got := telemetry.CodeLabel(code, "yes", "rest"); got != want {
			t.Errorf("%q has the label %q, want %q", string(code), got, want)
		}
	}
	for _, code := range cognito.Codes() {
		if got := telemetry.CodeLabel(code, "yes", "rest"); got != string(code) {
			t.Errorf("%q has the label %q", string(code), got)
		}
	}
}

// TestEveryVerdictHasItsPlace: no two verdicts that metrics tell apart share a value.
func TestEveryVerdictHasItsPlace(t *testing.T) {
	table, _ := telemetry.NewTables[int](0, "").Of("")
	created := 0
	create := func() int { created++; return created }
	want := 0
	for range 2 { // the second time everything is found
		seen := map[int]bool{}
		for _, code := range append(cognito.Codes(), "", "made_up") {
			for _, use := range []cognito.TokenUse{"", cognito.TokenUseAccess, cognito.TokenUseID} {
				for _, hit := range []bool{false, true} {
					seen[table.Get(cognito.Verification{Code: code, TokenUse: use, CacheHit: hit}, create)] = true
				}
			}
		}
		want = (len(cognito.Codes()) + 2) * 3 * 2
		if len(seen) != want || created != want {
			t.Errorf("%d values, %d created, want %d", len(seen), created, want)
		}
	}
	if table.Get(cognito.Verification{Code: "another"}, create) != table.Get(cognito.Verification{Code: "made_up"}, create) || created != want {
		t.Error("two codes of an application have two values")
	}
}

// TestPoolsOverTheLimitShareOneTable, also where many callers bring new pools at once.
func TestPoolsOverTheLimitShareOneTable(t *testing.T) {
	tables := telemetry.NewTables[int](2, "rest")
	var wg sync.WaitGroup
	for range 4 {
		for _, pool := range []string{"a", "b", "c", "d", ""} {
			wg.Go(func() { tables.Of(pool) })
		}
	}
	wg.Wait()
	names := map[string]int{}
	for _, pool := range []string{"a", "b", "c", "d"} {
		_, name := tables.Of(pool)
		names[name]++
	}
	if names["rest"] != 2 || len(names) != 3 {
		t.Errorf("names %v", names)
	}
	if _, name := tables.Of(""); name != "" {
		t.Errorf("no pool is called %q", name)
	}
	one := telemetry.NewTables[int](0, "rest")
	a, name := one.Of("a")
	if b, _ := one.Of("b"); a != b || name != "" {
		t.Errorf("pools are told apart with a limit of 0, as %q", name)
	}
}

// TestKeySetsInUse: a failed fetch keeps the set; a clock that was set back makes no age negative.
func TestKeySetsInUse(t *testing.T) {
	now := time.Unix(160, 0)
	sets := telemetry.NewKeySets(2, func() time.Time { return now })
	fetched := func(url string, f keyset.Fetch) bool {
		f.URL = url
		return sets.Fetched(cognito.KeySetFetch{UserPool: "p", Fetch: f})
	}
	fetched("a", keyset.Fetch{Keys: 2, SetFetchedAt: time.Unix(100, 0)})
	fetched("a", keyset.Fetch{Err: errors.New("down")})
	if !fetched("b", keyset.Fetch{Err: errors.New("down")}) || fetched("c", keyset.Fetch{Keys: 1, SetFetchedAt: now}) {
		t.Error("the limit of two key sets does not hold")
	}
	want := []telemetry.KeySet{{UserPool: "p", URL: "a", Age: time.Minute, Keys: 2}}
	if diff := cmp.Diff(want, sets.InUse()); diff != "" {
		t.Errorf("in use (-want +got):\n%s", diff)
	}
	now = time.Unix(0, 0)
	if got := sets.InUse(); len(got) != 1 || got[0].Age != 0 {
		t.Errorf("after the clock was set back: %v", got)
	}
}
