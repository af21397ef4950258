package inspector

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/internal/web"
)

func TestPolicyAllowsTheFormAndItsOwnStyles(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	pages := map[string]*httptest.ResponseRecorder{
		"form":   b.do(httptest.NewRequest(http.MethodGet, "/inspect", http.NoBody)),
		"result": b.inspect(t, b.pool.AccessToken()),
		"fault":  b.inspect(t, ""),
		"query":  b.do(httptest.NewRequest(http.MethodGet, "/inspect?token=x", http.NoBody)),
		"method": b.do(httptest.NewRequest(http.MethodPut, "/inspect", http.NoBody)),
		"cross":  b.do(httptest.NewRequest(http.MethodPost, "/inspect", http.NoBody)),
	}
	for name, w := range pages {
		var hashes []string
		for _, style := range regexp.MustCompile(`(?s)<style>(.*?)</style>`).FindAllStringSubmatch(w.Body.String(), -1) {
			sum := sha256.Sum256([]byte(style[1]))
			hashes = append(hashes, "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'")
		}
		for header, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; style-src " + strings.Join(hashes, " ") +
				"; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
			"Referrer-Policy":        "no-referrer",
			"Cache-Control":          "no-store",
			"X-Content-Type-Options": "nosniff",
			"X-Frame-Options":        "DENY",
			"Content-Type":           "text/html; charset=utf-8",
		} {
			if got := w.Header().Get(header); got != want {
				t.Errorf("%s: %s is %q, want %q", name, header, got, want)
			}
		}
		soundPage(t, w.Body.String())
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	token := b.pool.AccessToken()
	for _, address := range []string{"/inspect?token=" + token, "/inspect?" + token, "/inspect?lang=en"} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			w := b.do(httptest.NewRequest(method, address, http.NoBody))
			if w.Code != http.StatusBadRequest || !strings.Contains(textOf(w), "Browsers keep addresses in their history") {
				t.Errorf("%s %.20s: %d", method, address, w.Code)
			}
			checkSecrecy(t, b, w, token)
		}
	}
	for name, tc := range map[string]struct {
		kind, body string
		want       int
	}{
		"multipart": {"multipart/form-data; boundary=x", "", http.StatusUnsupportedMediaType},
		"JSON":      {"application/json", "{}", http.StatusUnsupportedMediaType},
		"no type":   {"", "token=x", http.StatusUnsupportedMediaType},
		"too large": {"application/x-www-form-urlencoded", "token=" + strings.Repeat("x", 65<<10), http.StatusRequestEntityTooLarge},
		"encoding":  {"application/x-www-form-urlencoded", "token=%zz", http.StatusBadRequest},
		"twice":     {"application/x-www-form-urlencoded", "token=a&token=b", http.StatusBadRequest},
	} {
		form := url.Values{}
		cookie := b.authentic(t, form)
		r := httptest.NewRequest(http.MethodPost, "/inspect", strings.NewReader(tc.body+"&"+form.Encode()))
		r.Header.Set("Content-Type", tc.kind)
		r.AddCookie(cookie)
		w := b.do(r)
		if w.Code != tc.want {
			t.Errorf("%s: %d, want %d", name, w.Code, tc.want)
		}
		soundPage(t, w.Body.String())
	}
}

func TestOtherSites(t *testing.T) {
	t.Parallel()
	b, stranger := newBench(t), newBench(t)
	good := url.Values{fieldToken: {b.pool.AccessToken()}}
	cookie := b.authentic(t, good)
	foreign := url.Values{fieldToken: {b.pool.AccessToken()}}
	foreignCookie := stranger.authentic(t, foreign)
	for name, tc := range map[string]struct {
		site   string
		cookie *http.Cookie
		form   url.Values
		want   int
	}{
		"own form":                     {"same-origin", cookie, good, http.StatusOK},
		"old browser":                  {"", cookie, good, http.StatusOK},
		"cross-site":                   {"cross-site", cookie, good, http.StatusForbidden},
		"another port":                 {"same-site", cookie, good, http.StatusForbidden},
		"no cookie":                    {"same-origin", nil, good, http.StatusForbidden},
		"no cookie, no site":           {"", nil, good, http.StatusForbidden},
		"no form token":                {"", cookie, url.Values{fieldToken: good[fieldToken]}, http.StatusForbidden},
		"another form token":           {"", cookie, foreign, http.StatusForbidden},
		"of a server with another key": {"", foreignCookie, foreign, http.StatusForbidden},
	} {
		r := httptest.NewRequest(http.MethodPost, "/inspect", strings.NewReader(tc.form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if tc.site != "" {
			r.Header.Set("Sec-Fetch-Site", tc.site)
		}
		if tc.cookie != nil {
			r.AddCookie(tc.cookie)
		}
		w := b.do(r)
		if w.Code != tc.want {
			t.Errorf("%s: %d, want %d", name, w.Code, tc.want)
		}
		if tc.want != http.StatusOK {
			checkSecrecy(t, b, w, good.Get(fieldToken))
		}
	}
	// A link from elsewhere leads to the form, as any link does.
	r := httptest.NewRequest(http.MethodGet, "/inspect", http.NoBody)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	if w := b.do(r); w.Code != http.StatusOK {
		t.Errorf("a link: %d", w.Code)
	}
	// A second form leaves the first one good.
	r = httptest.NewRequest(http.MethodGet, "/inspect", http.NoBody)
	r.AddCookie(cookie)
	if w := b.do(r); len(w.Result().Cookies()) != 0 || !strings.Contains(w.Body.String(), good.Get(web.CSRFField)) {
		t.Error("a second form spoils the first one")
	}
}
