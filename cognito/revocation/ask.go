package revocation

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/internal/httpclient"
)

// maxAnswerBytes bounds every answer, unpacked. Cognito's have a few kilobytes.
const maxAnswerBytes = 64 << 10

// An UnavailableError means that it is unknown whether a token is revoked. It contains no
// part of the token or of the answer, and no text of the transport, which may quote both.
// The verifier returns it as [cognito.ErrCheckUnavailable].
type UnavailableError struct {
	reason     string
	status     int
	cause      error
	retryAfter time.Duration
}

// Error implements error.
func (e *UnavailableError) Error() string {
	if e == nil {
		return "revocation: no error (a nil *UnavailableError)"
	}
	s := "revocation: " + e.reason
	if e.cause != nil {
		s += ": " + e.cause.Error()
	}
	return s
}

// Unwrap returns the error of the caller's context if that context ended, otherwise nil.
func (e *UnavailableError) Unwrap() error {
	if e == nil {
		return nil
	}
	return e.cause
}

// Status returns the HTTP status of an answer that could not be used, 0 without an answer.
func (e *UnavailableError) Status() int {
	if e == nil {
		return 0
	}
	return e.status
}

// RetryAfter returns the time until Cognito may be asked again: what a throttled answer
// asked for, at most five minutes, or the back-off of this package. It is one second if
// nothing is known. The verifier's error has the same value.
func (e *UnavailableError) RetryAfter() time.Duration {
	if e == nil || e.retryAfter <= 0 {
		return shortestBackOff
	}
	return e.retryAfter
}

// endpoints are the ways to ask one user pool.
type endpoints struct{ ways []*endpoint }

// An endpoint takes tokens with its scope, and says of others that they are invalid:
// only a token with the scope may be presented, or the answer says nothing.
type endpoint struct {
	name    string
	address string
	scope   string
	request func(ctx context.Context, raw cognito.Raw) (*http.Request, error)
	read    func(status int, header http.Header, body []byte, subject string) (answer, error)
	gate    *gate
}

func userInfo(domain string) *endpoint {
	address := strings.TrimSuffix(domain, "/") + "/oauth2/userInfo"
	return &endpoint{"userInfo", address, "openid", func(ctx context.Context, raw cognito.Raw) (*http.Request, error) {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		//mutate:ignore never: the constructor has parsed the address
		if err != nil {
			return nil, err
		}
		r.Header.Set("Authorization", "Bearer "+string(raw))
		r.Header.Set("Accept", "application/json")
		return r, nil
	}, readUserInfo, &gate{}}
}

func getUser(origin string) *endpoint {
	address := strings.TrimSuffix(origin, "/") + "/"
	return &endpoint{"GetUser", address, "aws.cognito.signin.user.admin", func(ctx context.Context, raw cognito.Raw) (*http.Request, error) {
		body, err := json.Marshal(struct{ AccessToken string }{string(raw)})
		if err != nil {
			return nil, errors.New("the token is not UTF-8") // and so not from a verifier
		}
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
		//mutate:ignore never: the constructor has parsed the address
		if err != nil {
			return nil, err
		}
		r.Header.Set("Content-Type", "application/x-amz-json-1.1")
		r.Header.Set("X-Amz-Target", "AWSCognitoIdentityProviderService.GetUser")
		return r, nil
	}, readGetUser, &gate{}}
}

// ask sends the token to the endpoint, unless its gate is shut. The answer must be about
// subject.
func (e *endpoint) ask(ctx context.Context, client *http.Client, now func() time.Time, raw cognito.Raw, subject string) (a answer, err error) {
	at := now()
	pass, wait, ok := e.gate.enter(at)
	if !ok {
		return 0, &UnavailableError{reason: e.name + " was not asked: " + e.gate.why(), retryAfter: wait}
	}
	got := reading{outcome: outcomeBroken}
	// Deferred, because the transport and the clock may panic or end the goroutine.
	defer func() {
		wait := e.gate.leave(pass, at, got.outcome, got.retryAfter)
		if unavailable, ok := errors.AsType[*UnavailableError](err); ok && wait > 0 {
			unavailable.retryAfter = wait
		}
	}()
	defer func() { at = now() }()
	got, err = e.send(ctx, client, now, raw, subject)
	return got.answer, err
}

// A reading is what an answer says.
type reading struct {
	answer     answer // 0: nothing about the token
	outcome    outcome
	retryAfter time.Duration
}

func (e *endpoint) send(ctx context.Context, client *http.Client, now func() time.Time, raw cognito.Raw, subject string) (reading, error) {
	r, err := e.request(ctx, raw)
	if err != nil {
		return reading{}, &UnavailableError{reason: e.name + " cannot be asked"}
	}
	response, err := client.Do(r)
	if err != nil {
		return reading{outcome: brokenUnlessLeft(ctx)}, e.broken(err)
	}
	defer response.Body.Close()
	got := reading{outcome: outcomeOf(response.StatusCode, nil), retryAfter: retryAfter(response.Header, now())}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswerBytes+1))
	if err != nil {
		if got.outcome != outcomeThrottled {
			got.outcome = brokenUnlessLeft(ctx)
		}
		return got, e.broken(err)
	}
	if len(body) > maxAnswerBytes {
		err = fmt.Errorf("is longer than %d bytes", maxAnswerBytes)
	} else {
		got.answer, err = e.read(response.StatusCode, response.Header, body, subject)
	}
	got.outcome = outcomeOf(response.StatusCode, err)
	if err != nil {
		return got, &UnavailableError{reason: fmt.Sprintf("%s's answer (HTTP status %d) %v", e.name, response.StatusCode, err), status: response.StatusCode}
	}
	return got, nil
}

// brokenUnlessLeft is the outcome of a request without a whole answer. It says nothing about
// the endpoint if all callers have stopped waiting.
func brokenUnlessLeft(ctx context.Context) outcome {
	if errors.Is(ctx.Err(), context.Canceled) {
		return outcomeUnknown
	}
	return outcomeBroken
}

// broken returns the error for a failed request. It wraps nothing: a time-out of this
// package must not look like the end of the caller's context. It quotes nothing either:
// package http puts malformed answers into its errors, and a peer may echo the token.
func (e *endpoint) broken(err error) error {
	return &UnavailableError{reason: e.name + " gave no answer: " + httpclient.Cause(err)}
}

// strict returns a copy of client, or a client of our own, that follows no redirect,
// which would carry the token on.
func strict(client *http.Client) *http.Client {
	own := http.Client{}
	if client != nil {
		own = *client
	}
	if own.Transport == nil {
		own.Transport = httpclient.NewCredentialTransport()
	}
	return httpclient.WithoutRedirects(own)
}
