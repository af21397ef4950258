package tokenstore_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/poolguard/poolguard/internal/privatefile"
	"github.com/poolguard/poolguard/internal/terminalauth/tokenstore"
)

// A memory is a key ring that tests empty, lock and remove.
type memory struct {
	mu      sync.Mutex
	secrets map[string]string
	broken  error
}

func (m *memory) Get(_ context.Context, account string) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	secret, ok := m.secrets[account]
	if !ok && m.broken == nil {
		return "", tokenstore.ErrNotInRing
	}
	return secret, m.broken
}

func (m *memory) Set(_ context.Context, account, secret string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.broken == nil {
		m.secrets[account] = secret
	}
	return m.broken
}

func (m *memory) Delete(_ context.Context, account string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.secrets, account)
	return m.broken
}

func newMemory() *memory { return &memory{secrets: map[string]string{}} }

func someTokens(mark string) *tokenstore.Tokens {
	at := time.Date(2026, 1, 31, 9, 0, 0, 0, time.UTC)
	return &tokenstore.Tokens{
		UserPoolID: "us-east-1_A", ClientID: "c", Domain: "https://a.example.com", Subject: "s",
		// Longer than Windows and macOS would keep.
		Access: mark + strings.Repeat("a", 3000), ID: mark + strings.Repeat("i", 3000), Refresh: mark + strings.Repeat("r", 2000),
		AccessExpiresAt: at.Add(time.Hour), IDExpiresAt: at.Add(time.Hour), SignedInAt: at,
	}
}

func open(t *testing.T, dir string, ring tokenstore.Ring) *tokenstore.Store {
	t.Helper()
	return tokenstore.Open(tokenstore.Config{Directory: dir, Profile: "dev", Ring: ring, Patience: time.Minute})
}

func take(t *testing.T, s *tokenstore.Store) *tokenstore.Turn {
	t.Helper()
	turn, err := s.Turn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return turn
}

func begin(t *testing.T, s *tokenstore.Store, tokens *tokenstore.Tokens) {
	t.Helper()
	turn := take(t, s)
	defer turn.End()
	if _, why, err := turn.Begin(t.Context(), tokens); why != nil || err != nil {
		t.Fatal(why, err)
	}
}

func wantTokens(t *testing.T, s *tokenstore.Store, want *tokenstore.Tokens, wantKept tokenstore.Kept) {
	t.Helper()
	got, kept, err := s.Load(t.Context())
	if diff := cmp.Diff(want, got); diff != "" || kept != wantKept || err != nil {
		t.Errorf("%v, %v\n%s", kept, err, diff)
	}
}

func TestTokensAreKeptWithAndWithoutARing(t *testing.T) {
	t.Parallel()
	for _, kept := range []tokenstore.Kept{tokenstore.InFile, tokenstore.InRing} {
		dir := filepath.Join(t.TempDir(), "tokens")
		ring := newMemory()
		s := open(t, dir, ring)
		if kept == tokenstore.InFile {
			s = open(t, dir, nil)
		}
		if _, _, err := s.Load(t.Context()); !errors.Is(err, tokenstore.ErrNone) {
			t.Error(err)
		}
		begin(t, s, someTokens("one"))
		wantTokens(t, s, someTokens("one"), kept)
		turn := take(t, s)
		if err := turn.Replace(someTokens("two")); err == nil {
			t.Error("replaced what was not loaded")
		}
		if got, how, err := turn.Load(t.Context()); got == nil || how != kept || err != nil {
			t.Error(how, err)
		}
		// The key is at hand already.
		ring.broken = errors.New("locked")
		if err := turn.Replace(someTokens("two")); err != nil {
			t.Error(err)
		}
		ring.broken = nil
		turn.End()
		wantTokens(t, s, someTokens("two"), kept)
		text, err := os.ReadFile(s.Path())
		if err != nil || strings.Contains(string(text), "aaaa") != (kept == tokenstore.InFile) {
			t.Errorf("%s: %v\n%.200s", kept, err, text)
		}
		if (len(ring.secrets) == 1) != (kept == tokenstore.InRing) {
			t.Errorf("%s: %d keys", kept, len(ring.secrets))
		}
		turn = take(t, s)
		for range 2 {
			if err := turn.Delete(t.Context()); err != nil {
				t.Error(err)
			}
		}
		turn.End()
		if _, _, err := s.Load(t.Context()); !errors.Is(err, tokenstore.ErrNone) || len(ring.secrets) != 0 {
			t.Errorf("%v, %d keys", err, len(ring.secrets))
		}
	}
}

// A new sign-in without a working ring keeps its tokens in the file, and returns why.
// Encrypted tokens are not written as plain text.
func TestMissingRingIsReported(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "tokens")
	ring := newMemory()
	s := open(t, dir, ring)
	begin(t, s, someTokens("one"))
	ring.broken = errors.New("locked")
	var gone *tokenstore.RingError
	for _, s := range []*tokenstore.Store{s, open(t, dir, nil)} {
		if tokens, _, err := s.Load(t.Context()); tokens != nil || !errors.As(err, &gone) {
			t.Error(err)
		}
		turn := take(t, s)
		before, _ := os.ReadFile(s.Path())
		if _, _, err := turn.Load(t.Context()); !errors.As(err, &gone) {
			t.Error(err)
		}
		if err := turn.Replace(someTokens("two")); err == nil {
			t.Error("replaced what could not be read")
		}
		if after, err := os.ReadFile(s.Path()); err != nil || !bytes.Equal(before, after) {
			t.Error("the file was changed", err)
		}
		turn.End()
	}
	turn := take(t, s)
	defer turn.End()
	kept, why, err := turn.Begin(t.Context(), someTokens("three"))
	if kept != tokenstore.InFile || !errors.As(why, &gone) || err != nil {
		t.Errorf("%v, %v, %v", kept, why, err)
	}
	wantTokens(t, s, someTokens("three"), tokenstore.InFile)
	ring.broken = nil
	begin2 := func() {
		if kept, why, err := turn.Begin(t.Context(), someTokens("four")); kept != tokenstore.InRing || why != nil || err != nil {
			t.Error(kept, why, err)
		}
	}
	begin2()
	ring.broken = errors.New("locked")
	if err := turn.Delete(t.Context()); !errors.As(err, &gone) {
		t.Error(err)
	}
	if _, err := os.Stat(s.Path()); !errors.Is(err, os.ErrNotExist) {
		t.Error("the file is still there:", err)
	}
}

// With RingOnly, no tokens are written without a working ring, and the previous tokens
// stay.
func TestRingOnlyKeepsNoPlainTokens(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "tokens")
	ring := newMemory()
	begin(t, open(t, dir, ring), someTokens("one"))
	ring.broken = errors.New("locked")
	var gone *tokenstore.RingError
	for _, ring := range []tokenstore.Ring{ring, nil} {
		s := tokenstore.Open(tokenstore.Config{Directory: dir, Profile: "dev", Ring: ring, RingOnly: true})
		turn := take(t, s)
		if kept, why, err := turn.Begin(t.Context(), someTokens("two")); kept != "" || why != nil || !errors.As(err, &gone) {
			t.Errorf("%q, %v, %v", kept, why, err)
		}
		turn.End()
	}
	ring.broken = nil
	wantTokens(t, open(t, dir, ring), someTokens("one"), tokenstore.InRing)
}

// The file of a profile is not the lock or the next file of another profile.
func TestFilesOfProfilesAreDistinct(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "tokens")
	of := func(name string) *tokenstore.Store {
		return tokenstore.Open(tokenstore.Config{Directory: dir, Profile: name})
	}
	others := []string{"dev.new", "dev.lock", "dev.json", "dev.json.new", "dev.json.lock"}
	for _, name := range others {
		begin(t, of(name), someTokens(name))
	}
	turn := take(t, of("dev"))
	for _, mark := range []string{"one", "two"} {
		if _, _, err := turn.Begin(t.Context(), someTokens(mark)); err != nil {
			t.Fatal(err)
		}
	}
	if err := turn.Delete(t.Context()); err != nil {
		t.Fatal(err)
	}
	turn.End()
	for _, name := range others {
		wantTokens(t, of(name), someTokens(name), tokenstore.InFile)
	}
}

// A file that was changed, moved or cut is rejected.
func TestChangedFileIsUnreadable(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "tokens")
	ring := newMemory()
	s := open(t, dir, ring)
	begin(t, s, someTokens("one"))
	good, err := os.ReadFile(s.Path())
	if err != nil {
		t.Fatal(err)
	}
	try := func(what string, text []byte) {
		t.Helper()
		if err := os.WriteFile(s.Path(), text, 0o600); err != nil {
			t.Fatal(err)
		}
		if tokens, _, err := s.Load(t.Context()); tokens != nil || !errors.Is(err, tokenstore.ErrUnreadable) {
			t.Errorf("%s: %v", what, err)
		}
	}
	text := string(good)
	for what, text := range map[string]string{
		"nothing": "", "half": text[:len(text)/2], "no JSON": "x", "twice": text + text,
		"a bit":           strings.Replace(text, `"sealed":"`, `"sealed":"A`, 1)[:len(text)-4] + "\"}\n",
		"another version": strings.Replace(text, `"version":1`, `"version":2`, 1),
		"called plain":    strings.Replace(text, `"keyring"`, `"file"`, 1),
		"unknown member":  strings.Replace(text, `"version":1`, `"version":1,"x":1`, 1),
		"member twice":    strings.Replace(text, `"version":1`, `"version":1,"version":1`, 1),
		"short":           `{"version":1,"kept":"keyring","sealed":"AAAA"}`,
	} {
		try(what, []byte(text))
	}
	// Another profile's file in this one's place, with the key that it had.
	other := tokenstore.Open(tokenstore.Config{Directory: dir, Profile: "other", Ring: ring})
	begin(t, other, someTokens("other"))
	moved, err := os.ReadFile(other.Path())
	if err != nil {
		t.Fatal(err)
	}
	for account, key := range ring.secrets {
		if dir, isOther := strings.CutSuffix(account, "other.json"); isOther {
			ring.secrets[dir+"dev.json"] = key
		}
	}
	try("moved", moved)
	ring.secrets = map[string]string{}
	try("no key", good)
	for _, key := range []string{"", "x", "AAAA"} {
		for account := range map[string]bool{filepath.Join(dir, "profile-dev.json"): true} {
			ring.secrets[account] = key
		}
		try("bad key", good)
	}
}

func TestExposedFileIsRejected(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "tokens")
	s := open(t, dir, nil)
	begin(t, s, someTokens("one"))
	if err := os.Chmod(s.Path(), 0o644); err != nil {
		t.Fatal(err)
	}
	var exposed *privatefile.ExposedError
	if _, _, err := s.Load(t.Context()); !errors.As(err, &exposed) {
		t.Skip(err) // modes say nothing here
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Turn(t.Context()); !errors.As(err, &exposed) {
		t.Error(err)
	}
}

// No way of formatting tokens shows them.
func TestTokensShowNothing(t *testing.T) {
	t.Parallel()
	tokens := someTokens("secret")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d"} {
		for _, v := range []any{tokens, *tokens, []any{tokens}} {
			if text := fmt.Sprintf(verb, v); strings.Contains(text, "secret") {
				t.Errorf("%s shows %.100s", verb, text)
			}
		}
	}
	if text := tokens.LogValue().String(); strings.Contains(text, "secret") {
		t.Error(text)
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(`{"version":1,"kept":"file","tokens":{"user_pool":"a","access_token":"b"}}`))
	f.Add([]byte(`{"version":1,"kept":"keyring","sealed":"AAAA"}`))
	f.Add([]byte("null"))
	dir := filepath.Join(f.TempDir(), "tokens")
	s := tokenstore.Open(tokenstore.Config{Directory: dir, Profile: "dev", Ring: newMemory()})
	if err := os.Mkdir(dir, 0o700); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if err := os.WriteFile(s.Path(), text, 0o600); err != nil {
			t.Fatal(err)
		}
		tokens, _, err := s.Load(t.Context())
		if (tokens == nil) != (err != nil) {
			t.Errorf("%v, %v", tokens, err)
		}
	})
}

func ExampleOpen() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()
	store := tokenstore.Open(tokenstore.Config{Directory: filepath.Join(dir, "tokens"), Profile: "dev"})
	turn, err := store.Turn(ctx)
	if err != nil {
		panic(err)
	}
	defer turn.End()
	kept, _, err := turn.Begin(ctx, &tokenstore.Tokens{Subject: "anaya", Access: "eyJ…"})
	fmt.Println(kept, err)
	tokens, _, err := store.Load(ctx)
	fmt.Println(tokens.Subject, tokens, err)
	// Output:
	// file <nil>
	// anaya [redacted] <nil>
}
