package lambdaauth

import (
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito/internal/configerror"
)

// TestFaultsOfRouteKeysAreNamed: "" is a good key.
func TestFaultsOfRouteKeysAreNamed(t *testing.T) {
	const method, form, characters = "must begin with a method or ANY", "not of the form {name}", "characters that are not allowed"
	long := strings.Repeat("a", 400)
	for key, want := range map[string]string{
		"GET /": "", "ANY /a/{b}/{c+}": "", "$connect": "", "$default": "", "GET /{a.b:c_d-e}": "", "GET /a.b": "",
		"GET /" + long: "", "GET /" + long + "a": "more than 400 bytes",
		"GET": method, "connect": method, "": method, "$": method, "$a/b": method, "get /x": method, "ALL /x": method,
		"GET x": "must begin with a slash", "GET ": "must begin with a slash",
		"GET /{}": form, "GET /{x y}": form, "GET /{x": form, "GET /{+}": form,
		"GET //a": `has the segment ""`, "GET /a/": `has the segment ""`, "GET /.": `has the segment "."`, "GET /../a": `has the segment ".."`,
		"GET /a*": characters, "GET /a b": characters, "GET /{x+}/b": "before the end of the path",
	} {
		_, _, err := parseKey(key)
		switch {
		case want == "" && err != nil:
			t.Errorf("%q: %v", key, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want) || want != characters && strings.Contains(err.Error(), characters)):
			t.Errorf("%q: got %v, want %q", key, err, want)
		}
	}
}

// TestRepeatedKeyNamesItsFirstRoute however often it is repeated.
func TestRepeatedKeyNamesItsFirstRoute(t *testing.T) {
	faults := configerror.In("lambdaauth", "Config")
	newTable([]Route{{Keys: []string{"GET /other"}}, {Keys: []string{"GET /{a}"}}, {Keys: []string{"GET /{b}"}}, {Keys: []string{"GET /{c}"}}}, faults)
	if err := faults.Err(); err == nil || strings.Count(err.Error(), "is in Routes[1] already") != 2 {
		t.Errorf("got %v", err)
	}
}

// TestNamesAreNotPaths: the name of a WebSocket route or of $default is no path of an API.
func TestNamesAreNotPaths(t *testing.T) {
	table := newTable([]Route{{Keys: []string{"ANY /"}}, {Keys: []string{"$connect"}}}, configerror.In("lambdaauth", "Config"))
	for key, want := range map[string]bool{"GET /": true, "ANY /": true, "$connect": true, "$default": false, "": false, "nonsense": false} {
		if _, ok := table.ruleOf(key); ok != want {
			t.Errorf("%q is in the table: %t", key, ok)
		}
	}
	if got := respell("$connect"); got != "$connect" {
		t.Errorf("got %q", got)
	}
}

// TestAllowedSizeIsThatOfTheResources: each resource once, with its quotes and a comma.
func TestAllowedSizeIsThatOfTheResources(t *testing.T) {
	table := newTable([]Route{{Keys: []string{"GET /a/{x}", "GET /a/{p+}", "GET /bc"}}}, configerror.In("lambdaauth", "Config"))
	all, _ := table.pick(func(int) bool { return true })
	want := len(`"`+stage+`GET/a/*",`) + len(`"`+stage+`GET/bc",`)
	if got := allowedSize(methodARN{stage, "GET/bc"}, all); got.whole != want || got.policy != want || got.context != 0 {
		t.Errorf("got %+v, want %d", got, want)
	}
}

// TestLongestResourceIsExact: 512 characters with the stage.
func TestLongestResourceIsExact(t *testing.T) {
	call := "GET/" + strings.Repeat("a", maxResource-len(stage)-len("GET/"))
	for call, want := range map[string]bool{call: true, call + "a": false} {
		if _, ok := exactPolicy(methodARN{stage, call}); ok != want {
			t.Errorf("%d characters: %t", len(stage)+len(call), ok)
		}
	}
}
