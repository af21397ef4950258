package snippets_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/poolguard/poolguard/gateway/internal/identity"
	"github.com/poolguard/poolguard/gateway/internal/snippets"
)

var update = flag.Bool("update", false, "write the files of deploy/")

func render(t *testing.T, name string, o snippets.Options) string {
	t.Helper()
	text, err := snippets.Render(name, o)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return text
}

func TestDeployHasTheSnippetsOfTheDefaultConfiguration(t *testing.T) {
	for _, name := range snippets.Names() {
		path := filepath.Join("..", "..", "..", "deploy", snippets.File(name))
		want := render(t, name, snippets.Options{})
		if *update {
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, string(got)); diff != "" {
			t.Errorf("deploy/%s is not what `gateway example --proxy %s` prints; run `go test ./gateway/internal/snippets -update`\n%s",
				snippets.File(name), name, diff)
		}
	}
}

// The tests in the folder proxytest hold the lines to what ran.
func TestFirstLineSaysWhetherTestsRunTheSnippet(t *testing.T) {
	for _, name := range snippets.Names() {
		first, _, _ := strings.Cut(render(t, name, snippets.Options{}), "\n")
		first = strings.TrimLeft(first, "#- ")
		if !strings.HasPrefix(first, "Tested with ") && !strings.HasPrefix(first, "Not run by our tests") {
			t.Errorf("%s begins with %q", name, first)
		}
	}
}

func TestSnippetsHaveEveryConfiguredIdentityHeader(t *testing.T) {
	headers, err := identity.New(identity.Config{
		Prefix: "Acme-User-", Preset: identity.PresetOAuth2Proxy, Headers: map[string]string{"X-Tenant": "custom:tenant"},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range snippets.Names() {
		text := strings.ToLower(render(t, name, snippets.Options{Headers: headers}))
		if strings.Contains(text, "x-auth-subject") {
			t.Errorf("%s has a header of the default configuration", name)
		}
		if name == "haproxy" || name == "traefik" || name == "envoy" { // these have the pattern alone
			if !strings.Contains(text, headers.SpellingPattern()) {
				t.Errorf("%s lacks the pattern", name)
			}
			continue
		}
		for _, header := range headers.Names() {
			if !strings.Contains(text, strings.ToLower(header)) {
				t.Errorf("%s lacks %s", name, header)
			}
		}
	}
}

func TestSnippetsHaveTheAddressesOfTheOptions(t *testing.T) {
	o := snippets.Options{
		Listen: "0.0.0.0:8443", Gateway: "10.0.0.1:1111", Envoy: "10.0.0.2:2222", Service: "10.0.0.3:3333", Public: "10.0.0.4:4444",
		LuaFile: "/opt/poolguard.lua", ALB: true,
	}
	for name, wants := range map[string][]string{
		"nginx":         {"listen 0.0.0.0:8443;", "10.0.0.1:1111", "10.0.0.3:3333", "location /_auth/", "http://10.0.0.4:4444"},
		"ingress-nginx": {"10.0.0.1:1111"},
		"traefik":       {"10.0.0.1:1111", "10.0.0.3:3333", "10.0.0.4:4444"},
		"caddy":         {"http://:8443 {", "10.0.0.1:1111", "10.0.0.3:3333", "10.0.0.4:4444"},
		"haproxy":       {"bind 0.0.0.0:8443", "10.0.0.3:3333", "10.0.0.4:4444", "lua-load /opt/poolguard.lua"},
		"haproxy-lua":   {"10.0.0.1:1111", `"x-amzn-oidc-data"`},
		"envoy":         {"port_value: 8443", "address: 10.0.0.2, port_value: 2222", "address: 10.0.0.3, port_value: 3333"},
		"envoy-http":    {"port_value: 8443", "address: 10.0.0.1, port_value: 1111", "exact: x-amzn-oidc-data"},
	} {
		text := render(t, name, o)
		for _, want := range wants {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %q", name, want)
			}
		}
	}
	if text := render(t, "nginx", snippets.Options{}); strings.Contains(text, "/_auth/") {
		t.Error("without public, nginx sends requests to it")
	}
}

func TestDocumentsOfResourcesGoToTheGateway(t *testing.T) {
	for _, name := range snippets.Names() {
		if name == "haproxy-lua" { // its configuration is that of haproxy
			continue
		}
		with := render(t, name, snippets.Options{Gateway: "10.0.0.1:1111", Resources: true})
		without := render(t, name, snippets.Options{Gateway: "10.0.0.1:1111"})
		for _, part := range []string{"oauth-protected-resource", "oauth-authorization-server", "/_auth/oauth/"} {
			if !strings.Contains(with, part) || strings.Contains(without, part) {
				t.Errorf("%s: %s is missing, or there without resources", name, part)
			}
		}
		if name != "gateway-api" && name != "ingress-nginx" && !strings.Contains(with, "10.0.0.1") {
			t.Errorf("%s has no address of the gateway", name)
		}
	}
}

// After the answer 101 a proxy passes on bytes that no rule decides on. The folder proxytest has
// the test with the programs.
func TestSnippetsPassOnNoUpgradeButWebSockets(t *testing.T) {
	for name, wants := range map[string][]string{
		"nginx":   {`"~*^websocket$" websocket;`, "proxy_set_header Upgrade $pg_upgrade;"},
		"caddy":   {"request_header @no_websocket -Upgrade"},
		"haproxy": {"http-request del-header upgrade if !{ req.fhdr(upgrade) -m str -i websocket }"},
		"traefik": {`Upgrade: ""`, "middlewares: [no-upgrade, poolguard]", "HeaderRegexp(`Upgrade`, `(?i)^websocket$`)"},
	} {
		text := render(t, name, snippets.Options{})
		for _, want := range wants {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %s", name, want)
			}
		}
	}
}

func TestUnknownProxyIsRefused(t *testing.T) {
	_, err := snippets.Render("ngnix", snippets.Options{})
	if err == nil || !strings.Contains(err.Error(), "did you mean nginx?") {
		t.Errorf("got %v", err)
	}
	if path := snippets.File("ngnix"); path != "" {
		t.Errorf("the file is %s", path)
	}
}
