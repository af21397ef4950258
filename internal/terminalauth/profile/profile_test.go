package profile_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/poolguard/poolguard/internal/terminalauth/profile"
	"github.com/poolguard/poolguard/internal/yamlfile"
)

const whole = `# at the top
default: dev # said once

profiles:
  # the pool of the developers
  dev:
    user_pool: us-east-1_AbCdEfGhI # not a secret
    replica_regions: [us-west-2]
    client_id: 1example23456789
    domain: https://auth.example.com
    scopes: [openid, email]
    port: 9000
    client_secret: {env: DEV_SECRET}
  robot:
    user_pool: us-east-1_AbCdEfGhI
    client_id: "123456"
    domain: https://auth.example.com
    issuer: http://127.0.0.1:9229/us-east-1_AbCdEfGhI
    machine: true
    local: false
    client_secret:
      file: robot.secret
`

func wholeFile() *profile.File {
	return &profile.File{Default: "dev", Profiles: map[string]profile.Profile{
		"dev": {
			UserPoolID: "us-east-1_AbCdEfGhI", Replicas: []string{"us-west-2"}, ClientID: "1example23456789", Domain: "https://auth.example.com",
			Scopes: []string{"openid", "email"}, Port: 9000, Secret: profile.Secret{Env: "DEV_SECRET"},
		},
		"robot": {
			UserPoolID: "us-east-1_AbCdEfGhI", ClientID: "123456", Domain: "https://auth.example.com",
			Issuer: "http://127.0.0.1:9229/us-east-1_AbCdEfGhI", Machine: true, Secret: profile.Secret{File: "robot.secret"},
		},
	}}
}

func TestEveryKeyIsRead(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		text string
		want *profile.File
	}{
		"whole":       {whole, wholeFile()},
		"empty":       {"", &profile.File{}},
		"comment":     {"# nothing\n", &profile.File{}},
		"no profiles": {"profiles:\n", &profile.File{Profiles: map[string]profile.Profile{}}},
		"mark, CRLF":  {"\ufeffprofiles:\r\n  a:\r\n    client_id: b\r\n", &profile.File{Profiles: map[string]profile.Profile{"a": {ClientID: "b"}}}},
		"flow":        {"{default: a, profiles: {a: {port: 1}}}", &profile.File{Default: "a", Profiles: map[string]profile.Profile{"a": {Port: 1}}}},
	} {
		got, err := profile.Parse("f", []byte(test.text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestEveryFaultIsReportedWithItsPlace(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"profile: {}\n":                                      `f:1:1: profile: unknown key; did you mean profiles?`,
		"profiles:\n  a:\n    pool: x\n":                     `f:3:5: profiles.a.pool: unknown key; did you mean user_pool?`,
		"profiles:\n  a:\n    client_id: 12\n":               "f:3:16: profiles.a.client_id: got a number, want text; put it in quotes",
		"profiles:\n  a:\n    domain:\n":                     "f:3:13: profiles.a.domain: has no value; give text, or remove the key",
		"profiles: {a: {port: 65536}}":                       "f:1:22: profiles.a.port: got 65536, want 1 to 65535",
		"profiles: {a: {port: 1.5}}":                         "f:1:22: profiles.a.port: got a fraction, want a whole number",
		"profiles: {a: {machine: yes}}":                      "f:1:25: profiles.a.machine: got text, want true or false",
		"profiles: {a: {scopes: openid}}":                    "f:1:24: profiles.a.scopes: got text, want a list",
		"profiles: {a: {scopes: [1]}}":                       "f:1:25: profiles.a.scopes[0]: got a number, want text; put it in quotes",
		`profiles: {a: {client_id: ""}}`:                     "f:1:27: profiles.a.client_id: is empty; give text",
		`profiles: {a: {user_pool: ""}}`:                     "f:1:27: profiles.a.user_pool: is empty; give text",
		`profiles: {a: {domain: ""}}`:                        "f:1:24: profiles.a.domain: is empty; give text",
		`profiles: {a: {issuer: ""}}`:                        "f:1:24: profiles.a.issuer: is empty; give text",
		`profiles: {a: {scopes: [openid, ""]}}`:              "f:1:33: profiles.a.scopes[1]: is empty; give text",
		`profiles: {a: {client_secret: {env: "", file: B}}}`: "f:1:37: profiles.a.client_secret.env: is empty; give text",
		`profiles: {a: {client_secret: {file: ""}}}`:         "f:1:38: profiles.a.client_secret.file: is empty; give text",
		"profiles: {a: {client_secret: }}":                   "f:1:30: profiles.a.client_secret: has no value; give a mapping, or remove the key",
		"profiles: {a: {client_secret: hush}}":               "f:1:31: profiles.a.client_secret: the secret itself must not be in this file; give {env: NAME} or {file: PATH}",
		"profiles: {a: {client_secret: {env: A, file: B}}}":  "f:1:31: profiles.a.client_secret: must be {env: NAME} or {file: PATH}",
		"profiles: {a: {client_secret: {value: hush}}}":      "f:1:32: profiles.a.client_secret.value: unknown key; the keys are env, file",
		"profiles: {Dev: {}}":                                `f:1:12: profiles: "Dev" has capital letters; the name of a profile has small letters, digits, ".", "_" and "-"`,
		"profiles: {../x: {}}":                               `f:1:12: profiles: "../x" is not a name of a profile; it must be up to 63 small letters, digits, ".", "_" and "-", with a letter or digit first`,
		"default: &a b":                                      "f:1:10: anchors, aliases and merge keys are not supported in this file",
		"default: Dev":                                       `f:1:10: default: "Dev" has capital letters; the name of a profile has small letters, digits, ".", "_" and "-"`,
		"default: [a]":                                       "f:1:10: default: got a list, want text",
		"- a":                                                "f:1:1: got a list, want a mapping",
		"profiles: {a: 1}":                                   "f:1:15: profiles.a: got a number, want a mapping",
		"profiles: {a: {}, a: {}}":                           "f:1:19: profiles.a: this key occurs twice; remove one",
		"a: 1\n---\nb: 1\n":                                  "f:2:1: a second document begins here; a file has one",
		"a: 'b":                                              "f:1:4: the file is not valid YAML: could not find end character of single-quoted text",
		"\xff":                                               "f:1:1: the file is not UTF-8",
		strings.Repeat("#", 1<<17):                           "f:1:1: the file has more than 32 KiB",
		strings.Repeat("[", 100):                             "f:1:33: brackets and braces are nested more than 32 levels deep",
		strings.Repeat("- ", 100):                            "f:1:65: the nesting on this line is too deep",
		strings.Repeat("a\n", 9000):                          "f:1:1: got text, want a mapping",
	} {
		_, err := profile.Parse("f", []byte(text))
		var found *yamlfile.Error
		if !errors.As(err, &found) || found.Error() != want {
			t.Errorf("%.60q\ngot  %v\nwant %s", text, err, want)
		}
	}
	_, err := profile.Parse("f", []byte("x: 1\ny: 2\nprofiles: {a: {port: 0}}\n"))
	if err == nil || strings.Count(err.Error(), "\n") != 2 {
		t.Errorf("want every fault, got: %v", err)
	}
}

func TestEmptyMappingNamesNoClientSecret(t *testing.T) {
	t.Parallel()
	file, err := profile.Parse("f", []byte("profiles: {a: {client_secret: {}}}"))
	if err != nil || file.Profiles["a"].Secret != (profile.Secret{}) {
		t.Errorf("got %+v, %v", file, err)
	}
}

// A saved file has the same values and comments, and a link stays a link.
func TestUpdateKeepsCommentsAndLinks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	target, path := filepath.Join(dir, "settings.yaml"), filepath.Join(dir, "config.yaml")
	if err := errors.Join(os.WriteFile(target, []byte(whole), 0o644), os.Symlink(target, path)); err != nil {
		t.Skip(err)
	}
	added := profile.Profile{UserPoolID: "eu-west-1_X", ClientID: "#c", Domain: "https://a.example.com", Scopes: []string{"openid", "yes", "a: b"}}
	want := wholeFile()
	want.Profiles["extra"] = added
	err := profile.Update(t.Context(), path, func(f *profile.File) bool {
		f.Profiles["extra"] = added
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := profile.Load(path)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
	text, err := os.ReadFile(target)
	for _, comment := range []string{"# at the top", "# said once", "# the pool of the developers", "# not a secret"} {
		if err != nil || strings.Count(string(text), comment) != 1 {
			t.Errorf("%v: %s is not there once:\n%s", err, comment, text)
		}
	}
	if info, err := os.Lstat(path); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if err := profile.Update(t.Context(), path, func(*profile.File) bool { return false }); err != nil {
		t.Error(err)
	}
	if err := os.WriteFile(target, []byte("x: 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := profile.Update(t.Context(), path, func(*profile.File) bool { return true }); err == nil {
		t.Error("a file with a fault was overwritten")
	}
}

// Processes that save at the same time lose nothing.
func TestConcurrentUpdatesLoseNothing(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "new", "config.yaml")
	var all sync.WaitGroup
	for n := range 20 {
		all.Go(func() {
			err := profile.Update(context.Background(), path, func(f *profile.File) bool {
				if f.Profiles == nil {
					f.Profiles = map[string]profile.Profile{}
				}
				f.Profiles[fmt.Sprintf("p%d", n)] = profile.Profile{Port: n + 1}
				return true
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if f, err := profile.Load(path); err != nil || len(f.Profiles) != 20 {
		t.Errorf("%v, %v", f, err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(whole))
	f.Add([]byte("profiles: {a: {client_secret: {env: A, file: B}}}"))
	f.Add([]byte("default: &a b\nprofiles: *a\n<<: *a\n"))
	f.Add([]byte("profiles:\n  a: !!binary x\n  ? b\n  : |\n   c\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := profile.Parse("f", text)
		var found *yamlfile.Error
		switch {
		case err == nil && file != nil:
			for name := range file.Profiles {
				if profile.CheckName(name) != "" {
					t.Errorf("a profile is called %q", name)
				}
			}
			if _, err := profile.Marshal(file, text); err != nil {
				t.Log(err) // refused, and not written
			}
		case file != nil || !errors.As(err, &found) || len(found.Faults) == 0:
			t.Errorf("%v, %v", file, err)
		}
	})
}

// Every fault has its place.
func ExampleParse() {
	_, err := profile.Parse("config.yaml", []byte("profiles:\n  dev:\n    user_pol: us-east-1_AbCdEfGhI\n    port: 0\n"))
	fmt.Println(err)
	// Output:
	// config.yaml:3:5: profiles.dev.user_pol: unknown key; did you mean user_pool?
	// config.yaml:4:11: profiles.dev.port: got 0, want 1 to 65535
}
