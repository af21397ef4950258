package awscheck

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
)

// maxAnswer is how much of an answer is read.
const maxAnswer = 1 << 20

type response struct {
	status int
	header http.Header
	body   []byte
}

func (w *world) get(ctx context.Context, client *http.Client, address string) (*response, error) {
	return w.do(ctx, client, http.MethodGet, address, "", nil)
}

func (w *world) do(ctx context.Context, client *http.Client, method, address, body string, header http.Header) (*response, error) {
	request, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	for name, values := range header {
		request.Header[name] = values
	}
	answer, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	return &response{answer.StatusCode, answer.Header, content}, err
}

var formHeader = "application/x-www-form-urlencoded"

// token sends a request to the token endpoint. The value of basic is for Authorization; it is
// empty for public app clients.
func (w *world) token(ctx context.Context, form url.Values, basic string) (*response, error) {
	header := http.Header{"Content-Type": {formHeader}}
	if basic != "" {
		header.Set("Authorization", "Basic "+basic)
	}
	return w.do(ctx, w.HTTP, http.MethodPost, w.base+"/oauth2/token", form.Encode(), header)
}

// tokens are an answer of the token endpoint.
type tokens struct {
	ID      string `json:"id_token"`
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
	Error   string `json:"error"`
}

// tokens returns the tokens, or describes the refusal.
func (r *response) tokens() (t tokens, said string) {
	if err := json.Unmarshal(r.body, &t); err != nil {
		return t, fmt.Sprintf("status %d, no JSON", r.status)
	}
	if t.Error != "" {
		return t, fmt.Sprintf("status %d, error %s", r.status, t.Error)
	}
	return t, fmt.Sprintf("status %d, tokens", r.status)
}

// members returns the JSON object of an answer. It is nil if the body is no JSON object.
func (r *response) members() map[string]any {
	var members map[string]any
	_ = json.Unmarshal(r.body, &members)
	return members
}

// A visitor is a browser that stops before it leaves the user pool.
type visitor struct {
	*world
	client *http.Client
	left   *url.URL // where the pool sent the browser at last
}

func (w *world) visitor() (*visitor, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	v := &visitor{world: w}
	v.client = &http.Client{Jar: jar, Transport: w.HTTP.Transport, CheckRedirect: func(r *http.Request, via []*http.Request) error {
		if strings.HasPrefix(r.URL.String(), callbackURL) {
			v.left = r.URL
			return http.ErrUseLastResponse
		}
		if len(via) > 10 {
			return errors.New("more than ten redirects")
		}
		return nil
	}}
	return v, nil
}

// Cognito's own page has two forms, for narrow and for wide screens. They are alike.
var (
	formAction = regexp.MustCompile(`<form[^>]*action="([^"]*/login[^"]*|/login[^"]*)"`)
	formToken  = regexp.MustCompile(`name="_csrf"\s+value="([^"]*)"`)
)

func (w *world) authorizeURL(extra url.Values) string {
	q := url.Values{"response_type": {"code"}, "client_id": {w.web}, "redirect_uri": {callbackURL}, "scope": {"openid email"}, "state": {"s"}}
	for name, values := range extra {
		q[name] = values
	}
	return w.base + "/oauth2/authorize?" + q.Encode()
}

// code signs a new user in at the pages and returns the authorization code.
func (w *world) code(ctx context.Context, extra url.Values) (string, error) {
	name, err := w.user(ctx)
	if err != nil {
		return "", err
	}
	v, err := w.visitor()
	if err != nil {
		return "", err
	}
	page, err := v.get(ctx, v.client, w.authorizeURL(extra))
	if err != nil {
		return "", err
	}
	action, csrf := formAction.FindSubmatch(page.body), formToken.FindSubmatch(page.body)
	if action == nil || csrf == nil {
		return "", fmt.Errorf("the sign-in page has no form that this program knows (status %d)", page.status)
	}
	target, err := url.Parse(w.base)
	if err != nil {
		return "", err
	}
	if target, err = target.Parse(html.UnescapeString(string(action[1]))); err != nil {
		return "", err
	}
	form := url.Values{"_csrf": {html.UnescapeString(string(csrf[1]))}, "username": {name}, "password": {password}}
	_, err = v.do(ctx, v.client, http.MethodPost, target.String(), form.Encode(), http.Header{"Content-Type": {formHeader}})
	if err != nil {
		return "", err
	}
	if v.left == nil || v.left.Query().Get("code") == "" {
		return "", errors.New("the sign-in page returned no code")
	}
	return v.left.Query().Get("code"), nil
}

// redeem exchanges a code.
func (w *world) redeem(ctx context.Context, code, redirect string) (*response, error) {
	return w.token(ctx, url.Values{"grant_type": {"authorization_code"}, "client_id": {w.web}, "redirect_uri": {redirect}, "code": {code}}, "")
}
