package inspector

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/internal/web"
)

// A bench is a page with the issuer of its tokens and its log.
type bench struct {
	issuer *cognitotest.Issuer
	pool   *cognitotest.Pool
	page   *Page
	log    bytes.Buffer
	pools  func(context.Context) ([]Pool, error)
}

func newBench(tb testing.TB) *bench {
	tb.Helper()
	b := &bench{issuer: cognitotest.NewIssuer()}
	b.pool = b.issuer.Pool()
	b.pools = func(context.Context) ([]Pool, error) { return []Pool{b.poolOf(b.pool)}, nil }
	page, err := New(Config{
		Pools:  func(ctx context.Context) ([]Pool, error) { return b.pools(ctx) },
		Now:    b.issuer.Clock().Now,
		Logger: slog.New(slog.NewTextHandler(&b.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		tb.Fatal(err)
	}
	b.page = page
	return b
}

func (b *bench) poolOf(p *cognitotest.Pool) Pool {
	return Pool{
		ID: p.ID(), Issuer: p.Issuer(), ClientIDs: []string{p.ClientID()},
		KeySet: KeySetFrom(b.issuer.Handler(), "/"+p.ID()+"/.well-known/jwks.json"),
	}
}

func (b *bench) do(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	b.page.ServeHTTP(w, r)
	return w
}

var hidden = regexp.MustCompile(`name="csrf" value="([^"]*)"`)

// authentic adds to a form what a browser would that was served it, and returns its
// cookie.
func (b *bench) authentic(tb testing.TB, values url.Values) *http.Cookie {
	tb.Helper()
	served := b.do(httptest.NewRequest(http.MethodGet, "/inspect", http.NoBody))
	found := hidden.FindStringSubmatch(served.Body.String())
	cookies := served.Result().Cookies()
	if found == nil || len(cookies) != 1 {
		tb.Fatalf("no form: %d with %d cookies", served.Code, len(cookies))
	}
	values.Set(web.CSRFField, found[1])
	return cookies[0]
}

// post sends a form as the page's own.
func (b *bench) post(tb testing.TB, values url.Values) *httptest.ResponseRecorder {
	tb.Helper()
	cookie := b.authentic(tb, values)
	r := httptest.NewRequest(http.MethodPost, "/inspect", strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Origin", "null") // as Referrer-Policy: no-referrer has it
	r.AddCookie(cookie)
	return b.do(r)
}

// inspect pastes a token, with further fields in pairs.
func (b *bench) inspect(tb testing.TB, token string, fields ...string) *httptest.ResponseRecorder {
	tb.Helper()
	values := url.Values{fieldToken: {token}}
	for pair := range slices.Chunk(fields, 2) {
		values.Set(pair[0], pair[1])
	}
	return b.post(tb, values)
}
