package interop

import (
	"html"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// A browser is a person's: it keeps cookies, fills in the pool's form, and stops where
// it would leave the pool.
type browser struct {
	client *http.Client
	left   *url.URL // where it was sent to at last
}

func newBrowser(t *testing.T) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	b := &browser{}
	b.client = &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if r.URL.Hostname() == "localhost" {
			b.left = r.URL
			return http.ErrUseLastResponse
		}
		return nil
	}}
	return b
}

// visit opens an address of the pool. It returns the page, or where the browser was
// sent to.
func (b *browser) visit(t *testing.T, address string) (page []byte, left *url.URL) {
	t.Helper()
	b.left = nil
	page = read(t)(b.client.Get(address))
	return page, b.left
}

var (
	formAction = regexp.MustCompile(`action="([^"]*)"`)
	formToken  = regexp.MustCompile(`name="_csrf" value="([^"]*)"`)
	formAlert  = regexp.MustCompile(`role="alert">([^<]*)<`)
)

// signIn opens an authorization request and fills in the form.
func (b *browser) signIn(t *testing.T, address, username, password string) (page []byte, left *url.URL) {
	t.Helper()
	page, left = b.visit(t, address)
	action, token := formAction.FindSubmatch(page), formToken.FindSubmatch(page)
	if left != nil || action == nil || token == nil {
		t.Fatalf("no form; left to %v\n%s", left, page)
	}
	origin, _, _ := strings.Cut(address, "/oauth2/")
	page = read(t)(b.client.PostForm(origin+html.UnescapeString(string(action[1])), url.Values{
		"_csrf": {html.UnescapeString(string(token[1]))}, "username": {username}, "password": {password},
	}))
	return page, b.left
}

// alertOf returns what a sign-in page says is wrong.
func alertOf(page []byte) string {
	found := formAlert.FindSubmatch(page)
	if found == nil {
		return ""
	}
	return html.UnescapeString(string(found[1]))
}
