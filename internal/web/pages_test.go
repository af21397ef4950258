package web_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/poolguard/poolguard/internal/web"
)

func file(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }

// site has two pages, a part that both use, and style rules of its own.
func site(t *testing.T) *web.Pages {
	t.Helper()
	pages, err := web.New(web.Config{
		Name: "Shop",
		Files: fstest.MapFS{
			"one.html":  file(`{{define "title"}}One{{end}}{{define "body"}}<main><h1>{{shout .Name}}</h1>{{template "sign" .}}</main>{{end}}`),
			"two.html":  file(`{{define "title"}}Two{{end}}{{define "body"}}<main><h1>{{.Missing.Field}}</h1></main>{{end}}`),
			"sign.html": file(`{{define "sign"}}<p>signed {{.Name}}</p>{{end}}`),
			"style.css": file(`.own > p { content: "a"; }`),
		},
		Functions:  map[string]any{"shout": strings.ToUpper},
		FormAction: []string{web.Self, "https://auth.example.com"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return pages
}

var styles = regexp.MustCompile(`(?s)<style>(.*?)</style>`)

// hashes returns the sources of the style elements of a page, computed from its text.
func hashes(body string) string {
	var list []string
	for _, found := range styles.FindAllStringSubmatch(body, -1) {
		sum := sha256.Sum256([]byte(found[1]))
		list = append(list, "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'")
	}
	return strings.Join(list, " ")
}

func TestEveryPageHasTheSecurityHeaders(t *testing.T) {
	t.Parallel()
	pages := site(t)
	for name, show := range map[string]func(http.ResponseWriter) error{
		"page": func(w http.ResponseWriter) error {
			return pages.Show(w, http.StatusOK, "one.html", map[string]string{"Name": "tea"})
		},
		"message": func(w http.ResponseWriter) error { return pages.Message(w, http.StatusOK, web.Message{Title: "Done"}) },
	} {
		w := httptest.NewRecorder()
		if err := show(w); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for header, want := range map[string]string{
			"Content-Type": "text/html; charset=utf-8",
			"Content-Security-Policy": "default-src 'none'; style-src " + hashes(w.Body.String()) +
				"; form-action 'self' https://auth.example.com; base-uri 'none'; frame-ancestors 'none'",
			"Cache-Control":                "no-store",
			"Referrer-Policy":              "no-referrer",
			"X-Content-Type-Options":       "nosniff",
			"X-Frame-Options":              "DENY",
			"Cross-Origin-Opener-Policy":   "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin",
		} {
			if got := w.Header().Get(header); got != want {
				t.Errorf("%s: %s is\n%q, want\n%q", name, header, got, want)
			}
		}
		if n := len(styles.FindAllString(w.Body.String(), -1)); n != 2 {
			t.Errorf("%s: %d style sheets, want the shared one and the pages' own", name, n)
		}
	}
}

func TestPageHasLayoutPartsAndFunctions(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	if err := site(t).Show(w, http.StatusTeapot, "one.html", map[string]string{"Name": "<tea>"}); err != nil {
		t.Fatal(err)
	}
	body := w.Body.String()
	for _, want := range []string{"<!DOCTYPE html>\n<html lang=\"en\">", "<title>One</title>", "<h1>&lt;TEA&gt;</h1>", "<p>signed &lt;tea&gt;</p>"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q:\n%s", want, body)
		}
	}
	if w.Code != http.StatusTeapot {
		t.Errorf("status %d", w.Code)
	}
}

func TestFailedTemplateShowsNothingOfThePage(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"two.html", "none.html", "sign.html", "layout.html"} {
		w := httptest.NewRecorder()
		if err := site(t).Show(w, http.StatusOK, name, struct{ Secret string }{"hidden"}); err == nil {
			t.Errorf("%s: no error", name)
		}
		if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "<") {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}

func TestMessageEscapesAndLeavesOutWhatIsEmpty(t *testing.T) {
	t.Parallel()
	pages := site(t)
	w := httptest.NewRecorder()
	if err := pages.Message(w, http.StatusBadGateway, web.Message{
		Title: "<b>", Problem: "<i>", Text: []string{"<u>", "second"}, Code: "keys_unavailable",
		Action: web.Link{Text: "Try again", URL: "javascript:alert(1)"},
	}); err != nil {
		t.Fatal(err)
	}
	body := w.Body.String()
	for _, want := range []string{
		"<title>&lt;b&gt; – Shop</title>", "<h1>&lt;b&gt;</h1>", `role="alert">&lt;i&gt;</p>`, "<p>&lt;u&gt;</p>\n<p>second</p>",
		"<code>keys_unavailable</code>", `href="#ZgotmplZ">Try again</a>`, "<footer>Shop</footer>",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q:\n%s", want, body)
		}
	}
	w = httptest.NewRecorder()
	if err := pages.Message(w, http.StatusOK, web.Message{Title: "Done"}); err != nil {
		t.Fatal(err)
	}
	_, main, _ := strings.Cut(w.Body.String(), "<main")
	for _, absent := range []string{"<p", "<a", "alert"} {
		if strings.Contains(main, absent) {
			t.Errorf("a message without it has %q:\n%s", absent, main)
		}
	}
}

func TestSentenceOfAnErrorHasACapitalAndAFullStop(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "", "the pool is away": "The pool is away.", "Done.": "Done.", "über": "Über.", "x": "X.",
	} {
		if got := web.Sentence(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

func TestFaultyConfigurationIsRejectedWithEveryFault(t *testing.T) {
	t.Parallel()
	_, err := web.New(web.Config{
		Files: fstest.MapFS{
			"a.html":    file(`{{define "body"}}x{{end}}`),
			"b.html":    file(`{{if}}`),
			"style.css": file(`</style><script>`),
		},
		FormAction: []string{
			"", "auth.example.com", "https://auth.example.com/", "https://a.example.com; script-src *", "javascript:x", "'unsafe-inline'",
			"https://*.example.com",
		},
	})
	for _, want := range []string{
		"Config.Name is empty", "a.html defines body and no title", "b.html", `style.css contains "<"`, "FormAction[0] is not an origin",
		"FormAction[1]", "FormAction[2]", "FormAction[3]", "FormAction[4]", "FormAction[5]", "FormAction[6]",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error lacks %q:\n%v", want, err)
		}
	}
}

func TestFormActionIsNoneUnlessItIsSet(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		targets []string
		want    string
	}{
		{nil, "form-action 'none';"},
		{[]string{web.Self}, "form-action 'self';"},
		{[]string{web.Self, "http://127.0.0.1:9229"}, "form-action 'self' http://127.0.0.1:9229;"},
		// CSP has no syntax for IPv6 addresses.
		{[]string{"http://[::1]:9229"}, "form-action http:;"},
	} {
		pages, err := web.New(web.Config{Name: "Shop", FormAction: tc.targets})
		if err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		if err := pages.Message(w, http.StatusOK, web.Message{Title: "Done"}); err != nil {
			t.Fatal(err)
		}
		if got := w.Header().Get("Content-Security-Policy"); !strings.Contains(got, tc.want) {
			t.Errorf("%q: policy %q", tc.targets, got)
		}
	}
}
