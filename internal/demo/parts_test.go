package demo

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
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

func TestMemory(t *testing.T) {
	t.Parallel()
	m := newMemory[int](time.Hour, 3)
	var keys []string
	for n := range 5 {
		keys = append(keys, m.put(n))
	}
	var kept []string
	for n, key := range keys {
		if value, ok := m.get(key); ok && value == n {
			kept = append(kept, fmt.Sprint(n))
		}
	}
	if diff := cmp.Diff([]string{"2", "3", "4"}, kept); diff != "" {
		t.Errorf("kept (-want +got):\n%s", diff)
	}
	if _, ok := m.take(keys[4]); !ok {
		t.Error("what is there cannot be taken")
	}
	if _, ok := m.take(keys[4]); ok {
		t.Error("taken twice")
	}
	old := newMemory[int](-time.Second, 3)
	if _, ok := old.get(old.put(1)); ok {
		t.Error("what is over is still there")
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
