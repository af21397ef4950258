package lambdaauth_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito/cognitotest"
)

// TestRuntimeColdStart prints how long a function takes from its start to its first answer:
// where the key set is fetched from an address that answers after 50 ms, where a copy is in
// a directory, where it is a file of the package, and where that file is a seed.
func TestRuntimeColdStart(t *testing.T) {
	if testing.Short() {
		t.Skip("starts many processes")
	}
	issuer := cognitotest.NewIssuer()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(50 * time.Millisecond)
		issuer.Handler().ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	issuer.SetAddress(server.URL)
	directory, file := t.TempDir(), filepath.Join(t.TempDir(), "jwks.json")
	if err := os.WriteFile(file, issuer.Pool().JWKS(), 0o600); err != nil {
		t.Fatal(err)
	}
	where := "LAMBDAAUTH_TEST_ISSUER=" + server.URL + "/" + cognitotest.PoolID
	event := rawEvent(t, "rest-token", issuer.Pool().AccessToken(cognitotest.Scopes("orders/read")))
	inDirectory := "LAMBDAAUTH_TEST_DIRECTORY=" + directory
	for _, way := range []struct {
		name, environment string
		fetches           func(starts int) int
	}{
		{"fetched", "NONE=", func(starts int) int { return starts }},
		{"copy in KeySetDirectory", inDirectory, func(int) int { return 1 }}, // the first start writes it
		{"file of the package", "LAMBDAAUTH_TEST_FILE=" + file, func(int) int { return 0 }},
		{"seed", "LAMBDAAUTH_TEST_SEED=" + file, nil}, // whether its fetch arrives before the process ends is chance
	} {
		const starts = 7
		before := issuer.Pool().KeySetRequests()
		var whole, first, second []time.Duration
		for n := range starts {
			api := newRuntimeAPI(t)
			begin := time.Now()
			api.start(t, "LAMBDAAUTH_TEST_HANDLER=rest-token", where, way.environment)
			timed := func() (sinceStart, sinceEvent time.Duration) {
				p := api.invoke(t, event)
				if p.kind != "response" {
					t.Fatalf("%s: %s", way.name, p.body)
				}
				return time.Since(begin), time.Since(p.handed)
			}
			start, cold := timed()
			_, warm := timed()
			if n == 0 { // fills the disk's cache, and the directory
				// The function answers before it has written the copy.
				for way.environment == inDirectory && !hasCopy(t, directory) {
					timed()
				}
				continue
			}
			whole, first, second = append(whole, start), append(first, cold), append(second, warm)
		}
		if got := issuer.Pool().KeySetRequests() - before; way.fetches != nil && got != way.fetches(starts) {
			t.Errorf("%s: %d fetches in %d starts", way.name, got, starts)
		}
		t.Logf("%-24s start to first answer %v, first event %v, second event %v (medians of %d)", way.name, median(whole), median(first), median(second), len(whole))
	}
}

// hasCopy reports whether a directory has the copy of a key set. The file gets its name when it is
// complete; before that, its name begins with a dot.
func hasCopy(t *testing.T, directory string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(directory, "[^.]*"))
	if err != nil {
		t.Fatal(err)
	}
	return len(files) > 0
}

func median(list []time.Duration) time.Duration {
	slices.Sort(list)
	return list[len(list)/2].Round(10 * time.Microsecond)
}
