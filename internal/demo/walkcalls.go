package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// The steps that call the API.

// call calls the API and compares the outcome with the expected one.
func (w *walk) call(ctx context.Context, path string, form url.Values, token, want string) (*exchange, error) {
	e, err := ask(ctx, w.newClient(nil), w.setup.appURL+path, form, token)
	if err != nil {
		return nil, err
	}
	w.out.answer(e)
	w.expect("answer", want, e.outcome())
	// RFC 6750 §3: the answer says which credentials the API accepts.
	if challenge := e.header.Get("WWW-Authenticate"); e.status == http.StatusUnauthorized && !strings.HasPrefix(challenge, "Bearer ") {
		w.differ(fmt.Sprintf("the challenge of a 401 is %q, want one for Bearer", challenge))
	}
	return e, nil
}

// callWith is call, and adds the outcome to the table at the end.
func (w *walk) callWith(ctx context.Context, kind, token, want string) error {
	e, err := w.call(ctx, "/orders", nil, token, want)
	if err == nil {
		w.answers = append(w.answers, pair{kind, e.outcome()})
	}
	return err
}

func (w *walk) callGood(ctx context.Context) error {
	if err := w.callWith(ctx, "a good token", string(w.tokens.RawAccess), "200"); err != nil {
		return err
	}
	e, err := w.call(ctx, "/me", nil, string(w.tokens.RawAccess), "200")
	if err != nil {
		return err
	}
	var me caller
	if err := json.Unmarshal(e.body, &me); err != nil {
		return fmt.Errorf("the answer of /me: %w", err)
	}
	w.expect("the API knows its caller", w.tokens.Access.Username(), me.Username)
	return nil
}

// signInTo signs the user in to an app and returns the access token. Where the browser
// is signed in at the pool already, the pool does not ask for the password.
func (w *walk) signInTo(ctx context.Context, browser *http.Client, app appConfig) (string, error) {
	s, err := w.start(app)
	if err != nil {
		return "", err
	}
	e, err := ask(ctx, browser, s.authorization.URL, nil, "")
	if err != nil {
		return "", err
	}
	w.out.brief(e)
	if to := e.location(); to != nil && to.Path == "/login" {
		if e, err = w.fillIn(ctx, browser, to, w.out.brief); err != nil {
			return "", err
		}
	}
	callback, err := w.callbackFrom(e, s)
	if err != nil {
		return "", err
	}
	tokens, err := w.finish(ctx, s, callback, w.out.brief)
	if err != nil {
		return "", err
	}
	return string(tokens.RawAccess), nil
}

// setBack is how far the pool's clock is set back for an expired token. Its tokens are
// valid for one hour.
const setBack = 2 * time.Hour

func (w *walk) callExpired(ctx context.Context) error {
	w.out.say("The demo sets the pool's clock back by two hours. " + w.setup.user().Username +
		" signs in again in another browser, and the demo resets the clock. So the token is a real one, and it is expired.")
	browser, err := w.newBrowser()
	if err != nil {
		return err
	}
	token, err := w.signInAt(ctx, -setBack, browser)
	if err != nil {
		return err
	}
	return w.callWith(ctx, "an expired token", token, "401 token_expired")
}

func (w *walk) signInAt(ctx context.Context, ahead time.Duration, browser *http.Client) (string, error) {
	w.moveClock(ahead)
	defer w.moveClock(0)
	return w.signInTo(ctx, browser, w.setup.app())
}

func (w *walk) callWrongClient(ctx context.Context) error {
	w.out.say("In the first browser, " + w.setup.user().Username + " signs in to " + otherClient +
		", another app of the same pool. The browser has a session at the pool, so the pool shows no form.")
	token, err := w.signInTo(ctx, w.browser, w.setup.otherApp())
	if err != nil {
		return err
	}
	return w.callWith(ctx, "a token for another app", token, "401 client_mismatch")
}

func (w *walk) callTampered(ctx context.Context) error {
	name := w.tokens.Access.Username()
	token, err := withOtherName(string(w.tokens.RawAccess), name)
	if err != nil {
		return err
	}
	w.out.say("The good token again, with the username " + otherName(name) + " instead of " + name + " in its payload.")
	return w.callWith(ctx, "a token with a letter changed", token, "401 signature_invalid")
}

func (w *walk) callWithoutScope(ctx context.Context) error {
	w.out.say("A client that writes an order needs the scope orders/write. The app did not request that scope when " +
		w.setup.user().Username + " signed in.")
	e, err := w.call(ctx, "/orders", url.Values{"item": {"tea"}}, string(w.tokens.RawAccess), "403 scope_missing")
	if err == nil {
		w.answers = append(w.answers, pair{"a good token, to write", e.outcome()})
	}
	return err
}
