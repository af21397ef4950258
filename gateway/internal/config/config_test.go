package config_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/gateway/internal/authz"
	"github.com/poolguard/poolguard/gateway/internal/config"
	"github.com/poolguard/poolguard/gateway/internal/route"
	"github.com/poolguard/poolguard/internal/yamlfile"
)

const hidden = "hunter2-SECRET"

func lookup() yamlfile.Lookup {
	return yamlfile.Lookup{
		Env: func(name string) (string, bool) { return "http://user:" + hidden + "@proxy:3128", name == "PROXY" },
		File: func(path string) ([]byte, error) {
			if path == "proxy.secret" {
				return []byte("http://user:" + hidden + "@proxy:3128\n"), nil
			}
			return nil, fs.ErrNotExist
		},
	}
}

func parse(t *testing.T, text string) *config.Document {
	t.Helper()
	d, err := config.Parse("/etc/poolguard/poolguard.yaml", []byte(text), lookup())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// minimal is the smallest file that is accepted.
const minimal = "user_pools: [{id: us-east-1_AbCdEfGhI, client_ids: [web]}]\nrules: [{match: {path: /**}}]\n"

// Each file of testdata has its faults in comments at its end, as Parse reports them.
func TestEveryFaultIsReportedWithItsPlace(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("testdata", "faults", "*.yaml"))
	if err != nil || len(files) < 5 {
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
			_, err = config.Parse("f", text, lookup())
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

func TestKeysAreReadIntoTheirFields(t *testing.T) {
	t.Parallel()
	d := parse(t, `
forward_auth: {listen: "unix:/run/auth.sock", socket: group, tls: {cert: a.crt, key: /b.key, client_ca: c.pem}}
envoy: {listen: 127.0.0.1:9001, unavailable: error}
ops: {listen: off}
drain: 0
egress: {proxy: {file: proxy.secret}, ca: d.pem}
key_sets: {max_age: 2h, cool_down: 5s, stale: 12h, directory: keys}
log: {format: text, decisions: {sample: 5/1m}}
user_pools:
  - {id: us-east-1_AbCdEfGhI, client_ids: [web], key_set: https://keys.example.com/a.json}
rules:
  - name: admin
    match: {hosts: ["{tenant}.example.com"], methods: [GET], path: /admin/**}
    allow: optional
    via: [bearer]
    require: {token_use: id, groups: [admins], max_auth_age: 15m, claims: {a: "{tenant}", b: [c, d]}}
    cors: {origins: [https://app.example.com], credentials: true}
    preflight: true
    ambiguous: [semicolon]
    report_only: true
`)
	f := d.File
	if f.ForwardAuth.Socket.Mode() != 0o660 || f.Ops.Socket.Mode() != 0o600 || f.ForwardAuth.TLS.Cert != "/etc/poolguard/a.crt" || f.ForwardAuth.TLS.Key != "/b.key" || f.Envoy.Unavailable != config.UnavailableError ||
		f.Ops.Listen != config.Off || f.Drain != 0 || f.Egress.CA != "/etc/poolguard/d.pem" || f.KeySets.Directory != "/etc/poolguard/keys" ||
		f.Log.Decisions.Sample.Per != time.Minute || f.ForwardAuthTimeout != 5*time.Second {
		t.Errorf("got %+v", f)
	}
	if diff := cmp.Diff([]string{"/etc/poolguard/a.crt", "/b.key", "/etc/poolguard/c.pem", "/etc/poolguard/d.pem"}, f.TLSFiles()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"proxy.secret"}, d.SecretFiles()); diff != "" {
		t.Error(diff)
	}
	want := authz.Rule{
		Name: "admin", Allow: cognito.Optional, Via: []authz.Via{authz.ViaBearer}, Preflight: true, ReportOnly: true, Ambiguous: []string{"semicolon"},
		Match:   route.Match{Hosts: []string{"{tenant}.example.com"}, Methods: []string{"GET"}, Path: "/admin/**"},
		Require: authz.Require{TokenUse: cognito.TokenUseID, Groups: []string{"admins"}, MaxAuthAge: 15 * time.Minute, Claims: map[string][]string{"a": {"{tenant}"}, "b": {"c", "d"}}},
		CORS:    &authz.CORS{Origins: []string{"https://app.example.com"}, Credentials: true},
	}
	if diff := cmp.Diff(want, f.Rules[0]); diff != "" {
		t.Error(diff)
	}
}

func TestExampleHasEveryKeyAndIsAccepted(t *testing.T) {
	t.Parallel()
	parse(t, config.Example())
	words := regexp.MustCompile(`[A-Za-z_]+`).FindAllString(config.Example(), -1)
	for _, k := range config.Keys() {
		key := k.Path[strings.LastIndexByte(k.Path, '.')+1:]
		if !slices.Contains(words, key) {
			t.Errorf("example.yaml does not have the key %s", k.Path)
		}
		if k.About == "" {
			t.Errorf("the key %s has no description", k.Path)
		}
	}
}

var commented = regexp.MustCompile(`(?m)^( *)# ( *(?:-|[a-z_]+:) ?.*)$`)

// withoutComments returns the example with the keys that are in comments.
func withoutComments(text string) string {
	text = commented.ReplaceAllString(text, "$1$2")
	return strings.Replace(text, "    issuer:", "    # issuer:", 1) // it contradicts replica_regions
}

// Each key in a comment of the example is accepted where the comment is removed.
func TestCommentsOfTheExampleAreAccepted(t *testing.T) {
	t.Parallel()
	text := withoutComments(config.Example())
	for _, sample := range []string{"poolguard gateway --config poolguard.yaml"} {
		if !strings.Contains(text, sample) {
			t.Errorf("%q is gone", sample)
		}
	}
	if _, err := config.Parse("example.yaml", []byte(text), lookup()); err != nil {
		t.Errorf("%v\n%s", err, text)
	}
}

func TestJSONSchemaHasEveryKeyAndIsReproducible(t *testing.T) {
	t.Parallel()
	first, err := config.JSONSchema()
	if err != nil {
		t.Fatal(err)
	}
	second, _ := config.JSONSchema()
	var schema map[string]any
	if err := json.Unmarshal(first, &schema); err != nil || !bytes.Equal(first, second) {
		t.Errorf("%v", err)
	}
	for _, key := range []string{`"trusted_proxies"`, `"max_auth_age"`, `"encoded_slash"`} {
		if !strings.Contains(string(first), key) {
			t.Errorf("%s is missing", key)
		}
	}
	for _, key := range []string{`"sign_in"`, `"session"`} {
		if strings.Contains(string(first), key) {
			t.Errorf("%s is there", key)
		}
	}
}

func TestChangesThatNeedANewProcessAreNamed(t *testing.T) {
	t.Parallel()
	before := parse(t, minimal)
	for text, want := range map[string][]string{
		minimal + "decision_timeout: 50ms": nil,
		minimal + "drain: 1s":              {"drain"},
		minimal + "ops: {listen: off}\nlimits: {idle: 1m}\nforward_auth: {listen: 127.0.0.1:1}\nlog: {format: text}": {"forward_auth", "limits", "log.format", "ops"},
	} {
		after := parse(t, text)
		if diff := cmp.Diff(want, before.Fixed(after.File)); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
		if !before.SameKeys(after.File) {
			t.Errorf("%s: got other keys", text)
		}
	}
	for _, more := range []string{"key_sets: {max_age: 2h}", "egress: {ca: a.pem}"} {
		if before.SameKeys(parse(t, minimal+more).File) {
			t.Errorf("%s: got the same keys", more)
		}
	}
}
