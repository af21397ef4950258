package oauth_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/oauth"
)

// TestRefreshTokenMustBeOne has the pool give what could not be sent back.
func TestRefreshTokenMustBeOne(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"a b", "a\r\nb", "é", strings.Repeat("a", 100_000)} {
		p := newPool()
		client := p.client(t)
		v := start(t, client, oauth.StartOptions{})
		tokens := p.tokens(v.sent.Get("nonce"))
		tokens["refresh_token"] = bad
		p.answer = func(*http.Request, url.Values) (*http.Response, error) {
			return respondJSON(http.StatusOK, tokens), nil
		}
		_, err := client.Finish(t.Context(), v.Flow, v.back())
		wantCode(t, err, oauth.ErrResponseInvalid)
	}
}

// TestEmptyHash has at_hash there and empty, which is not missing.
func TestEmptyHash(t *testing.T) {
	t.Parallel()
	p := newPool()
	client := p.client(t, func(c *oauth.Config) { c.InsecureAllowMissingAccessTokenHash = true })
	tokens := p.tokens("", cognitotest.Claim("at_hash", ""))
	p.answer = func(*http.Request, url.Values) (*http.Response, error) {
		return respondJSON(http.StatusOK, tokens), nil
	}
	_, err := client.Refresh(t.Context(), oldRefresh, cognitotest.Subject)
	wantCode(t, err, oauth.ErrTokensInvalid)
}

// TestConfigShowsNoPassword has addresses that are not even addresses.
func TestConfigShowsNoPassword(t *testing.T) {
	t.Parallel()
	p := newPool()
	for _, bad := range []string{"https://u:the-secret@", "https://u:the-secret@auth example.com", "u:the-secret@auth.example.com", "https://u:the-secret@[::1"} {
		config := p.config(t)
		config.App.Domain, config.RedirectURL, config.Issuer = bad, bad, bad
		if _, err := oauth.New(config); err == nil || strings.Contains(err.Error(), "the-secret") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for _, bad := range []string{"app:x#", "https://app.example.com/#"} {
		config := p.config(t)
		if config.RedirectURL = bad; second(oauth.New(config)) == nil {
			t.Errorf("%q has a fragment", bad)
		}
	}
	_, err := p.client(t).LogoutURL("http://evil.example.com/<script>")
	if e := wantCode(t, err, oauth.ErrInvalidRequest); strings.Contains(e.Message(), "script") {
		t.Error(e)
	}
}

// TestErrorsAreLogLines has what others say be of any length and of any characters, and
// hold a token, with a transport that does not say what it answers.
func TestErrorsAreLogLines(t *testing.T) {
	t.Parallel()
	p := newPool()
	client := p.client(t)
	said := oldRefresh + "\r\n\x1b[31m" + strings.Repeat("é", 1000)
	for _, answer := range []func(*http.Request, url.Values) (*http.Response, error){
		func(*http.Request, url.Values) (*http.Response, error) { return nil, errors.New(said) },
		func(*http.Request, url.Values) (*http.Response, error) {
			return respondJSON(http.StatusBadRequest, map[string]string{"error": "invalid_grant", "error_description": said}), nil
		},
		func(*http.Request, url.Values) (*http.Response, error) {
			return respondJSON(http.StatusServiceUnavailable, map[string]string{"error": said, "error_description": said}), nil
		},
	} {
		p.answer = answer
		_, err := client.Refresh(t.Context(), oldRefresh, cognitotest.Subject)
		if err == nil || len(err.Error()) > 600 || strings.Contains(err.Error(), oldRefresh) {
			t.Fatal(err)
		}
		for _, r := range err.Error() {
			if r < ' ' || r > '~' {
				t.Fatalf("%q", err.Error())
			}
		}
	}
}
