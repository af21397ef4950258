package authserver

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// FuzzForms sends any form to any page, with a good token: none may panic, fail or
// lead to where the client is not at home.
func FuzzForms(f *testing.F) {
	for i := range formPaths {
		f.Add(i, anyForm().Encode(), "")
		f.Add(i, "username=a%00b&code=%0d%0a&session="+strings.Repeat("A", 140), "login_hint=%00")
		f.Add(i, "username=%EF%BF%BD&password=%20&user_id=..%2f&email=%40&requiredAttributes%5Bemail%5D=%40", "identity_provider=Google")
		f.Add(i, "%zz&=&&;", "identity_provider=Google&redirect_uri=//evil.example")
	}
	w := pagesWorld(f, io.Discard, nil)
	f.Fuzz(func(t *testing.T, which int, body, extra string) {
		if which < 0 {
			return
		}
		path := formPaths[which%len(formPaths)]
		form, err := url.ParseQuery(body)
		if err != nil {
			return
		}
		v := newVisitor(t, w)
		form.Set(formField, csrfOf(v))
		query := goodQuery().Encode()
		if extra != "" {
			query += "&" + extra
		}
		target := url.URL{Path: path, RawQuery: query}
		if _, err := url.Parse(testPublic + target.String()); err != nil {
			return
		}
		page := v.do(http.MethodPost, target.String(), form)
		switch {
		case page.status >= http.StatusInternalServerError || strings.Contains(page.location, "server_error"):
			t.Errorf("%s: %d to %q", path, page.status, page.location)
		case page.location == "":
			checkPage(t, page)
		case !strings.HasPrefix(page.location, "/login?") && !strings.HasPrefix(page.location, "/error?") && !strings.HasPrefix(page.location, testCallback+"?"):
			t.Errorf("%s: redirects to %q", path, page.location)
		case strings.ContainsAny(page.location, "\r\n"):
			t.Errorf("%s: a line break in Location", path)
		}
	})
}
