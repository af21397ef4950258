package demo

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/poolguard/poolguard/cognito/oauth"
)

func TestReadLoginForm(t *testing.T) {
	t.Parallel()
	form, err := readLoginForm(strings.NewReader(`<!DOCTYPE html><html><head><meta charset="utf-8"><style>a{b:c}</style></head>
<body><form action="/search"><input name="q"></form>
<form method="post" action="/login?a=1&amp;b=2"><input type=hidden name="_csrf" value="&#43;&quot;x"><br>
<input name="username" required autofocus><input name="password"><button>Go</button></form></body></html>`))
	if err != nil {
		t.Fatal(err)
	}
	want := "_csrf=%2B%22x&password=&username="
	if form.action != "/login?a=1&b=2" || form.fields.Encode() != want {
		t.Errorf("form to %q with %q", form.action, form.fields.Encode())
	}
	if form, err := readLoginForm(strings.NewReader("<p>Nothing here</p>")); err == nil {
		t.Errorf("a form out of nothing: %v", form)
	}
}

func TestSpaced(t *testing.T) {
	t.Parallel()
	got := spaced([]byte(`{"a":["b,c:d","e\",\"f\\",1],"g":{}}` + "\n"))
	if diff := cmp.Diff(`{"a": ["b,c:d", "e\",\"f\\", 1], "g": {}}`, got); diff != "" {
		t.Error(diff)
	}
}

func TestSessionsAreBoundedAndEnd(t *testing.T) {
	t.Parallel()
	s := newSessions(time.Hour, 3)
	var ids []string
	var tokens []*oauth.Tokens
	for n := range 5 {
		tokens = append(tokens, &oauth.Tokens{Kept: strconv.Itoa(n)})
		ids = append(ids, s.start(tokens[n]))
	}
	var kept []string
	for n, id := range ids {
		if found, ok := s.find(id); ok && found == tokens[n] {
			kept = append(kept, found.Kept)
		}
	}
	if diff := cmp.Diff([]string{"2", "3", "4"}, kept); diff != "" {
		t.Errorf("kept (-want +got):\n%s", diff)
	}
	s.end(ids[4])
	if _, ok := s.find(ids[4]); ok {
		t.Error("an ended session is still found")
	}
	old := newSessions(-time.Second, 3)
	if _, ok := old.find(old.start(tokens[0])); ok {
		t.Error("an expired session is still found")
	}
}

func TestClientStaysOnThisMachine(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"127.0.0.1:80": true, "127.9.9.9:80": true, "[::1]:80": true, "[::ffff:127.0.0.1]:80": true,
		"192.0.2.1:80": false, "0.0.0.0:80": false, "[::]:80": false, "[2001:db8::1]:80": false,
		"169.254.169.254:80": false, "localhost:80": false, "": false,
	} {
		if err := loopbackOnly("tcp", address, nil); (err == nil) != want {
			t.Errorf("%q: %v", address, err)
		}
	}
	// An address for documentation (RFC 5737): nothing is there to answer.
	_, err := ask(t.Context(), newHTTPClient(nil), "http://192.0.2.1/", nil, "")
	if err == nil || !strings.Contains(err.Error(), "not a loopback address") {
		t.Errorf("another machine: %v", err)
	}
}

func TestWithOtherName(t *testing.T) {
	t.Parallel()
	for _, token := range []string{"", "a.b", "a.%.c", "e30.e30.x"} {
		if changed, err := withOtherName(token, "anaya"); err == nil {
			t.Errorf("%q became %q", token, changed)
		}
	}
	if got := otherName("joe"); got != "joa" {
		t.Errorf("otherName(joe) = %q", got)
	}
}
