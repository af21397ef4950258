package config_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/poolguard/poolguard/gateway/internal/config"
)

// The guide names the keys of later versions. Each of them is refused by name.
func TestGuideNamesTheRefusedKeys(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "gateway.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(text), "\n## Not in this version\n")
	if !found {
		t.Fatal("the guide has no section about later versions")
	}
	var named []string
	for _, match := range regexp.MustCompile("`([a-z_.]+)`").FindAllStringSubmatch(section, -1) {
		named = append(named, match[1])
	}
	rule := func(text string) string {
		return strings.Replace(minimal, "rules: [{match: {path: /**}", "rules: [{match: {path: /**}, "+text, 1)
	}
	refused := map[string]string{
		"public": minimal + "public: {}\n", "sign_in": minimal + "sign_in: []\n", "sessions": minimal + "sessions: {}\n",
		"proxy": minimal + "proxy: {}\n", "admin": minimal + "admin: {}\n", "events": minimal + "events: {}\n",
		"identity.jwt": minimal + "identity: {jwt: {}}\n", "limits.body_bytes": minimal + "limits: {body_bytes: 1MiB}\n",
		"pass.authorization": rule("pass: {authorization: keep}"), "session": rule("via: [session]"),
	}
	var keys []string
	for key, text := range refused {
		keys = append(keys, key)
		if _, err := config.Parse("f", []byte(text), lookup()); err == nil || !strings.Contains(err.Error(), "not in this version") {
			t.Errorf("%s: %v", key, err)
		}
	}
	slices.Sort(keys)
	named = slices.DeleteFunc(named, func(name string) bool { return name == "via" })
	slices.Sort(named)
	if diff := cmp.Diff(keys, named); diff != "" {
		t.Errorf("-refused +named\n%s", diff)
	}
}
