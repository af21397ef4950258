package poolfile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/poolguard/poolguard/internal/poolfile"
	"github.com/poolguard/poolguard/internal/yamlfile"
	"github.com/poolguard/poolguard/userpool"
)

const hidden = "hunter2-SECRET"

func lookup() yamlfile.Lookup {
	return yamlfile.Lookup{
		Env: func(name string) (string, bool) {
			return map[string]string{"WEB_SECRET": hidden, "EMPTY": ""}[name], name == "WEB_SECRET" || name == "EMPTY"
		},
		File: func(path string) ([]byte, error) {
			if path == "web.secret" {
				return []byte(hidden + "\n"), nil
			}
			return nil, fs.ErrNotExist
		},
	}
}

// Each file of testdata has its faults in comments at its end, as Parse reports them.
func TestEveryFaultIsReportedWithItsPlace(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("testdata", "faults", "*.yaml"))
	if err != nil || len(files) < 7 {
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
			_, err = poolfile.Parse("f", text, lookup())
			var found *yamlfile.Error
			if !errors.As(err, &found) {
				t.Fatalf("got %v", err)
			}
			var got []string
			for _, f := range found.Faults {
				got = append(got, f.String())
				if strings.Contains(f.Excerpt, hidden) || strings.Contains(f.Message, hidden) || strings.Contains(f.Path, hidden) {
					t.Errorf("a secret in %+v", f)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestExampleIsAGoodFile(t *testing.T) {
	t.Parallel()
	file, err := poolfile.Parse("example.yaml", []byte(poolfile.Example()), yamlfile.Lookup{})
	if err != nil {
		t.Fatal(err)
	}
	file.Config.PublicURL = "http://127.0.0.1:9229"
	if _, err := userpool.New(file.Config); err != nil {
		t.Fatal(err)
	}
	// The keys in comments are good, too.
	all := regexp.MustCompile(`(?m)^( *)# (\w+: )`).ReplaceAllString(poolfile.Example(), "$1$2")
	all = regexp.MustCompile(`(?m)^ *username_attributes:.*`).ReplaceAllString(all, "")
	file, err = poolfile.Parse("example.yaml", []byte(all), yamlfile.Lookup{})
	if err != nil {
		t.Fatal(err)
	}
	if file.Config.Pools[0].Users[1].TOTPSecret == "" || file.Config.Pools[0].Clients[0].ReadAttributes == nil {
		t.Error("the commented keys were not read")
	}
}

// Every setting of a pool has a key, and the example has every key.
func TestEverySettingHasAKey(t *testing.T) {
	t.Parallel()
	example := poolfile.Example()
	var visit func(path string, of reflect.Type)
	visit = func(path string, of reflect.Type) {
		for of.Kind() == reflect.Slice || of.Kind() == reflect.Pointer {
			of = of.Elem()
		}
		if of.Kind() != reflect.Struct {
			return
		}
		for i := range of.NumField() {
			f := of.Field(i)
			field := path + "." + f.Name
			key := poolfile.KeyOf(field)
			if key == "" {
				t.Errorf("%s has no key", field)
			} else if !regexp.MustCompile(`\b` + key[strings.LastIndex(key, ".")+1:] + `:`).MatchString(example) {
				t.Errorf("%s: the example lacks %s", field, key)
			}
			visit(field, f.Type)
		}
	}
	visit("Pools", reflect.TypeFor[userpool.Pool]())
	visit("Rotation", reflect.TypeFor[userpool.Rotation]())
}

func TestEveryKindOfValueIsRead(t *testing.T) {
	t.Parallel()
	const text = "\uFEFF" + `---
issuer: updated
public_url: https://pool.test
key_rotation: {every: 1d12h, overlap: 90s}
user_pools:
- id: eu-west-1_A
  mfa: On
  clients:
  - &base
    id: a
    secret: {env: WEB_SECRET}
    flows: [client_credentials]
    scopes: [o/r]
    hide_unknown_users: false
    token_revocation: false
    claims: {access: {n: 12345678901234567890, f: 1.50, deep: [1, {a: ~}], "x y": 0x10, t: "1"}}
  - <<: *base
    id: b
    secret: {file: web.secret}
  users:
  - username: "1"
    password: |-
      two words
    attributes: {email_verified: true, zoneinfo: 007, name: >- 
       folded
       text
      }
  resource_servers: [{identifier: o, scopes: [r]}]
  password_policy: {require_symbols: false, minimum_length: 6}
  groups: [{name: g, precedence: 0}]
...
`
	// A folded text cannot be inside braces: said plainly instead.
	plain := strings.ReplaceAll(text, ">- \n       folded\n       text\n      }", "folded text}")
	file, err := poolfile.Parse("f", []byte(plain), lookup())
	if err != nil {
		t.Fatal(err)
	}
	c := file.Config
	p := c.Pools[0]
	if c.IssuerForm != userpool.IssuerUpdated || c.PublicURL != "https://pool.test" || c.Rotation != (userpool.Rotation{Every: 36 * time.Hour, Overlap: 90 * time.Second}) {
		t.Errorf("got %+v", c)
	}
	a, b := p.Clients[0], p.Clients[1]
	if a.Secret != hidden || b.Secret != hidden || b.ID != "b" || !b.RevealUnknownUsers || !b.NoRevocation || len(b.Scopes) != 1 {
		t.Errorf("got %+v and %+v", a.ID, b)
	}
	if file.Source("Pools[0].Clients[0].Secret").Env != "WEB_SECRET" || file.Source("Pools[0].Clients[1].Secret").File != "web.secret" {
		t.Error("the sources of secrets were lost")
	}
	u := p.Users[0]
	if u.Username != "1" || u.Password != "two words" || u.Attributes["email_verified"] != "true" || u.Attributes["zoneinfo"] != "007" || u.Attributes["name"] != "folded text" {
		t.Errorf("got %q %v", string(u.Password), u.Attributes)
	}
	if p.MFA != "ON" || !p.PasswordPolicy.NoSymbols || p.PasswordPolicy.NoNumbers || p.PasswordPolicy.MinimumLength != 6 || *p.Groups[0].Precedence != 0 {
		t.Errorf("got %+v", p)
	}
	if got := poolfile.JSON(a.Claims.Access); got != `{"deep":[1,{"a":null}],"f":1.50,"n":12345678901234567890,"t":"1","x y":16}` {
		t.Errorf("got %s", got)
	}
}
