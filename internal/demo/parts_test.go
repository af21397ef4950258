package demo

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
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

// Of several who take one value, one gets it.
func TestMemoryTakeRace(t *testing.T) {
	t.Parallel()
	const values, takers = 30_000, 8
	m := newMemory[int](time.Hour, values)
	keys := make([]string, values)
	for n := range keys {
		keys[n] = m.put(n)
	}
	var taken atomic.Int64
	var all sync.WaitGroup
	for range takers {
		all.Go(func() {
			for _, key := range keys {
				if _, ok := m.take(key); ok {
					taken.Add(1)
				}
			}
		})
	}
	all.Wait()
	if n := taken.Load(); n != values {
		t.Errorf("%d values were taken %d times", values, n)
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
	if err == nil || !strings.Contains(err.Error(), "not an address of this machine") {
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
