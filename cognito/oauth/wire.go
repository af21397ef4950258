package oauth

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/oauth2"

	"github.com/poolguard/poolguard/cognito/internal/challenge"
	"github.com/poolguard/poolguard/cognito/internal/httpclient"
)

// maxResponseBytes bounds every answer, unpacked. Cognito's have a few kilobytes.
const maxResponseBytes = 1 << 20

const longestRetryAfter = time.Hour

// strict returns a copy of client, or a default client. It follows no redirect, which
// would pass on codes and secrets, and reads answers with a strictTransport.
func strict(client *http.Client) *http.Client {
	own := http.Client{}
	if client != nil {
		own = *client
	}
	if own.Transport == nil {
		own.Transport = httpclient.NewCredentialTransport()
	}
	own.Transport = strictTransport{own.Transport}
	own.CheckRedirect, own.Jar = nil, nil
	return &own
}

// A strictTransport reads answers whole and limits their size. A successful answer with a
// body must be one strict JSON object, which x/oauth2 and encoding/json do not check. Its
// refusals are *Error.
type strictTransport struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (s strictTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := s.next.RoundTrip(r)
	switch {
	case err != nil:
		return nil, classified(err)
	case response == nil:
		return nil, errors.New("the transport returned neither an answer nor an error")
	case response.Body == nil:
		response.Body = http.NoBody
	}
	defer response.Body.Close()
	response.Request = r
	var body []byte
	if response.StatusCode != http.StatusSwitchingProtocols { // its body is the connection, which may stay open forever
		if body, err = io.ReadAll(io.LimitReader(response.Body, maxResponseBytes+1)); err != nil {
			return nil, classified(err)
		}
	}
	if len(body) > maxResponseBytes {
		return nil, fail(ErrResponseInvalid, "the user pool's answer is longer than %d bytes", maxResponseBytes)
	}
	if isGood(response.StatusCode) && len(body) > 0 && !isObject(response.Header, body) {
		e := fail(ErrResponseInvalid, "the user pool's answer is not one JSON object")
		e.status = response.StatusCode
		return nil, e
	}
	response.Header = response.Header.Clone()
	response.Header.Del("Location") // without which no client follows, nor parses it
	response.Body = io.NopCloser(bytes.NewReader(body))
	return response, nil
}

func isGood(status int) bool { return status/100 == 2 }

func isObject(header http.Header, body []byte) bool {
	media, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	return err == nil && media == "application/json" && jsontext.Value(body).IsValid() && jsontext.Value(body).Kind() == '{'
}

// do sends a request and returns the body of a successful answer.
func (a *App) do(ctx context.Context, what string, r *http.Request) ([]byte, *Error) {
	within, cancel := context.WithTimeout(ctx, a.Timeout)
	defer cancel()
	r.Header.Set("Accept", "application/json")
	response, err := a.HTTPClient.Do(r.WithContext(within))
	if err != nil {
		return nil, problem(ctx, what, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body) // in memory, and within bounds: see strictTransport
	switch {
	//mutate:ignore never: reading memory does not fail
	case err != nil:
		return nil, problem(ctx, what, err)
	case response.StatusCode != http.StatusOK:
		return nil, refusal(what, response, body)
	}
	return body, nil
}

// ask calls the token endpoint through x/oauth2.
func (a *App) ask(ctx context.Context, what string, request func(context.Context) (*oauth2.Token, error)) (*oauth2.Token, *Error) {
	within, cancel := context.WithTimeout(context.WithValue(ctx, oauth2.HTTPClient, a.HTTPClient), a.Timeout)
	defer cancel()
	token, err := request(within)
	if err != nil {
		return nil, problem(ctx, what, err)
	}
	return token, nil
}

// problem turns a fault into an error that contains nothing of request and answer. ctx is
// the caller's.
func problem(ctx context.Context, what string, err error) *Error {
	var own *Error
	var refused *oauth2.RetrieveError // holds the answer, and is never passed on
	var broken *url.Error
	switch {
	case errors.As(err, &own):
		return own
	case errors.As(err, &refused):
		return refusal(what, refused.Response, refused.Body)
	case ctx.Err() != nil:
		return failed(ErrUnavailable, ctx.Err(), "%s ended with the caller's context", what)
	case errors.As(err, &broken):
		// As text: a time-out of this package or of the HTTP client must not look like the
		// end of the caller's context.
		return failed(ErrUnavailable, errors.New(printable(broken.Err.Error(), longestDescription)), "%s got no answer; try again", what)
	}
	return fail(ErrResponseInvalid, "%s got a malformed answer", what)
}

// refusal turns an unexpected answer into an error.
func refusal(what string, response *http.Response, body []byte) *Error {
	name, description := reportedBy(response.Header, body)
	name, description = withoutSecrets(response.Request, name), withoutSecrets(response.Request, description)
	status := response.StatusCode
	var e *Error
	switch {
	case status == http.StatusTooManyRequests || status == http.StatusRequestTimeout || status >= http.StatusInternalServerError:
		e = fail(ErrUnavailable, "%s got HTTP status %d; try again", what, status)
		e.reported, e.description = printable(name, longestName), printable(description, longestDescription)
		if after := retryAfter(response.Header); after > 0 {
			e.retryAfter = after
		}
	case name != "":
		e = refusedBy(what, name, description)
	default:
		e = fail(ErrResponseInvalid, "%s got HTTP status %d without an error of OAuth", what, status)
	}
	e.status = status
	return e
}

// reportedBy reads the error in the body (RFC 6749 §5.2) or the challenge (RFC 6750 §3)
// of an answer.
func reportedBy(header http.Header, body []byte) (name, description string) {
	var said struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	if isObject(header, body) && json.Unmarshal(body, &said) == nil && said.Error != "" {
		return said.Error, said.Description
	}
	parameters := challenge.Bearer(header.Values("WWW-Authenticate"))
	return parameters["error"], parameters["error_description"]
}

// retryAfter reads the seconds of Retry-After (RFC 9110 §10.2.3). Dates would need two
// equal clocks.
func retryAfter(header http.Header) time.Duration {
	seconds, _ := strconv.ParseUint(header.Get("Retry-After"), 10, 31) // 0 if it is no number, the largest if it is larger
	return min(time.Duration(seconds)*time.Second, longestRetryAfter)
}
