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
)

// causeOf returns err as the cause of an [Error]. Where it was a time-out of ours, and
// not the caller that gave up, it does not match the contexts' errors, but still what it
// wraps otherwise. ctx is the caller's.
func causeOf(ctx context.Context, err error) error {
	if ctx.Err() == nil && (errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)) {
		return timeOutError{err}
	}
	return err
}

// timeOutError hides an error from errors.Is and shows it to errors.As.
type timeOutError struct{ error }

// As has errors.As look inside.
func (o timeOutError) As(target any) bool { return errors.As(o.error, target) }

// asText keeps of a transport's error what it says: it must be taken neither for the
// end of the caller's context nor, where the transport is an OAuth client too, for an
// answer of the pool; and it may quote what a server echoed.
func asText(r *http.Request, err error) error {
	return errors.New(withoutSecrets(r, err.Error()))
}

// withoutSecrets takes out of a text what the request was to keep secret, should the
// server have sent it back.
func withoutSecrets(r *http.Request, text string) string {
	if r == nil || text == "" {
		return text
	}
	var secrets []string
	if _, password, basic := r.BasicAuth(); basic {
		secrets = append(secrets, password)
		if plain, err := url.QueryUnescape(password); err == nil {
			secrets = append(secrets, plain)
		}
	}
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
	text, err := io.ReadAll(body)
	if err != nil {
		return nil
	}
	form, err := url.ParseQuery(string(text))
	if err != nil {
		return nil
	}
	return form
}

// cutShort is the outcome of work that others wait for until it has another: a transport
// may panic, or end its goroutine as t.Fatal does.
func cutShort(what string) *Error {
	return fail(ErrUnavailable, "%s was cut short; try again", what)
}

// survive, deferred, makes a panic in a goroutine of our own into a failure: nobody else
// could recover from it, and it would end the process. Of the value only what the
// runtime says is kept, as others may hold a request.
func survive(what string, refusal **Error) {
	switch v := recover().(type) {
	case nil:
	case runtime.Error:
		*refusal = failed(ErrUnavailable, fmt.Errorf("panic: %w", v), "%s was cut short; try again", what)
	default:
		*refusal = failed(ErrUnavailable, fmt.Errorf("panic with a %T", v), "%s was cut short; try again", what)
	}
}
