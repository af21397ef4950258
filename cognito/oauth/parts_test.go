package oauth

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestLedgerIsBounded(t *testing.T) {
	t.Parallel()
	now := time.Now()
	m := &memory{now: func() time.Time { return now }}
	spend := func(id string) (bool, error) { return m.Spend(context.Background(), id, now.Add(time.Minute)) }
	for n := range mostSpent {
		if first, err := spend(strconv.Itoa(n)); !first || err != nil {
			t.Fatal(n, first, err)
		}
	}
	if _, err := spend("one more"); !errors.Is(err, errLedgerFull) {
		t.Error("it forgot, or grows without bound:", err)
	}
	if first, err := spend("0"); first || err != nil {
		t.Error(first, err)
	}
	now = now.Add(2 * time.Minute)
	if first, err := spend("one more"); !first || err != nil || len(m.spent) != 1 {
		t.Error(first, err, len(m.spent))
	}
}

func TestRefreshMemoryIsBounded(t *testing.T) {
	t.Parallel()
	var r refreshes
	now := time.Now()
	refresh := func(n int) {
		f := r.join(RefreshToken(strconv.Itoa(n)), now, func(f *flight) {
			f.answer = &answer{refresh: "new"}
			r.finish(f)
		})
		<-f.done
	}
	for n := range mostAnswers + 100 {
		refresh(n)
	}
	if len(r.answers) != mostAnswers || len(r.flights) != 0 {
		t.Error(len(r.answers), len(r.flights))
	}
	now = now.Add(rotationMemory)
	if refresh(-1); len(r.answers) != 1 {
		t.Error(len(r.answers))
	}
}

func TestSignInDerivesApart(t *testing.T) {
	t.Parallel()
	s := newSignIn(time.Now(), "")
	seen := map[string]bool{}
	for _, label := range []string{labelState, labelNonce, labelVerifier, labelID} {
		v := s.derive(label)
		if len(v) != 43 || seen[v] || v == newSignIn(time.Now(), "").derive(label) {
			t.Error(label, v)
		}
		seen[v] = true
	}
}

func TestCallbackOfLongestLengthIsRead(t *testing.T) {
	query := "code=x&state="
	query += strings.Repeat("s", longestCallback-len(query))
	if c, refusal := parseCallback(query); refusal != nil || c.code != "x" {
		t.Errorf("%d bytes: %v", len(query), refusal)
	}
	if _, refusal := parseCallback(query + "s"); refusal == nil {
		t.Errorf("%d bytes were read", len(query)+1)
	}
}

// TestLongestSecretIsRemovedFirst: a secret that another one begins with must not leave
// the rest of the longer one.
func TestLongestSecretIsRemovedFirst(t *testing.T) {
	r := httptest.NewRequest(http.MethodPost, "/", nil)
	r.SetBasicAuth("client", "abc")
	form := url.Values{"code": {"abcdef"}}.Encode()
	r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(form)), nil }
	if got := withoutSecrets(r, "x abcdef y abc z"); got != "x "+redacted+" y "+redacted+" z" {
		t.Errorf("got %q", got)
	}
}

func TestRequestWithoutReadableBodyHasNoForm(t *testing.T) {
	for name, body := range map[string]func() (io.ReadCloser, error){
		"none":   nil,
		"broken": func() (io.ReadCloser, error) { return nil, errors.New("broken") },
	} {
		if form := formOf(&http.Request{GetBody: body}); form != nil {
			t.Errorf("%s: %v", name, form)
		}
	}
}

func FuzzCallback(f *testing.F) {
	for _, seed := range []string{"", "state=a&code=b", "state=a&error=access_denied&error_description=x+y", "state=a&state=b", "code=%ff", "iss=&code=a", "a;b", "code=a&iss=https%3A%2F%2Fx"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		c, refusal := parseCallback(query)
		if refusal != nil {
			if c != nil || refusal.Code() != ErrCallbackInvalid || refusal.Reported() != "" {
				t.Fatalf("%v %v", c, refusal)
			}
			return
		}
		if (c.code == "") == (c.name == "") {
			t.Errorf("code %q, error %q", c.code, c.name)
		}
		for _, v := range []string{c.state, c.code, c.issuer, c.name, c.description} {
			if !utf8.ValidString(v) || len(v) > longestCallback {
				t.Errorf("%q", v)
			}
		}
		e := refusedBy("x", c.name, c.description)
		if len(e.Reported()) > longestName || len(e.Description()) > longestDescription {
			t.Error(e)
		}
		for _, r := range e.Error() {
			if r < ' ' || r > '~' {
				t.Errorf("%q", e.Error())
			}
		}
	})
}
