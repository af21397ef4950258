package faults

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/keyset"
)

// TestStartWithoutNetwork: a process that cannot reach the address verifies by the
// copy that an earlier one left, or by a file that somebody put there, and by the
// copy only as long as a set may be used.
func TestStartWithoutNetwork(t *testing.T) {
	onBothClocks(t, "start without network", func(w *world) {
		w.hasten()
		w.config.KeySetDirectory = w.directory()
		raw := w.mint()
		from, to := w.warm(w.verifier(), raw)
		w.endpoint.breakWith(http.HandlerFunc(hangUp))

		byFile := w.withFile(w.copy())
		o := &ongoing{world: w, from: from, to: to}
		starts := 0
		w.until(w.policy.Stale/20, "the copy to be stale", func() bool {
			o.verifier = w.verifier() // each is a start
			o.known(raw, "")
			w.ask(w.Context(), o.verifier, w.stranger(), cognito.ErrKeyNotFound, cognito.ErrKeysUnavailable)
			w.ask(w.Context(), byFile, raw, "") // how old a file may be is up to whoever puts it there
			starts++
			return time.Since(from) > w.policy.Stale*5/4
		})
		w.endpoint.breakWith(nil)
		w.until(w.policy.CoolDown/10, "recovery", func() bool {
			return w.ask(w.Context(), o.verifier, raw, "", cognito.ErrKeysUnavailable) == ""
		})
		w.remark(fmt.Sprintf("%d starts, %d of them by the copy until it was stale", starts, o.good))
	})
}

// withFile returns a verifier that has its keys from the file at path.
func (w *world) withFile(path string) *cognito.Verifier {
	w.Helper()
	file, err := keyset.NewFile(keyset.FileConfig{Path: path, CoolDown: w.policy.CoolDown, Logger: w.config.Logger})
	if err != nil {
		w.Fatal(err)
	}
	config := w.config
	config.UserPools[0].KeySet = file
	defer func() { config.UserPools[0].KeySet = nil }() // the pools are shared with w.config
	verifier, err := cognito.New(config)
	if err != nil {
		w.Fatal(err)
	}
	return verifier
}

// copy returns the path of the pool's copy, "" where there is none.
func (w *world) copy() string {
	files, err := filepath.Glob(filepath.Join(w.config.KeySetDirectory, w.pool.ID()+".*.json"))
	if err != nil || len(files) == 0 {
		return ""
	}
	return files[0]
}

// broken are contents of a file that cannot be used, and what is said of them.
func (w *world) broken() map[string]string {
	good := w.pool.JWKS()
	return map[string]string{
		string(good[:len(good)/2]):         "not a complete JSON object",
		"":                                 "not a complete JSON object",
		string(good) + string(good):        "more than one JSON object",
		"<!DOCTYPE html>":                  "not strict JSON",
		`{"keys":[]}`:                      "no usable key: it is empty",
		poisoned(w):                        "shares its kid with a different key",
		string(good[:12]) + "\xff":         "not strict JSON",
		strings.Repeat(" ", 2<<20):         "larger than 1048576 bytes",
		string(good)[1:]:                   "not a JSON object",
		`{"keys":[],` + string(good)[1:]:   "repeats a member name",
		`{"keys":{}}`:                      "not an array",
		`[` + string(good) + `]`:           "not a JSON object",
		`{"Keys":` + string(good[8:]) + ``: "no keys member",
	}
}

// TestBrokenFile: a file that is broken, or of which a part is there, is refused
// with its reason, by a process that starts with it; one that holds a good set
// already keeps to that.
func TestBrokenFile(t *testing.T) {
	onBothClocks(t, "broken file", func(w *world) {
		w.config.KeySetDirectory = w.directory()
		raw := w.mint()
		if err := w.verifier().WarmUp(w.Context()); err != nil { // leaves a copy
			w.Fatal(err)
		}
		copied, path := w.copy(), filepath.Join(w.TempDir(), "jwks.json")
		write(w, path, w.pool.JWKS())
		running := w.withFile(path)
		w.ask(w.Context(), running, raw, "")
		w.endpoint.breakWith(http.HandlerFunc(hangUp))
		contents := w.broken()
		for content, reason := range contents {
			write(w, path, []byte(content))
			write(w, copied, []byte(content))
			w.ask(w.Context(), w.withFile(path), raw, cognito.ErrKeysUnavailable)
			w.ask(w.Context(), w.verifier(), raw, cognito.ErrKeysUnavailable)
			if logged := w.log.take(); strings.Count(logged, reason) < 2 {
				w.Errorf("the reasons for a file and a copy must be %q; the log has:\n%s", reason, logged)
			}
			time.Sleep(w.policy.CoolDown)
			w.ask(w.Context(), running, raw, "")
			w.ask(w.Context(), running, w.stranger(), cognito.ErrKeysUnavailable)
			if kept, err := os.ReadFile(path); err != nil || string(kept) != content {
				w.Errorf("the file was changed: %v", err)
			}
		}
		w.remark(fmt.Sprintf("%d contents, each refused by its reason", len(contents)))
	})
}

func write(w *world, path string, content []byte) {
	w.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		w.Fatal(err)
	}
	now := time.Now() // of the bubble
	if err := os.Chtimes(path, now, now); err != nil {
		w.Fatal(err)
	}
}
