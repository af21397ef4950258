package inspector

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"unicode"

	"github.com/poolguard/poolguard/cognito/cognitotest"
)

// hostile are texts that would act, hide or break out if they were not escaped.
var hostile = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `'><svg onload=alert(1)>`, `</code></pre></td></table>`, `</title><b>`, `</style>`,
	`</textarea>`, `<!--`, `]]>`, `{{.Style}}`, `&lt;b&gt;`, `javascript:alert(1)`, "a\u202eb\u2066c\u200bd\ufeff", "\x00\x01\x1b[31m\x7f\u0085\u009b", "\u2028\u2029",
	"\U000e0041\U0001f600", strings.Repeat("<b>", 200), strings.Repeat("x", 9000),
}

func TestEscaping(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	p := b.pool
	deep := json.RawMessage(strings.Repeat(`{"<b>":[`, 30) + `"\u202e<i>"` + strings.Repeat(`]}`, 30))
	for _, text := range hostile {
		tokens := map[string]string{
			"claim name":  p.AccessToken(cognitotest.Claim(text, text)),
			"header name": p.AccessToken(cognitotest.Header(text, text)),
			"kid":         p.AccessToken(cognitotest.Header("kid", text)),
			"alg":         p.AccessToken(cognitotest.Header("alg", text)),
			"list":        p.AccessToken(cognitotest.Claim("x", []any{text, map[string]any{text: text}}), cognitotest.Claim("deep", deep)),
		}
		for _, name := range []string{"username", "iss", "client_id", "scope", "token_use", "sub", "exp", "auth_time", "version", "acr", "aud", "nbf"} {
			tokens[name] = p.AccessToken(cognitotest.Claim(name, text))
		}
		tokens["groups"] = p.AccessToken(cognitotest.Groups(text, "x"))
		tokens["cognito:username"] = p.IDToken(cognitotest.Claim("cognito:username", text), cognitotest.Claim("aud", text))
		for name, token := range tokens {
			w := b.inspect(t, token, fieldGroups, "staff", fieldScopes, "s")
			if w.Code != http.StatusOK {
				t.Errorf("%s %.20q: %d", name, text, w.Code)
			}
			soundPage(t, w.Body.String())
			for _, r := range w.Body.String() {
				if r != '\n' && !unicode.IsPrint(r) {
					t.Errorf("%s %.20q: the page has %U", name, text, r)
					break
				}
			}
		}
		w := b.inspect(t, text)
		soundPage(t, w.Body.String())
	}
	// A large list far down must not be blown up by its indentation.
	w := b.inspect(t, p.AccessToken(cognitotest.Claim("x", json.RawMessage(strings.Repeat("[", 60)+strings.Repeat("1,", 5000)+"1"+strings.Repeat("]", 60)))))
	if w.Body.Len() > 100<<10 {
		t.Errorf("the page has %d bytes", w.Body.Len())
	}
}

func FuzzPost(f *testing.F) {
	b := newBench(f)
	for _, token := range []string{b.pool.AccessToken(), b.pool.IDToken(cognitotest.Expired()), b.pool.RefreshToken(), `{"access_token":"x"}`, "Bearer x"} {
		f.Add("token=" + url.QueryEscape(token) + "&token_use=access&client_id=a&scopes=b+c&groups=d")
	}
	for _, text := range hostile {
		f.Add("token=" + url.QueryEscape(text) + "&client_id=" + url.QueryEscape(text))
	}
	f.Add("token=%zz&token=a;b")
	form := url.Values{}
	cookie := b.authentic(f, form)
	f.Fuzz(func(t *testing.T, body string) {
		r := httptest.NewRequest(http.MethodPost, "/inspect", strings.NewReader(form.Encode()+"&"+body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.AddCookie(cookie)
		w := b.do(r)
		if w.Code >= http.StatusInternalServerError {
			t.Errorf("status %d", w.Code)
		}
		soundPage(t, w.Body.String())
		if b.log.Len() > 1<<20 {
			b.log.Reset()
		}
	})
}
