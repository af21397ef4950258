package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// maxAnswerBytes bounds what is read of an answer.
const maxAnswerBytes = 1 << 20

// An exchange is one request and its answer.
type exchange struct {
	method string
	url    *url.URL
	form   url.Values // of a POST
	bearer string     // the token that was sent
	status int
	header http.Header
	body   []byte
}

// location is the absolute address of a redirect, nil for another answer.
func (e *exchange) location() *url.URL {
	to, err := e.url.Parse(e.header.Get("Location"))
	if err != nil || e.header.Get("Location") == "" {
		return nil
	}
	return to
}

// outcome is the status. For an error of the API, the error code follows.
func (e *exchange) outcome() string {
	var failed struct {
		Error struct {
			Code string `json:"code"`
		} `json:"error"`
	}
	if e.status >= 400 && json.Unmarshal(e.body, &failed) == nil && failed.Error.Code != "" {
		return fmt.Sprintf("%d %s", e.status, failed.Error.Code)
	}
	return strconv.Itoa(e.status)
}

// ask sends one request: a POST where form is not nil, else a GET. It sends bearer as the
// token where that is not empty.
func ask(ctx context.Context, client *http.Client, target string, form url.Values, bearer string) (*exchange, error) {
	method, body := http.MethodGet, io.Reader(http.NoBody)
	if form != nil {
		method, body = http.MethodPost, strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(ctx, method, target, body)
	if err != nil {
		return nil, err
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if bearer != "" {
		r.Header.Set("Authorization", "Bearer "+bearer)
	}
	response, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	e := &exchange{method: method, url: r.URL, form: form, bearer: bearer, status: response.StatusCode, header: response.Header}
	if e.body, err = io.ReadAll(io.LimitReader(response.Body, maxAnswerBytes)); err != nil {
		return nil, fmt.Errorf("reading the answer of %s: %w", r.URL.Path, err)
	}
	return e, nil
}

// A recorder notes the last request of an OAuth client, so that the walk can show it.
type recorder struct {
	next http.RoundTripper
	last *exchange // nil before the first answer
}

// RoundTrip implements http.RoundTripper.
func (c *recorder) RoundTrip(r *http.Request) (*http.Response, error) {
	e := &exchange{method: r.Method, url: r.URL}
	if r.GetBody != nil && r.Header.Get("Content-Type") == "application/x-www-form-urlencoded" {
		body, err := r.GetBody()
		if err != nil {
			return nil, err
		}
		text, err := io.ReadAll(body)
		if err != nil {
			return nil, err
		}
		if e.form, err = url.ParseQuery(string(text)); err != nil {
			return nil, err
		}
	}
	response, err := c.next.RoundTrip(r)
	if err == nil {
		e.status, e.header, c.last = response.StatusCode, response.Header, e
	}
	return response, err
}
