package issuer

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/random"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

const testPool = "us-east-1_Local0001"

// clock stands still until it is moved.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

func newIssuer(s store.Store, c *clock, rotation Rotation) *Issuer {
	return New(Config{
		Store: s, Now: c.Now, Random: random.NewSource(rand.Reader), Rotation: rotation,
		URL: func(poolID string) string { return "http://pool.test/" + poolID },
	})
}

func keyIDs(t *testing.T, i *Issuer) []string {
	t.Helper()
	set, err := i.KeySet(t.Context(), testPool)
	if err != nil {
		t.Fatal(err)
	}
	ids := make([]string, len(set))
	for n, k := range set {
		ids[n] = k.KeyID
	}
	return ids
}

// Keys are the store's: another process with the same store signs with them, and
// still publishes what was retired.
func TestKeysSurvive(t *testing.T) {
	t.Parallel()
	s, c := store.NewMemory(), &clock{time.Unix(1_800_000_000, 0)}
	first := newIssuer(s, c, Rotation{})
	keyIDs(t, first)
	if err := first.Rotate(t.Context(), testPool, time.Hour); err != nil {
		t.Fatal(err)
	}
	before := keyIDs(t, first)
	if len(before) != 4 {
		t.Fatalf("%d keys after a rotation", len(before))
	}
	second := newIssuer(s, c, Rotation{})
	if diff := cmp.Diff(before, keyIDs(t, second)); diff != "" {
		t.Errorf("keys of the second process (-first +second):\n%s", diff)
	}
	raw, err := first.Machine(t.Context(), directory.Client{ID: "m", PoolID: testPool, AccessValidity: time.Hour}, []string{"a/b"}, "https://api.test")
	if err != nil {
		t.Fatal(err)
	}
	token, err := second.ReadAccessToken(t.Context(), testPool, raw)
	if err != nil || token.ClientID != "m" {
		t.Errorf("the first one's token: %+v, %v", token, err)
	}
	c.now = c.now.Add(time.Hour)
	if n := len(keyIDs(t, second)); n != 2 {
		t.Errorf("%d keys after the overlap", n)
	}
}

func TestRotationSchedule(t *testing.T) {
	t.Parallel()
	c := &clock{time.Unix(1_800_000_000, 0)}
	i := newIssuer(store.NewMemory(), c, Rotation{Every: 24 * time.Hour, Overlap: time.Hour})
	first := keyIDs(t, i)
	c.now = c.now.Add(24*time.Hour - time.Second)
	if diff := cmp.Diff(first, keyIDs(t, i)); diff != "" {
		t.Errorf("before the time:\n%s", diff)
	}
	c.now = c.now.Add(time.Second)
	second := keyIDs(t, i)
	if len(second) != 4 || second[0] == first[0] || cmp.Diff(first, second[2:]) != "" {
		t.Errorf("at the time: %q after %q", second, first)
	}
	c.now = c.now.Add(time.Hour)
	if third := keyIDs(t, i); cmp.Diff(second[:2], third) != "" {
		t.Errorf("after the overlap: %q after %q", third, second)
	}
}

// failing refuses to write until it is mended.
type failing struct {
	store.Store
	broken bool
}

var errBroken = errors.New("disk full")

func (f *failing) Update(ctx context.Context, write func(store.Tx) error) error {
	if f.broken {
		return errBroken
	}
	return f.Store.Update(ctx, write)
}

// Keys that cannot be kept are not used, and the next request tries again.
func TestKeysThatCannotBeKept(t *testing.T) {
	t.Parallel()
	f := &failing{Store: store.NewMemory(), broken: true}
	i := newIssuer(f, &clock{time.Unix(1_800_000_000, 0)}, Rotation{})
	if _, err := i.KeySet(t.Context(), testPool); !errors.Is(err, errBroken) {
		t.Errorf("a key set that was not kept: %v", err)
	}
	f.broken = false
	before := keyIDs(t, i)
	f.broken = true
	if err := i.Rotate(t.Context(), testPool, 0); !errors.Is(err, errBroken) {
		t.Errorf("a rotation that was not kept: %v", err)
	}
	if diff := cmp.Diff(before, keyIDs(t, i)); diff != "" {
		t.Errorf("keys changed all the same:\n%s", diff)
	}
}

// What comes back must be an access token of this pool, whole and in time.
func TestReadAccessToken(t *testing.T) {
	t.Parallel()
	c := &clock{time.Unix(1_800_000_000, 0)}
	i := newIssuer(store.NewMemory(), c, Rotation{})
	mint := func(id bool, change func(*Forgery)) string {
		t.Helper()
		f, err := i.Forge(t.Context(), testPool, "web", id)
		if err != nil {
			t.Fatal(err)
		}
		if change != nil {
			change(&f)
		}
		raw, err := i.Mint(t.Context(), testPool, f)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	good := mint(false, nil)
	token, err := i.ReadAccessToken(t.Context(), testPool, good)
	if err != nil || token.Username != "minted" || PoolOf(good) != testPool {
		t.Errorf("a good one: %+v, %v", token, err)
	}
	for name, raw := range map[string]string{
		"empty": "", "dots": strings.Repeat(".", 100_000), "huge": good + strings.Repeat("A", 70_000),
		"ID token":     mint(true, nil),
		"foreign key":  mint(false, func(f *Forgery) { f.Sign = SignForeign }),
		"tampered":     mint(false, func(f *Forgery) { f.Sign = SignBroken }),
		"none":         mint(false, func(f *Forgery) { f.Header["alg"], f.Sign = "none", SignNone }),
		"HMAC":         mint(false, func(f *Forgery) { f.Header["alg"], f.Sign = "HS256", SignHMAC }),
		"unknown kid":  mint(false, func(f *Forgery) { f.Header["kid"] = "x" }),
		"other issuer": mint(false, func(f *Forgery) { f.Claims["iss"] = "http://pool.test/us-east-1_Other0001" }),
	} {
		if _, err := i.ReadAccessToken(t.Context(), testPool, raw); !errors.Is(err, ErrNotAccessToken) {
			t.Errorf("%s: %v", name, err)
		}
	}
	c.now = c.now.Add(time.Hour)
	if _, err := i.ReadAccessToken(t.Context(), testPool, good); !errors.Is(err, ErrTokenExpired) {
		t.Errorf("at its exp: %v", err)
	}
}

// Extra claims are what a trigger may add, the user's over the client's over the
// groups', and never what it may not.
func TestExtraClaims(t *testing.T) {
	t.Parallel()
	c := &clock{time.Unix(1_800_000_000, 0)}
	i := newIssuer(store.NewMemory(), c, Rotation{})
	of := func(pairs ...string) directory.Claims {
		claims := map[string]json.RawMessage{}
		for pair := range slices.Chunk(pairs, 2) {
			claims[pair[0]] = json.RawMessage(pair[1])
		}
		return directory.Claims{ID: claims, Access: claims}
	}
	one := 1
	s := Subject{
		Pool:   directory.Pool{ID: testPool},
		Client: directory.Client{ID: "web", Claims: of("tier", `"client"`, "from", `"client"`), AccessValidity: time.Hour, IDValidity: time.Hour},
		User: directory.User{
			Username: "anaya", Sub: "s", Groups: []string{"staff", "ops"}, Claims: of("tier", `{"user":[1,null]}`, "sub", `"forged"`, "exp", `1`),
			Identities: []directory.Identity{{UserID: "7", ProviderName: "Google", ProviderType: "Google", Primary: true, CreatedAt: c.now}},
		},
		Groups: []directory.Group{
			{Name: "staff", RoleARN: "arn:aws:iam::000000000000:role/staff", Claims: of("from", `"group"`, "group", `true`)},
			{Name: "ops", RoleARN: "arn:aws:iam::000000000000:role/ops", Precedence: &one},
		},
	}
	id := map[string]any{}
	b, err := json.Marshal(i.idClaims(&s, c.now))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &id); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"tier": map[string]any{"user": []any{1.0, nil}}, "from": "client", "group": true, "sub": "s",
		"cognito:roles":          []any{"arn:aws:iam::000000000000:role/staff", "arn:aws:iam::000000000000:role/ops"},
		"cognito:preferred_role": "arn:aws:iam::000000000000:role/ops",
		"identities": []any{map[string]any{
			"userId": "7", "providerName": "Google", "providerType": "Google", "issuer": nil, "primary": "true", "dateCreated": "1800000000000",
		}},
	}
	for name, value := range want {
		if diff := cmp.Diff(value, id[name]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if id["exp"] == 1.0 {
		t.Error("exp was replaced")
	}
}

// TestPoolOf: what a stranger's token says of its pool is a name that can be looked
// for.
func TestPoolOf(t *testing.T) {
	t.Parallel()
	token := func(payload string) string {
		return "e30." + base64.RawURLEncoding.EncodeToString([]byte(payload)) + ".AA"
	}
	for raw, want := range map[string]string{
		token(`{"iss":"http://pool.test/` + testPool + `"}`):                     testPool,
		token(`{"iss":"` + testPool + `"}`):                                      testPool,
		token(`{"iss":"http://pool.test/` + strings.Repeat("p", 55) + `"}`):      strings.Repeat("p", 55),
		token(`{"iss":"http://pool.test/` + strings.Repeat("p", 56) + `"}`):      "",
		token(`{"iss":"http://pool.test/` + strings.Repeat("p", 40_000) + `"}`):  "",
		token(`{"iss":"http://pool.test/` + strings.Repeat("p", 100_000) + `"}`): "",
		token(`{"iss":7}`): "", token(`[]`): "", "a.b": "", "": "", "a.%.c": "",
	} {
		if got := PoolOf(raw); got != want {
			t.Errorf("%.80s: %.80q", raw, got)
		}
	}
}
