package userpool_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/userpool"
)

// FuzzAuthorize sends any query to the endpoints that take an authorization
// request: none may panic, fail, or redirect to where the client is not at home.
func FuzzAuthorize(f *testing.F) {
	f.Add(authorizeQuery().Encode())
	f.Add(authorizeQuery("redirect_uri", "https://evil.example/").Encode())
	f.Add(authorizeQuery("state", "\r\nSet-Cookie: a=b", "login_hint", `"><script>`).Encode())
	f.Add("client_id=local-client&logout_uri=http%3A%2F%2Flocalhost%3A3000%2F")
	f.Add("client_id=local-client&redirect_uri=//evil.example&response_type=code")
	f.Add("%zz;&=&&client_id")
	server := shared()
	client := userpool.DefaultPool().Clients[0]
	home := slices.Concat([]string{"/login?", "/error?"}, client.CallbackURLs, client.SignOutURLs)
	f.Fuzz(func(t *testing.T, query string) {
		for _, endpoint := range []string{
			"GET /oauth2/authorize", "GET /login", "POST /login", "GET /logout", "GET /error",
			"GET /", "GET /signup", "GET /confirm", "GET /confirmUser", "GET /forgotPassword", "GET /confirmforgotPassword",
			"GET /mfa", "GET /provider", "POST /provider", "POST /signup",
		} {
			method, path, _ := strings.Cut(endpoint, " ")
			r := httptest.NewRequest(method, path, nil)
			r.URL.RawQuery = query
			response, body := request(t, server, r)
			location := response.Header.Get("Location")
			switch {
			case response.StatusCode >= http.StatusInternalServerError:
				t.Errorf("%s: %d", endpoint, response.StatusCode)
			case strings.Contains(body, "<script"):
				t.Errorf("%s: a script in the page", endpoint)
			case location != "" && !slices.ContainsFunc(home, func(h string) bool { return strings.HasPrefix(location, h) }):
				t.Errorf("%s: redirects to %q", endpoint, location)
			case strings.ContainsAny(location, "\r\n"):
				t.Errorf("%s: a line break in Location", endpoint)
			}
		}
	})
}

// FuzzToken sends any body and credentials to the token endpoint.
func FuzzToken(f *testing.F) {
	const form = "application/x-www-form-urlencoded"
	f.Add(form, "", codeForm("x").Encode())
	f.Add(form, "Basic bG9jYWwtbWFjaGluZTpsb2NhbC1zZWNyZXQ=", machineForm().Encode())
	f.Add(form+"; charset=utf-8", "Basic bG9jYWwtbWFjaGluZTpsb2NhbC1zZWNyZXQ=", machineForm("scope", "orders/read  orders/write").Encode())
	f.Add(form, "basic bG9jYWwtbWFjaGluZTpsb2NhbC1zZWNyZXQ=", machineForm().Encode())
	f.Add(form, "", strings.Replace(machineForm("client_secret", "local-secret").Encode(), "secret=", "%73ecret=", 1))
	f.Add(form, "", refreshForm("a.b.c.d.e").Encode())
	f.Add("multipart/form-data", "Bearer x", "%zz")
	server := shared()
	f.Fuzz(func(t *testing.T, contentType, authorization, body string) {
		r := httptest.NewRequest(http.MethodPost, "/oauth2/token", strings.NewReader(body))
		r.Header.Set("Content-Type", contentType)
		if authorization != "" {
			r.Header.Set("Authorization", authorization)
		}
		response, answer := request(t, server, r)
		if response.StatusCode != http.StatusOK && response.StatusCode != http.StatusBadRequest {
			t.Errorf("%d %s", response.StatusCode, answer)
		}
		// Tokens are for who knows a secret or holds a code: here, the machine. The name of the
		// scheme is in any case (RFC 9110 §11.1), and the secret's name may be escaped in the form.
		scheme, _, _ := strings.Cut(authorization, " ")
		fields, _ := url.ParseQuery(body)
		if response.StatusCode == http.StatusOK && !strings.EqualFold(scheme, "Basic") && !fields.Has("client_secret") {
			t.Errorf("tokens for %q %q", authorization, body)
		}
	})
}

// FuzzLoginForm sends any form with a good token: only the right password signs in.
func FuzzLoginForm(f *testing.F) {
	f.Add("anaya", "Passw0rd")
	f.Add("\xff", "\x00")
	f.Add(`"><script>alert(1)</script>`, "x")
	server := shared()
	target := "/login?" + authorizeQuery().Encode()
	response, page := get(f, server, target)
	_, fields := parseForm(f, page)
	cookie := response.Cookies()[0]
	f.Fuzz(func(t *testing.T, username, password string) {
		form := with(fields, "username", username, "password", password).Encode()
		r := httptest.NewRequest(http.MethodPost, target, strings.NewReader(form))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.AddCookie(cookie)
		response, body := request(t, server, r)
		if password != "Passw0rd!" && response.StatusCode != http.StatusBadRequest {
			t.Errorf("%d", response.StatusCode)
		}
		if strings.Contains(body, "<script") {
			t.Error("a script in the page")
		}
	})
}
