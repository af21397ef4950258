package seal_test

import (
	"bytes"
	"crypto/fips140"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito/signin/internal/seal"
)

func newKey(t *testing.T) []byte {
	t.Helper()
	key, err := seal.ParseKey(seal.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func mustSeal(t *testing.T, ring *seal.Ring, id seal.ID, plain, additional string) []byte {
	t.Helper()
	sealed, err := ring.Seal(id, []byte(plain), []byte(additional))
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func TestDumpOfTheStoreWithTheRingOpensNothing(t *testing.T) {
	ring, id := seal.NewRing(newKey(t)), seal.NewID()
	sealed := mustSeal(t, ring, id, "the refresh token", "key 1")
	if bytes.Contains(sealed, []byte("refresh")) {
		t.Error("the record is not encrypted")
	}
	if plain, err := ring.Open(id, sealed, []byte("key 1")); err != nil || string(plain) != "the refresh token" {
		t.Errorf("%q, %v", plain, err)
	}
	// The store has the key of the record, not the ID.
	for name, other := range map[string]seal.ID{"the store key": seal.ID(id.Key()), "another ID": seal.NewID(), "zero": {}} {
		if plain, err := ring.Open(other, sealed, []byte("key 1")); !errors.Is(err, seal.ErrClosed) || plain != nil {
			t.Errorf("%s: %q, %v", name, plain, err)
		}
	}
}

func TestRecordOpensOnlyInItsPlace(t *testing.T) {
	ring, id := seal.NewRing(newKey(t)), seal.NewID()
	sealed := mustSeal(t, ring, id, "x", "version 2")
	if _, err := ring.Open(id, sealed, []byte("version 1")); !errors.Is(err, seal.ErrClosed) {
		t.Error(err)
	}
	for n := range sealed {
		changed := bytes.Clone(sealed)
		changed[n] ^= 1
		if _, err := ring.Open(id, changed, []byte("version 2")); !errors.Is(err, seal.ErrClosed) {
			t.Errorf("byte %d: %v", n, err)
		}
		if _, err := ring.Open(id, sealed[:n], []byte("version 2")); !errors.Is(err, seal.ErrClosed) {
			t.Errorf("the first %d bytes: %v", n, err)
		}
	}
}

func TestRotationOfKeys(t *testing.T) {
	old, current, id := newKey(t), newKey(t), seal.NewID()
	sealed := mustSeal(t, seal.NewRing(old), id, "x", "")
	both := seal.NewRing(current, old)
	if _, err := both.Open(id, sealed, nil); err != nil {
		t.Error("an old key opens:", err)
	}
	sealed = mustSeal(t, both, id, "x", "")
	if _, err := seal.NewRing(current).Open(id, sealed, nil); err != nil {
		t.Error("the first key seals:", err)
	}
	if _, err := seal.NewRing(old).Open(id, sealed, nil); !errors.Is(err, seal.ErrClosed) {
		t.Error(err)
	}
	if len(both.MACs("person", "a")) != 2 || both.MACs("person", "a")[1] != seal.NewRing(old).MACs("person", "a")[0] {
		t.Error("the MACs are not in the order of the keys")
	}
}

func TestMACSeparatesItsParts(t *testing.T) {
	ring := seal.NewRing(newKey(t))
	seen := map[[32]byte]string{}
	for _, parts := range [][]string{{"a", "bc"}, {"ab", "c"}, {"abc"}, {"abc", ""}, {"", "abc"}, {"a\x00\x00\x00\x02bc"}} {
		mac, name := ring.MACs("person", parts...)[0], fmt.Sprintf("%q", parts)
		if other, found := seen[mac]; found {
			t.Errorf("%s and %s have one MAC", name, other)
		}
		seen[mac] = name
	}
	if ring.MACs("person", "a")[0] == ring.MACs("another purpose", "a")[0] {
		t.Error("two purposes have one MAC")
	}
}

func TestDefaultAndExampleKeysAreRefused(t *testing.T) {
	good := seal.NewKey()
	for name, text := range map[string]string{
		"nothing": "", "no prefix": strings.TrimPrefix(good, seal.Prefix), "short": good[:len(good)-2], "long": good + "AA",
		"line break": good[:20] + "\n" + good[20:], "padding": good + "=", "zeros": seal.Prefix + strings.Repeat("A", 43),
		"a pattern": seal.Prefix + strings.Repeat("c2Vj", 10) + "c2U", "password": seal.Prefix + "correct-horse-battery-staple", "white space": good + " ",
	} {
		if _, err := seal.ParseKey(text); err == nil {
			t.Errorf("%s is accepted", name)
		} else if len(text) > 30 && strings.Contains(err.Error(), text[10:30]) {
			t.Errorf("%s: the error shows the key: %v", name, err)
		}
	}
}

func TestIDHasOneSpelling(t *testing.T) {
	id := seal.NewID()
	text := id.Text()
	if got, ok := seal.ParseID(text); !ok || got != id {
		t.Error("the text of an ID is not read back")
	}
	for _, other := range []string{"", text[:42], text + "A", text + "=", text[:41] + "\n\n", strings.Repeat("+", 43), " " + text[:42]} {
		if _, ok := seal.ParseID(other); ok {
			t.Errorf("%q is read", other)
		}
	}
	read := 0 // of the 64 last characters, 16 leave the two unused bits at zero
	for _, last := range "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_" {
		if _, ok := seal.ParseID(text[:42] + string(last)); ok {
			read++
		}
	}
	if read != 16 {
		t.Errorf("%d last characters are read, want 16", read)
	}
	if s := fmt.Sprintf("%v %x %#v %s %d", id, id, id, id, id); strings.Trim(s, "[redact] ") != "" {
		t.Errorf("fmt shows the ID: %s", s)
	}
}

// TestSealingUnderFIPSOnly runs the tests of this package in a process with the strict
// FIPS 140-3 mode, in which every algorithm that is not approved fails.
func TestSealingUnderFIPSOnly(t *testing.T) {
	if fips140.Enforced() {
		return
	}
	tests, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), tests, "-test.run=^Test")
	command.Env = append(os.Environ(), "GODEBUG=fips140=only")
	if out, err := command.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
