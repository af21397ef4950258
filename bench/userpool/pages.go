package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
)

// A browser is one person's: it has its own cookies, so that nobody is signed in yet, but
// not its own connections.
type browser struct {
	client *http.Client
	at     *url.URL // the page that it shows
}

// do sends a request and returns the page, or where the answer leads to instead.
func (b *browser) do(r *http.Request) (page string, next *url.URL, err error) {
	response, err := b.client.Do(r)
	if err != nil {
		return "", nil, err
	}
	defer response.Body.Close()
	read, err := io.ReadAll(response.Body)
	if err != nil {
		return "", nil, err
	}
	b.at = r.URL
	if response.StatusCode == http.StatusOK {
		return string(read), nil, nil
	}
	next, err = response.Location()
	if err != nil {
		return "", nil, fmt.Errorf("%s: %s", r.URL.Path, response.Status)
	}
	return "", next, nil
}

// open shows a page, after at most one redirect.
func (b *browser) open(ctx context.Context, address string) (page string, err error) {
	for range 2 {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return "", err
		}
		page, next, err := b.do(r)
		if err != nil || next == nil {
			return page, err
		}
		address = next.String()
	}
	return "", errors.New("too many redirects")
}

var (
	formTag   = regexp.MustCompile(`<form\b[^>]*\baction="([^"]*)"`)
	inputTag  = regexp.MustCompile(`<input\b([^>]*)>`)
	attribute = regexp.MustCompile(`(\w+)="([^"]*)"`)
)

// submit fills in the page's form and returns where the answer leads to.
func (b *browser) submit(ctx context.Context, page string, fill url.Values) (*url.URL, error) {
	form := formTag.FindStringSubmatch(page)
	if form == nil {
		return nil, errors.New("a page without a form")
	}
	action, err := b.at.Parse(html.UnescapeString(form[1]))
	if err != nil {
		return nil, err
	}
	fields := url.Values{}
	for _, input := range inputTag.FindAllStringSubmatch(page, -1) {
		values := map[string]string{}
		for _, a := range attribute.FindAllStringSubmatch(input[1], -1) {
			values[a[1]] = html.UnescapeString(a[2])
		}
		fields.Set(values["name"], values["value"])
	}
	for name, value := range fill {
		fields[name] = value
	}
	r, err := formRequest(ctx, action.String(), fields)
	if err != nil {
		return nil, err
	}
	_, next, err := b.do(r)
	if err == nil && next == nil {
		return nil, fmt.Errorf("%s: the form is shown again", r.URL.Path)
	}
	return next, err
}

// signInByPages is the code grant with PKCE: the authorization endpoint, the sign-in page,
// its form with the token against forgery, the code, the tokens.
func signInByPages(ctx context.Context, t *target, v *visit) error {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	person := *t.client
	person.Jar = jar
	b := browser{client: &person}
	verifier, state := rand.Text()+rand.Text(), rand.Text()
	challenge := sha256.Sum256([]byte(verifier))
	page, err := b.open(ctx, t.process.url+"/oauth2/authorize?"+url.Values{
		"response_type": {"code"}, "client_id": {t.clientID}, "redirect_uri": {ownCallback}, "scope": {"openid email"},
		"state": {state}, "nonce": {rand.Text()},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(challenge[:])}, "code_challenge_method": {"S256"},
	}.Encode())
	if err != nil {
		return err
	}
	back, err := b.submit(ctx, page, url.Values{"username": {t.username}, "password": {t.password}})
	if err != nil {
		return err
	}
	if back.Query().Get("state") != state || back.Query().Get("code") == "" {
		return fmt.Errorf("the sign-in page leads to %s", back)
	}
	v.tokens, err = t.token(ctx, url.Values{
		"grant_type": {"authorization_code"}, "client_id": {t.clientID}, "redirect_uri": {ownCallback},
		"code": {back.Query().Get("code")}, "code_verifier": {verifier},
	}, "")
	if err != nil {
		return err
	}
	return v.tokens.check()
}
