package oauth_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/oauth"
)

func TestUserInfo(t *testing.T) {
	t.Parallel()
	p := newPool()
	raw := p.Pool().AccessToken()
	p.answer = func(r *http.Request, _ url.Values) (*http.Response, error) {
		if r.Header.Get("Accept") != "application/json" {
			t.Errorf("userInfo is asked for %q", r.Header.Get("Accept"))
		}
		if r.URL.String() != domain+"/oauth2/userInfo" || r.Header.Get("Authorization") != "Bearer "+raw || r.Method != http.MethodGet {
			t.Errorf("%s %s", r.Method, r.URL)
		}
		return respondJSON(http.StatusOK, map[string]any{
			"sub": cognitotest.Subject, "username": "anaya", "email": "anaya@example.com", "email_verified": "true", "phone_number": "+4930", "phone_number_verified": true, "custom:n": 7,
		}), nil
	}
	u, err := p.client(t).UserInfo(t.Context(), oauth.Secret(raw))
	if err != nil {
		t.Fatal(err)
	}
	if u.Subject() != cognitotest.Subject || u.Username() != "anaya" || u.Email() != "anaya@example.com" || !u.EmailVerified() || u.PhoneNumber() != "+4930" || !u.PhoneNumberVerified() {
		t.Error(u)
	}
	if v, ok := u.Claim("custom:n"); !ok || string(v) != "7" {
		t.Errorf("%s", v)
	}
	var mine struct {
		N int `json:"custom:n"`
	}
	var none *struct{}
	var wrong struct {
		N string `json:"custom:n"`
	}
	for dst, want := range map[any]string{any(none): "oauth: Claims needs a non-nil pointer", any(&wrong): "oauth: the claims do not fit the type of dst"} {
		if err := u.Claims(dst); err == nil || err.Error() != want {
			t.Errorf("Claims(%T) returns %v, want %s", dst, err, want)
		}
	}
	if err := u.Claims(&mine); err != nil || mine.N != 7 || u.Claims(nil) == nil || u.Claims(mine) == nil {
		t.Error(err, mine)
	}
	if s := fmt.Sprintf("%v %+v %#v", u, u, u); strings.Contains(s, "@") {
		t.Error(s)
	}
}

func TestUserInfoRefused(t *testing.T) {
	t.Parallel()
	p := newPool()
	client := p.client(t)
	unauthorized := respondText(http.StatusUnauthorized, "text/plain", "")
	unauthorized.Header.Set("WWW-Authenticate", `Bearer realm="a, \"error=b", error="invalid_token", error_description="Access token has been revoked"`)
	for name, c := range map[string]struct {
		token   string
		answer  *http.Response
		want    oauth.Code
		cause   cognito.Code
		request int
	}{
		"another user":   {p.Pool().AccessToken(), respondJSON(200, map[string]string{"sub": "x"}), oauth.ErrResponseInvalid, "", 1},
		"nobody":         {p.Pool().AccessToken(), respondJSON(200, map[string]string{}), oauth.ErrResponseInvalid, "", 1},
		"nothing":        {p.Pool().AccessToken(), respondText(200, "application/json", ""), oauth.ErrResponseInvalid, "", 1},
		"revoked":        {p.Pool().AccessToken(), unauthorized, oauth.ErrInvalidToken, "", 1},
		"ID token":       {p.Pool().IDToken(), nil, oauth.ErrTokensInvalid, cognito.ErrTokenUseMismatch, 0},
		"expired":        {p.Pool().AccessToken(cognitotest.Expired()), nil, oauth.ErrTokensInvalid, cognito.ErrTokenExpired, 0},
		"another pool":   {p.trusted.AccessToken(), nil, oauth.ErrTokensInvalid, "", 0},
		"no subject":     {p.Pool().AccessToken(cognitotest.WithoutClaim("sub")), nil, oauth.ErrTokensInvalid, "", 0},
		"another client": {p.Pool().AccessToken(cognitotest.ForClient("another-client")), nil, oauth.ErrTokensInvalid, "", 0},
	} {
		before := p.count()
		p.answer = func(*http.Request, url.Values) (*http.Response, error) { return c.answer, nil }
		u, err := client.UserInfo(t.Context(), oauth.Secret(c.token))
		e := wantCode(t, err, c.want, c.token)
		if name == "nothing" && !strings.Contains(e.Message(), "is not one JSON object") {
			t.Errorf("an empty answer is refused with %q", e.Message())
		}
		if u != nil || cognito.CodeOf(err) != c.cause || p.count() != before+c.request {
			t.Errorf("%s: %v, %d requests", name, err, p.count()-before)
		}
	}
}

// TestHeaderOfCallersTransportIsNotModified: a transport that is a cache may keep it.
func TestHeaderOfCallersTransportIsNotModified(t *testing.T) {
	t.Parallel()
	p := newPool()
	answer := redirect(302)
	header := answer.Header
	p.answer = func(*http.Request, url.Values) (*http.Response, error) { return answer, nil }
	wantCode(t, p.client(t).Revoke(t.Context(), oldRefresh), oauth.ErrResponseInvalid)
	if header.Get("Location") == "" {
		t.Error("the header of the transport's answer has changed")
	}
}

func TestRefusedAnswerHasItsStatus(t *testing.T) {
	t.Parallel()
	p := newPool()
	p.answer = func(*http.Request, url.Values) (*http.Response, error) {
		return respondText(202, "text/html", "<p>"), nil
	}
	err := p.client(t).Revoke(t.Context(), oldRefresh)
	if e := wantCode(t, err, oauth.ErrResponseInvalid); e.Status() != 202 {
		t.Errorf("the status is %d", e.Status())
	}
}

// TestLongestAnswerIsRead has an answer of 1 MiB. One byte more is refused, and so is a
// page of that length.
func TestLongestAnswerIsRead(t *testing.T) {
	t.Parallel()
	p := newPool()
	client := p.client(t)
	raw := oauth.Secret(p.Pool().AccessToken())
	const head, tail = `{"sub":"` + cognitotest.Subject + `","x":"`, `"}`
	body := head + strings.Repeat("x", 1<<20-len(head)-len(tail)) + tail
	p.answer = func(*http.Request, url.Values) (*http.Response, error) {
		return respondText(200, "application/json", body), nil
	}
	if _, err := client.UserInfo(t.Context(), raw); err != nil {
		t.Error(err)
	}
	body += " "
	_, err := client.UserInfo(t.Context(), raw)
	if e := wantCode(t, err, oauth.ErrResponseInvalid); !strings.Contains(e.Message(), "longer than 1048576 bytes") {
		t.Errorf("a longer answer is refused with %q", e.Message())
	}
	p.answer = func(*http.Request, url.Values) (*http.Response, error) {
		return respondText(503, "text/plain", body), nil
	}
	_, err = client.UserInfo(t.Context(), raw)
	if e := wantCode(t, err, oauth.ErrResponseInvalid); !strings.Contains(e.Message(), "longer than 1048576 bytes") {
		t.Errorf("a longer page is refused with %q", e.Message())
	}
}

func TestRevoke(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{"", "the-secret+/"} {
		p := newPool()
		p.answer = func(r *http.Request, form url.Values) (*http.Response, error) {
			want := url.Values{"token": {oldRefresh}, "token_type_hint": {"refresh_token"}}
			_, password, _ := r.BasicAuth()
			if got := r.Header.Get("Content-Type"); got != "application/x-www-form-urlencoded" {
				t.Errorf("the form was sent as %q", got)
			}
			if secret == "" {
				want.Set("client_id", cognitotest.ClientID)
			}
			if diff := cmp.Diff(want, form); diff != "" || password != url.QueryEscape(secret) || r.URL.String() != domain+"/oauth2/revoke" || r.Method != http.MethodPost {
				t.Errorf("%s %s (-want +got):\n%s", r.Method, r.URL, diff)
			}
			return respondText(http.StatusOK, "", ""), nil
		}
		client := p.client(t, func(c *oauth.Config) { c.App.ClientSecret = oauth.Secret(secret) })
		if err := client.Revoke(t.Context(), oldRefresh); err != nil {
			t.Error(err)
		}
		wantCode(t, client.Revoke(t.Context(), ""), oauth.ErrInvalidRequest)
		var none context.Context
		wantCode(t, client.Revoke(none, oldRefresh), oauth.ErrInvalidRequest)
		p.answer = func(*http.Request, url.Values) (*http.Response, error) {
			return respondJSON(http.StatusBadRequest, map[string]string{"error": "unsupported_token_type"}), nil
		}
		wantCode(t, client.Revoke(t.Context(), oldRefresh), oauth.ErrUnsupportedTokenType)
	}
}

func TestLogoutURL(t *testing.T) {
	t.Parallel()
	client := newPool().client(t)
	got, err := client.LogoutURL("https://app.example.com/bye?a=b&c")
	if want := domain + "/logout?client_id=test-client&logout_uri=https%3A%2F%2Fapp.example.com%2Fbye%3Fa%3Db%26c"; got != want || err != nil {
		t.Errorf("%s %v", got, err)
	}
	for _, bad := range []string{"", "/bye", "http://app.example.com", "javascript:x", "//app.example.com", "https://app.example.com/#x"} {
		_, err := client.LogoutURL(bad)
		wantCode(t, err, oauth.ErrInvalidRequest)
	}
}

func TestSecretsShowThemselvesNowhere(t *testing.T) {
	t.Parallel()
	for _, secret := range []any{oauth.Secret("the-secret"), oauth.RefreshToken("the-secret"), oauth.Flow("the-secret")} {
		var log strings.Builder
		slog.New(slog.NewTextHandler(&log, nil)).Info("x", "secret", secret, "within", struct{ S any }{secret})
		text, err := json.Marshal(map[string]any{"s": secret})
		shown := fmt.Sprintf("%v %+v %#v %s %q %d %x", secret, secret, secret, secret, secret, secret, secret) + log.String() + string(text)
		if strings.Contains(shown, "the-secret") || strings.Contains(shown, "7468652d") || strings.Count(shown, "[redacted]") != 10 || err != nil {
			t.Errorf("%T: %s %v", secret, shown, err)
		}
	}
	app := newPool().secretApp()
	if s := fmt.Sprintf("%+v %#v", app, app); strings.Contains(s, "the-secret") {
		t.Error(s)
	}
}
