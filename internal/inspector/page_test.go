package inspector

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito/cognitotest"
)

var tags, ends = regexp.MustCompile(`<style>[^<]*</style>|<[^>]*>`), regexp.MustCompile(`</(th|td|p|li|h1|h2|title)>`)

// textOf is what a person reads of a page.
func textOf(w *httptest.ResponseRecorder) string {
	text := tags.ReplaceAllString(ends.ReplaceAllString(w.Body.String(), " "), "")
	text = strings.NewReplacer("&#34;", `"`, "&#39;", "'", "&lt;", "<", "&gt;", ">", "&#43;", "+", "&amp;", "&").Replace(text)
	return strings.Join(strings.Fields(text), " ")
}

func TestVerdicts(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	p := b.pool
	other := b.issuer.AddPool("eu-west-1_Other0001")
	for name, tc := range map[string]struct {
		token  string
		fields []string
		want   []string // in the text of the page, in this order
	}{
		"access":       {p.AccessToken(), nil, []string{"✓ Valid access token", "expires in 1 hour", "Signature ✓ passed", "Revocation – not checked", "issued (iat)", `"RS256"`, "the identifier of the sign-in: all tokens"}},
		"id":           {p.IDToken(), nil, []string{"✓ Valid ID token", "Token use ✓ passed id token", "anaya@example.com"}},
		"machine":      {p.MachineToken(), []string{fieldUse, "access", fieldScopes, "test/read"}, []string{"✓ Valid access token", "It is the token of a machine", `has scopes "test/read"`, "auth_time"}},
		"named client": {p.AccessToken(), []string{fieldClient, p.ClientID()}, []string{"Valid", "the app client that you named"}},
		"expired": {
			p.AccessToken(cognitotest.Expired()),
			nil,
			[]string{"✗ Rejected: token_expired", "The token expired at", "Get a new token", "Signature ✓ passed", "Expiry ✗ failed token_expired:", "expired (exp)", "1 hour ago"},
		},
		"other client":   {p.AccessToken(cognitotest.ForClient("other")), nil, []string{"✗ Rejected: client_mismatch", `client_id must be "test-client"; the token has "other".`, "name it in the form"}},
		"not the client": {p.AccessToken(), []string{fieldClient, "web"}, []string{"✗ Rejected: client_mismatch", "The form names another app client"}},
		"tampered": {
			p.AccessToken(cognitotest.TamperedPayload()), nil,
			[]string{"✗ Rejected: signature_invalid", "Signature ✗ failed", "Do not trust this token", "The signature is not valid", "Times not trusted", "Header not trusted", "Claims not trusted", "tampered"},
		},
		"none":          {p.AccessToken(cognitotest.Algorithm("none")), nil, []string{"✗ Rejected: token_malformed", "The signature is empty."}},
		"HS256":         {p.AccessToken(cognitotest.Algorithm("HS256")), nil, []string{"✗ Rejected: algorithm_not_allowed", "RS256 only", "Signature – not checked", "Do not trust"}},
		"refresh":       {p.RefreshToken(), nil, []string{"✗ Rejected: encrypted_token", "A refresh token", "refresh token", "encrypted for the user pool alone"}},
		"cut":           {p.AccessToken()[:200], nil, []string{"✗ Rejected: token_malformed", "Copy the whole token"}},
		"line break":    {strings.Replace(p.AccessToken(), ".", ".\r\n", 1), nil, []string{"✗ Rejected: token_malformed", "The token has a line break inside."}},
		"too large":     {p.AccessToken(cognitotest.Claim("x", strings.Repeat("x", 16<<10))), nil, []string{"✗ Rejected: token_too_large", "bytes; at most 16384 are accepted", "Size ✗ failed"}},
		"other issuer":  {other.AccessToken(), nil, []string{"✗ Rejected: issuer_mismatch", "The token names another issuer", p.Issuer(), "Key – not checked", "Do not trust"}},
		"unknown key":   {p.AccessToken(cognitotest.UnknownKey()), nil, []string{"✗ Rejected: key_not_found", "Signature – not checked", "Do not trust"}},
		"ID for access": {p.IDToken(), []string{fieldUse, "access"}, []string{"✗ Rejected: token_use_mismatch", "This is an ID token"}},
		"access for ID": {p.AccessToken(), []string{fieldUse, "id"}, []string{"✗ Rejected: token_use_mismatch", "This is an access token"}},
		"no group":      {p.AccessToken(cognitotest.Groups("staff")), []string{fieldGroups, "admins staff"}, []string{"✗ Rejected: group_missing", `the token has "staff"`}},
		"no scope":      {p.AccessToken(), []string{fieldScopes, "orders/read"}, []string{"✗ Rejected: scope_missing"}},
		"several faults": {
			p.AccessToken(cognitotest.Expired(), cognitotest.ForClient("other")), nil,
			[]string{"✗ Rejected: client_mismatch", "Expiry ✗ failed", "Get a new token"},
		},
		"strange times": {
			p.AccessToken(cognitotest.Claim("auth_time", -5), cognitotest.WithoutClaim("iat")), nil,
			[]string{"✗ Rejected: claim_invalid", "auth_time, iat give no time"},
		},
		"far times": {p.AccessToken(cognitotest.Claim("auth_time", 0), cognitotest.Claim("exp", int64(1)<<53)), nil, []string{"Valid", "year 285428751", "1 January 1970"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := b.inspect(t, tc.token, tc.fields...)
			if w.Code != http.StatusOK {
				t.Errorf("status %d", w.Code)
			}
			soundPage(t, w.Body.String())
			rest := textOf(w)
			for _, want := range tc.want {
				_, after, found := strings.Cut(rest, want)
				if !found {
					t.Fatalf("%q is not there, or not in its place; what follows is: %.300s", want, rest)
				}
				rest = after
			}
			checkSecrecy(t, b, w, tc.token)
		})
	}
}

// checkSecrecy finds parts of a token where none may be.
func checkSecrecy(t *testing.T, b *bench, w *httptest.ResponseRecorder, token string) {
	t.Helper()
	parts := strings.FieldsFunc(token, func(r rune) bool { return r == '.' })
	for n, part := range parts {
		if len(part) < 20 {
			continue
		}
		if strings.Contains(w.Body.String(), part) {
			t.Errorf("part %d of the token is in the page", n)
		}
		if strings.Contains(b.log.String(), part) {
			t.Errorf("part %d of the token is in the log", n)
		}
		for name, values := range w.Header() {
			if strings.Contains(strings.Join(values, " "), part) {
				t.Errorf("part %d of the token is in the header %s", n, name)
			}
		}
	}
}

func TestForm(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	token := b.pool.AccessToken()
	for name, tc := range map[string]struct {
		token  string
		fields []string
		want   string
	}{
		"no token":        {"", nil, "Paste a token first."},
		"white space":     {" \r\n ", nil, "Paste a token first."},
		"Bearer alone":    {`"Bearer "`, nil, "Rejected: token_malformed"},
		"two clients":     {token, []string{fieldClient, "a b"}, "Enter one app client ID, or none."},
		"long client":     {token, []string{fieldClient, strings.Repeat("x", 129)}, "This is too long"},
		"no scope":        {token, []string{fieldScopes, `"`}, "not a valid name of a scope"},
		"unseen":          {token, []string{fieldGroups, "a\u202eb"}, "invisible characters"},
		"not UTF-8":       {token, []string{fieldGroups, "\xff"}, "invisible characters"},
		"token elsewhere": {"", []string{fieldScopes, token}, "This looks like a token"},
		"unknown kind":    {token, []string{fieldUse, "refresh"}, "Choose one of the three kinds."},
		"kept":            {token, []string{fieldUse, "id", fieldClient, `"><b>`, fieldScopes, "a/b", fieldGroups, "g"}, "Rejected: token_use_mismatch"},
	} {
		w := b.inspect(t, tc.token, tc.fields...)
		if !strings.Contains(textOf(w), tc.want) {
			t.Errorf("%s: %q is not there: %s", name, tc.want, textOf(w))
		}
		all := soundPage(t, w.Body.String())
		checkSecrecy(t, b, w, token)
		if name != "kept" {
			continue
		}
		kept := map[string]string{}
		for _, e := range all {
			if e.name == "input" && e.attrs["type"] != "hidden" {
				kept[e.attrs["name"]] = e.attrs["value"]
			}
		}
		if kept[fieldClient] != `"><b>` || kept[fieldScopes] != "a/b" || kept[fieldGroups] != "g" {
			t.Errorf("the form forgot: %q", kept)
		}
	}
}

func TestPools(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	token := b.pool.AccessToken()
	two := b.issuer.AddPool("eu-west-1_Other0001", "one", "two")
	askedOther := 0
	other := b.poolOf(two)
	keys := other.KeySet
	other.KeySet = func(ctx context.Context) ([]byte, error) { askedOther++; return keys(ctx) }
	own := b.poolOf(b.pool)
	changed := func(change func(*Pool)) []Pool {
		p := own
		change(&p)
		return []Pool{p}
	}
	for name, tc := range map[string]struct {
		pools []Pool
		err   error
		token string
		code  int
		want  string
	}{
		"none":           {nil, nil, token, http.StatusOK, "? Not verified There is no user pool"},
		"none, no token": {nil, nil, "x", http.StatusOK, "Rejected: token_malformed"},
		"fault":          {nil, errors.New("secret reason of pools"), token, http.StatusServiceUnavailable, "This says nothing about your token"},
		"no clients":     {changed(func(p *Pool) { p.ClientIDs = nil }), nil, token, http.StatusOK, "Rejected: client_mismatch"},
		"no issuer":      {changed(func(p *Pool) { p.Issuer = "" }), nil, token, http.StatusServiceUnavailable, "cannot check tokens"},
		"no keys":        {changed(func(p *Pool) { p.KeySet = nil }), nil, token, http.StatusServiceUnavailable, "cannot check tokens"},
		"twice":          {[]Pool{own, own}, nil, token, http.StatusServiceUnavailable, "cannot check tokens"},
		"two":            {[]Pool{own, other}, nil, token, http.StatusOK, "Valid access token"},
		"keys broken": {
			changed(func(p *Pool) {
				p.KeySet = func(context.Context) ([]byte, error) { return nil, errors.New("secret reason of keys") }
			}),
			nil, token, http.StatusOK, "? Not verified: keys_unavailable",
		},
		"keys empty": {
			changed(func(p *Pool) { p.KeySet = func(context.Context) ([]byte, error) { return []byte(`{"keys":[]}`), nil } }),
			nil, token, http.StatusOK, "? Not verified: keys_unavailable",
		},
	} {
		b.pools = func(context.Context) ([]Pool, error) { return []Pool{own}, nil }
		form := url.Values{fieldToken: {tc.token}}
		cookie := b.authentic(t, form)
		b.pools = func(context.Context) ([]Pool, error) { return tc.pools, tc.err }
		r := httptest.NewRequest(http.MethodPost, "/inspect", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.AddCookie(cookie)
		w := b.do(r)
		if w.Code != tc.code || !strings.Contains(textOf(w), tc.want) || strings.Contains(w.Body.String(), "secret reason") {
			t.Errorf("%s: %d: %s", name, w.Code, textOf(w))
		}
		soundPage(t, w.Body.String())
		checkSecrecy(t, b, w, token)
	}
	if askedOther != 0 {
		t.Error("keys were asked of a pool that the token does not name")
	}
	for _, reason := range []string{"secret reason of pools", "secret reason of keys"} {
		if !strings.Contains(b.log.String(), reason) {
			t.Errorf("the log does not say %q", reason)
		}
	}
	if _, err := New(Config{}); err == nil {
		t.Error("a page without pools was made")
	}
}

func TestTimeAdvances(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	token := b.pool.AccessToken(cognitotest.ExpiresIn(5 * time.Minute))
	if w := b.inspect(t, token); !strings.Contains(textOf(w), "Valid access token") {
		t.Errorf("before: %s", textOf(w))
	}
	b.issuer.Clock().Advance(5 * time.Minute)
	if w := b.inspect(t, token); !strings.Contains(textOf(w), "Rejected: token_expired") || strings.Count(textOf(w), "Get a new token") != 1 {
		t.Errorf("after: %s", textOf(w))
	}
	// The key set is requested for each token: a withdrawn key no longer counts.
	b.pool.WithdrawKey(b.pool.AccessKey().ID())
	if w := b.inspect(t, b.pool.AccessToken()); !strings.Contains(textOf(w), "Rejected: key_not_found") {
		t.Errorf("withdrawn: %s", textOf(w))
	}
}
