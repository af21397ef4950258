package oauth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"runtime"
	"slices"
	"strings"

	"github.com/poolguard/poolguard/cognito/internal/httpclient"
)

// causeOf returns err as the cause of an [Error]. A time-out of this package must not
// match the contexts' errors. Only the end of the caller's context does. Other wrapped
// errors stay visible. ctx is the caller's.
func causeOf(ctx context.Context, err error) error {
	if ctx.Err() == nil && (errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)) {
		return timeOutError{err}
	}
	return err
}

// timeOutError hides an error from errors.Is and shows it to errors.As.
type timeOutError struct{ error }

// As lets errors.As see the wrapped error.
func (o timeOutError) As(target any) bool { return errors.As(o.error, target) }

// classified returns what is known about a transport's error. The error must not look like
// the end of the caller's context or, if the transport is an OAuth client too, like an
// answer of the pool. Its text is not kept: package net/http quotes malformed answers there,
// and a server may echo the request, a part of a secret at a time.
func classified(err error) error { return errors.New(httpclient.Cause(err)) }

// withoutSecrets removes the secrets of the request from a text, since a server may echo
// them.
func withoutSecrets(r *http.Request, text string) string {
	var secrets []string
	_, password, _ := r.BasicAuth()
	plain, _ := url.QueryUnescape(password) // this package escaped it
	secrets = append(secrets, password, plain)
	if _, credentials, found := strings.Cut(r.Header.Get("Authorization"), " "); found {
		secrets = append(secrets, credentials)
	}
	form := formOf(r)
	for _, name := range []string{"code", "code_verifier", "refresh_token", "token"} {
		secrets = append(secrets, form.Get(name), url.QueryEscape(form.Get(name)))
	}
	slices.SortFunc(secrets, func(a, b string) int { return len(b) - len(a) }) // at one place the first of them counts
	var pairs []string
	for _, secret := range secrets {
		if secret != "" {
			pairs = append(pairs, secret, redacted)
		}
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// formOf reads the form of a request that was sent.
func formOf(r *http.Request) url.Values {
	if r.GetBody == nil {
		return nil
	}
	body, err := r.GetBody()
	if err != nil {
		return nil
	}
	defer body.Close()
	text, _ := io.ReadAll(body) // in memory; a part of the form is better than none
	form, _ := url.ParseQuery(string(text))
	return form
}

// cutShort is the outcome of shared work until it has another one: a transport may panic,
// or end its goroutine as t.Fatal does.
func cutShort(what string) *Error {
	return fail(ErrUnavailable, "%s was cut short; try again", what)
}

// survive, deferred, turns a panic in a goroutine of this package into a failure. No
// other function could recover from it, and it would end the process. Only panics of the
// runtime keep their value, since other values may contain a request.
func survive(what string, refusal **Error) {
	switch v := recover().(type) {
	case nil:
	case runtime.Error:
		*refusal = failed(ErrUnavailable, fmt.Errorf("panic: %w", v), "%s was cut short; try again", what)
	default:
		*refusal = failed(ErrUnavailable, fmt.Errorf("panic with a %T", v), "%s was cut short; try again", what)
	}
}
