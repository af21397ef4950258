package demo

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// serveDemo runs a demo that goes on serving, until the test ends.
func serveDemo(t *testing.T) (*setup, *screen) {
	t.Helper()
	out := &screen{}
	cfg := newConfig(t, out)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- Run(ctx, cfg) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the end of a served demo: %v", err)
		}
	})
	out.eventually(t, "Requests:")
	s := newSetup("http://"+cfg.Pool.Addr().String(), "http://"+cfg.API.Addr().String(), "")
	s.issuer = s.poolURL + "/" + s.pool.ID
	return &s, out
}

// A visitor drives a browser that follows redirects.
type visitor struct {
	t      *testing.T
	setup  *setup
	client *http.Client
}

func newVisitor(t *testing.T, s *setup) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t, s, &http.Client{Jar: jar}}
}

func (p *visitor) open(target string, form url.Values) *exchange {
	p.t.Helper()
	var e *exchange
	client := *p.client
	client.CheckRedirect = nil
	e, err := ask(p.t.Context(), &client, target, form, "")
	if err != nil {
		p.t.Fatal(err)
	}
	return e
}

// signIn goes through the page's link and the pool's form to the signed-in page.
func (p *visitor) signIn(username string) *exchange {
	p.t.Helper()
	login := p.open(p.setup.appURL+"/sign-in", nil)
	form, err := readLoginForm(bytes.NewReader(login.body))
	if err != nil {
		p.t.Fatalf("%v in\n%s", err, login.body)
	}
	form.fields.Set("username", username)
	form.fields.Set("password", "Passw0rd!")
	return p.open(p.setup.poolURL+form.action, form.fields)
}

func TestAppShowsTheAnswersOfTheAPI(t *testing.T) {
	t.Parallel()
	s, out := serveDemo(t)
	p := newVisitor(t, s)
	home := p.open(s.appURL+"/", nil)
	if !strings.Contains(string(home.body), `href="/sign-in"`) {
		t.Errorf("no link to sign in on\n%s", home.body)
	}
	if !strings.Contains(string(home.body), "A small app in front of an API") {
		t.Errorf("nothing about the app on\n%s", home.body)
	}
	policy := home.header.Get("Content-Security-Policy")
	if !strings.HasPrefix(policy, "default-src 'none'; style-src 'sha256-") || strings.Contains(policy, "unsafe") {
		t.Errorf("policy %q", policy)
	}
	for _, markup := range []string{"<script", "style=", "onclick"} {
		if strings.Contains(string(home.body), markup) {
			t.Errorf("the page has %q", markup)
		}
	}
	for call, wants := range map[string][]string{
		"":        {"Anaya Rao", "anaya@example.com (verified)", "staff", "200 OK", "a pot of tea"},
		"me":      {"200 OK", "&#34;username&#34;: &#34;anaya&#34;"},
		"write":   {"403 Forbidden", "scope_missing", "which the app did not request: 403 is expected"},
		"none":    {"401 Unauthorized", "token_missing"},
		"changed": {"401 Unauthorized", "signature_invalid"},
		"<b>":     {"200 OK"},
	} {
		page := p.signIn("anaya")
		if call != "" {
			page = p.open(s.appURL+"/?call="+url.QueryEscape(call), nil)
		}
		for _, want := range wants {
			if !strings.Contains(string(page.body), want) {
				t.Errorf("call %q: the page lacks %q", call, want)
			}
		}
		if strings.Contains(string(page.body), "eyJ") || strings.Contains(string(page.body), "<b>") {
			t.Errorf("call %q: the page shows a token or unescaped markup", call)
		}
		p = newVisitor(t, s)
	}
	out.eventually(t, "api   200  GET /\n")
	if strings.Contains(out.String(), "code=") {
		t.Error("a code is on the screen")
	}
}

var csrfToken = regexp.MustCompile(`name="csrf" value="([^"]*)"`)

func TestSignOutNeedsTheFormOfThePage(t *testing.T) {
	t.Parallel()
	s, _ := serveDemo(t)
	p := newVisitor(t, s)
	home := p.signIn("admin")
	found := csrfToken.FindSubmatch(home.body)
	if found == nil {
		t.Fatalf("no CSRF token in\n%s", home.body)
	}
	own := url.Values{"csrf": {string(found[1])}}
	for name, request := range map[string]struct {
		site string
		form url.Values
	}{
		"without a token":          {"same-origin", url.Values{}},
		"with another token":       {"same-origin", url.Values{"csrf": {"x"}}},
		"by a page of another app": {"same-site", own},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.appURL+"/sign-out", strings.NewReader(request.form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", request.site)
		refused, err := p.client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		refused.Body.Close()
		if refused.StatusCode != http.StatusForbidden {
			t.Errorf("signed out %s: %d", name, refused.StatusCode)
		}
	}
	if home := p.open(s.appURL+"/", nil); !strings.Contains(string(home.body), "Sign out") {
		t.Fatal("not signed in any more")
	}
	if home := p.open(s.appURL+"/sign-out", own); !strings.Contains(string(home.body), `href="/sign-in"`) {
		t.Errorf("still signed in after signing out:\n%s", home.body)
	}
	if login := p.open(s.appURL+"/sign-in", nil); !strings.Contains(string(login.body), "password") {
		t.Error("the pool still knows the browser")
	}
}

func TestBrowserKeepsTheFiveNewestSignIns(t *testing.T) {
	t.Parallel()
	s, _ := serveDemo(t)
	start := func(cookies []*http.Cookie) (set []*http.Cookie) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.appURL+"/sign-in", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Cookie", sessionCookie+"=x")
		for _, c := range cookies {
			r.AddCookie(c)
		}
		answer, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		return answer.Cookies()
	}
	var kept []*http.Cookie // oldest first, as a browser sends them
	for n := range 8 {
		set := start(kept)
		var dropped []string
		for _, c := range set[:len(set)-1] {
			if c.MaxAge >= 0 || c.Value != "" {
				t.Errorf("sign-in %d: got the cookie %v, want one that is removed", n, c)
			}
			dropped = append(dropped, c.Name)
		}
		if n >= mostFlows && !slices.Equal(dropped, []string{kept[0].Name}) || n < mostFlows && len(dropped) > 0 {
			t.Errorf("sign-in %d: removed %q, want the oldest one from the sixth on", n, dropped)
		}
		kept = slices.DeleteFunc(kept, func(c *http.Cookie) bool { return slices.Contains(dropped, c.Name) })
		kept = append(kept, set[len(set)-1])
	}
	for n := range 10 {
		more, err := http.ParseCookie(fmt.Sprintf("%s%d=x", flowCookie, n))
		if err != nil {
			t.Fatal(err)
		}
		kept = append(kept, more...)
	}
	if set := start(kept); len(set) != len(kept)-(mostFlows-1)+1 {
		t.Errorf("with %d sign-ins: got %d cookies, want every old one removed", len(kept), len(set))
	}
}

// Login CSRF: another browser started the sign-in, or none did.
func TestCallbackOfAnotherBrowserIsRejected(t *testing.T) {
	t.Parallel()
	s, _ := serveDemo(t)
	attacker, victim := newVisitor(t, s), newVisitor(t, s)
	attacker.client.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if r.URL.Path == callbackPath {
			return http.ErrUseLastResponse
		}
		return nil
	}
	login, err := ask(t.Context(), attacker.client, s.appURL+"/sign-in", nil, "")
	if err != nil {
		t.Fatal(err)
	}
	form, err := readLoginForm(bytes.NewReader(login.body))
	if err != nil {
		t.Fatal(err)
	}
	form.fields.Set("username", "admin")
	form.fields.Set("password", "Passw0rd!")
	back, err := ask(t.Context(), attacker.client, s.poolURL+form.action, form.fields, "")
	if err != nil {
		t.Fatal(err)
	}
	victim.open(s.appURL+"/sign-in", nil) // has a cookie of its own
	for _, target := range []string{back.header.Get("Location"), s.appURL + callbackPath, s.appURL + callbackPath + "?code=x&state=y"} {
		page := victim.open(target, nil)
		if page.status != http.StatusBadRequest || page.header.Get("Set-Cookie") != "" {
			t.Errorf("a callback of another browser: %d %s", page.status, page.header.Get("Set-Cookie"))
		}
		if want := "This sign-in was not started in this browser, or it was started too long ago."; !strings.Contains(string(page.body), want) {
			t.Errorf("the page lacks %q:\n%s", want, page.body)
		}
	}
	if home := victim.open(s.appURL+"/", nil); strings.Contains(string(home.body), "Admin") {
		t.Error("signed in as the attacker")
	}
}

func TestPrintedCommandsWork(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"sh", "curl", "sed"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("no %s on this machine", tool)
		}
	}
	s, out := serveDemo(t)
	if !strings.Contains(out.String(), s.machineLines()) || !strings.Contains(out.String(), s.checkLines()) {
		t.Fatalf("the lines are not on the screen:\n%s", out)
	}
	answers, err := exec.CommandContext(t.Context(), "sh", "-c", s.machineLines()).Output()
	if err != nil {
		t.Fatal(err)
	}
	var statuses []string
	for line := range strings.Lines(string(answers)) {
		if status, ok := strings.CutPrefix(line, "HTTP/1.1 "); ok {
			statuses = append(statuses, status[:3])
		}
	}
	if !slices.Equal(statuses, []string{"200", "200", "201"}) {
		t.Errorf("statuses %v of\n%s", statuses, answers)
	}
}
