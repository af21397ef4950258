package yamlfile_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/poolguard/poolguard/internal/yamlfile"
)

// Each file of testdata has its faults in comments at its end, as Parse reports them.
func TestEveryFaultIsReportedWithItsPlace(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("testdata", "faults", "*.yaml"))
	if err != nil || len(files) < 10 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			for line := range strings.Lines(string(text)) {
				if fault, found := strings.CutPrefix(line, "#! "); found {
					want = append(want, strings.TrimSuffix(fault, "\n"))
				}
			}
			_, err = schema().Parse("f", text, lookup())
			var found *yamlfile.Error
			if !errors.As(err, &found) {
				t.Fatalf("got %v", err)
			}
			var got []string
			for _, f := range found.Faults {
				got = append(got, f.String())
				if strings.Contains(f.Excerpt+f.Message+f.Path, hidden) {
					t.Errorf("a secret in %+v", f)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestEveryKindOfValueIsRead(t *testing.T) {
	t.Parallel()
	const text = "\uFEFF" + `---
listen: "8080"
level: Debug
limits: {timeout: 1d12h, body: 10MiB, connections: 0x10, reuse: false, trace: true}
routes:
- &base
  path: /a
  methods: [GET]
  key: {env: KEY}
- <<: *base
  path: /b
  key: {file: key.secret}
- path: |-
    /c d
  key: plain
backends:
  one: {url: http://one, password: {file: one.secret}}
  "two words": {url: u}
labels: {a: true, b: 007, c: >-
    folded}
extra: {n: 12345678901234567890, f: 1.50, deep: [1, {a: ~}], "x y": 0x10, t: "1"}
...
`
	document, err := schema().Parse("f", []byte(strings.ReplaceAll(text, ">-\n    folded", "folded")), lookup())
	if err != nil {
		t.Fatal(err)
	}
	s := document.Config
	extra, err := json.Marshal(s.Extra)
	if want := `{"deep":[1,{"a":null}],"f":1.50,"n":12345678901234567890,"t":"1","x y":16}`; err != nil || string(extra) != want {
		t.Errorf("got %s, want %s", extra, want)
	}
	s.Extra = nil
	if diff := cmp.Diff(settings{
		Listen: "8080", Level: "DEBUG",
		Limits: limits{Timeout: 36 * time.Hour, Body: 10 << 20, Conns: 16, NoReuse: true, Trace: true},
		Routes: []route{
			{Path: "/a", Methods: []string{"GET"}, Key: hidden}, {Path: "/b", Methods: []string{"GET"}, Key: hidden}, {Path: "/c d", Key: "plain"},
		},
		Backends: map[string]backend{"one": {URL: "http://one", Password: yamlfile.Source{File: "one.secret"}}, "two words": {URL: "u"}},
		Labels:   map[string]string{"a": "true", "b": "007", "c": "folded"},
	}, s); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	sources := []yamlfile.Source{document.Source("Routes[0].Key"), document.Source("Routes[1].Key"), document.Source("Routes[2].Key")}
	if want := []yamlfile.Source{{Env: "KEY"}, {File: "key.secret"}, {}}; !slices.Equal(sources, want) {
		t.Errorf("sources: got %v, want %v", sources, want)
	}
}

func TestEmptyFileIsAFaultOnlyWhereTheSchemaSaysSo(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "# comment\n", "---\n", "\uFEFF\n"} {
		lax := schema()
		lax.Empty = ""
		if _, err := lax.Parse("f", []byte(text), lookup()); err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if _, err := schema().Parse("f", []byte(text), lookup()); err == nil || err.Error() != "f:1:1: the file is empty" {
			t.Errorf("%q: got %v", text, err)
		}
	}
}

func TestAliasesAreRejectedWhereTheSchemaSaysSo(t *testing.T) {
	t.Parallel()
	s := schema()
	s.NoAliases = true
	_, err := s.Parse("f", []byte("listen: &a b\nlevel: *a\nlabels: {<<: {a: b}}\n"), lookup())
	const rest = ": anchors, aliases and merge keys are not supported in this file"
	if want := "f:1:9" + rest + "\nf:2:8" + rest + "\nf:3:10" + rest; err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
}

func TestLargeFileIsRejected(t *testing.T) {
	t.Parallel()
	s := schema()
	s.MaxBytes = 2 << 10
	if _, err := s.Parse("f", []byte("listen: a\n"+strings.Repeat("#", 2<<10)), lookup()); err == nil || err.Error() != "f:1:1: the file has more than 2 KiB" {
		t.Errorf("got %v", err)
	}
	if _, err := schema().Parse("f", []byte("listen: a\n"+strings.Repeat("#", 1<<20)), lookup()); err == nil || err.Error() != "f:1:1: the file has more than 1024 KiB" {
		t.Errorf("got %v", err)
	}
}

func TestFaultsBeyondTheLimitAreCounted(t *testing.T) {
	t.Parallel()
	_, err := schema().Parse("f", []byte("routes:\n"+strings.Repeat("- 1\n", 103)), lookup())
	var found *yamlfile.Error
	if !errors.As(err, &found) || len(found.Faults) != 100 || found.More != 3 || !strings.HasSuffix(err.Error(), "\nf: and 3 more") {
		t.Errorf("got %v", err)
	}
}

func TestLookupWithoutFunctionsFindsNothing(t *testing.T) {
	t.Parallel()
	_, err := schema().Parse("f", []byte("routes: [{path: /, key: {env: A}}, {path: /, key: {file: B}}]"), yamlfile.Lookup{})
	if want := "f:1:25: routes[0].key: the environment variable \"A\" is not set or is empty\nf:1:51: routes[1].key: secrets cannot be read from files here"; err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
}

func TestKeyOfAField(t *testing.T) {
	t.Parallel()
	for field, want := range map[string]string{
		"Listen": "listen", "Limits.Conns": "limits.connections", "Routes.Path": "routes.path", "Backends.URL": "backends.url",
		"Limits.Port": "", "Port": "", "Listen.Port": "",
	} {
		if got := schema().KeyOf(field); got != want {
			t.Errorf("%s: got %q, want %q", field, got, want)
		}
	}
}

func TestSegmentsOfAField(t *testing.T) {
	t.Parallel()
	for field, want := range map[string][]string{
		"":                                      nil,
		"PublicURL":                             {"PublicURL"},
		"Pools[0].Clients[12].Claims.ID":        {"Pools", "[0]", ".Clients", "[12]", ".Claims", ".ID"},
		`Pools[0].Users[1].Attributes["a.b[]"]`: {"Pools", "[0]", ".Users", "[1]", ".Attributes", `["a.b[]"]`},
		`A["\""].B`:                             {"A", `["\""]`, ".B"},
	} {
		if got := yamlfile.Segments(field); !slices.Equal(got, want) {
			t.Errorf("%s: got %q", field, got)
		}
	}
}
