package oauth_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito/oauth"
)

func (p *pool) exchange() oauth.CodeExchange {
	return oauth.CodeExchange{App: p.app(), RedirectURL: redirectURL, Code: "the-code", CodeVerifier: "the-verifier"}
}

// What goes out is the code grant's form, and what comes in is handed on.
func TestExchangeUnverified(t *testing.T) {
	t.Parallel()
	p := newPool()
	answer := map[string]any{"access_token": "a", "id_token": "i", "refresh_token": "r", "token_type": "Bearer", "expires_in": 3600}
	p.answer = func(r *http.Request, _ url.Values) (*http.Response, error) {
		if _, _, basic := r.BasicAuth(); basic || r.URL.String() != domain+"/oauth2/token" {
			t.Error(r.URL, basic)
		}
		return respondJSON(200, answer), nil
	}
	got, err := oauth.ExchangeUnverified(t.Context(), p.exchange())
	want := oauth.UnverifiedTokens{RawAccess: "a", RawID: "i", Refresh: "r", ExpiresIn: time.Hour}
	if err != nil || *got != want {
		t.Fatalf("%v, %v", got, err)
	}
	form := p.forms[0]
	for name, value := range map[string]string{
		"grant_type": "authorization_code", "code": "the-code", "code_verifier": "the-verifier", "redirect_uri": redirectURL,
		"client_id": p.app().ClientID,
	} {
		if form.Get(name) != value || len(form[name]) != 1 {
			t.Errorf("%s: %q", name, form[name])
		}
	}

	// Without openid, PKCE and rotation there is less.
	answer = map[string]any{"access_token": "a", "token_type": "bearer"}
	exchange := p.exchange()
	exchange.CodeVerifier = ""
	got, err = oauth.ExchangeUnverified(t.Context(), exchange)
	if err != nil || *got != (oauth.UnverifiedTokens{RawAccess: "a"}) || p.forms[1].Has("code_verifier") {
		t.Errorf("%v, %v, %v", got, err, p.forms[1])
	}
}

func TestExchangeUnverifiedRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		answer map[string]any
		want   oauth.Code
	}{
		"spent":           {400, map[string]any{"error": "invalid_grant"}, oauth.ErrInvalidGrant},
		"busy":            {503, nil, oauth.ErrUnavailable},
		"nothing":         {200, map[string]any{}, oauth.ErrResponseInvalid},
		"no type":         {200, map[string]any{"access_token": "a"}, oauth.ErrResponseInvalid},
		"ID is a number":  {200, map[string]any{"access_token": "a", "id_token": 1, "token_type": "Bearer"}, oauth.ErrResponseInvalid},
		"by another case": {200, map[string]any{"Access_Token": "a", "token_type": "Bearer"}, oauth.ErrResponseInvalid},
	} {
		p := newPool()
		p.answer = func(*http.Request, url.Values) (*http.Response, error) { return respondJSON(c.status, c.answer), nil }
		got, err := oauth.ExchangeUnverified(t.Context(), p.exchange())
		if got != nil || oauth.CodeOf(err) != c.want || p.count() != 1 {
			t.Errorf("%s: %v, %v, %d requests", name, got, err, p.count())
		}
	}
	p := newPool()
	long := oauth.Secret(strings.Repeat("x", 64<<10+1))
	for field, change := range map[string]func(*oauth.CodeExchange){
		"App.ClientID":  func(e *oauth.CodeExchange) { e.App.ClientID = "" },
		"Code":          func(e *oauth.CodeExchange) { e.Code = "" },
		"Code ":         func(e *oauth.CodeExchange) { e.Code = long },
		"CodeVerifier ": func(e *oauth.CodeExchange) { e.CodeVerifier = long },
	} {
		exchange := p.exchange()
		change(&exchange)
		_, err := oauth.ExchangeUnverified(t.Context(), exchange)
		if err == nil || !strings.HasPrefix(err.Error(), "oauth: CodeExchange."+strings.TrimSpace(field)+" ") || p.count() != 0 {
			t.Errorf("%s: %v", field, err)
		}
	}
	// At the limits they are sent.
	p.answer = func(*http.Request, url.Values) (*http.Response, error) {
		return respondJSON(200, map[string]any{"access_token": "a", "token_type": "Bearer"}), nil
	}
	exchange := p.exchange()
	exchange.Code, exchange.CodeVerifier = long[1:], long[1:]
	if _, err := oauth.ExchangeUnverified(t.Context(), exchange); err != nil {
		t.Error(err)
	}
	p = newPool()
	_, err := oauth.ExchangeUnverified(t.Context(), oauth.CodeExchange{App: p.app(), RedirectURL: "http://example.com/", Code: "a b", CodeVerifier: " "})
	joined, ok := err.(interface{ Unwrap() []error })
	var fault *oauth.ConfigError
	if !ok || len(joined.Unwrap()) != 3 || !errors.As(err, &fault) || p.count() != 0 {
		t.Error(err)
	}
}
