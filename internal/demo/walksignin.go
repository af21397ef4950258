package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/poolguard/poolguard/cognito"
)

// The steps of signing in.

func (w *walk) meetPool(ctx context.Context) error {
	w.out.say("It serves " + w.scene.poolURL + ". An app and an API know it by its issuer; the rest they ask for.")
	client := w.newClient(nil)
	discovery, err := ask(ctx, client, w.scene.issuer+"/.well-known/openid-configuration", nil, "")
	if err != nil {
		return err
	}
	w.out.exchange(discovery)
	if err := json.Unmarshal(discovery.body, &w.endpoints); err != nil {
		return fmt.Errorf("the discovery document: %w", err)
	}
	w.out.pairs(
		pair{"authorization_endpoint", w.endpoints.Authorization},
		pair{"token_endpoint", w.endpoints.Token},
	)
	w.expect("issuer", w.scene.issuer, w.endpoints.Issuer)
	keys, err := ask(ctx, client, w.endpoints.KeySet, nil, "")
	if err != nil {
		return err
	}
	w.out.exchange(keys)
	var set struct {
		Keys []struct{ Kid, Alg string } `json:"keys"`
	}
	if err := json.Unmarshal(keys.body, &set); err != nil {
		return fmt.Errorf("the key set: %w", err)
	}
	var names []string
	for _, k := range set.Keys {
		names = append(names, k.Alg+" "+w.out.short(k.Kid))
	}
	w.out.pairs(pair{"keys", strings.Join(names, ", ")})
	w.expect("number of keys, one for ID and one for access tokens", "2", strconv.Itoa(len(set.Keys)))
	return nil
}

func (w *walk) meetAPI(ctx context.Context) error {
	w.out.say("It serves " + w.scene.appURL + ", behind the library's middleware. Without a token there is nothing for anyone.")
	_, err := w.call(ctx, "/orders", nil, "", "401 token_missing")
	return err
}

func (w *walk) authorize(ctx context.Context) error {
	w.out.say("The code flow with PKCE. State, nonce and code verifier are random, and the app keeps them.")
	var err error
	if w.browser, err = w.newBrowser(); err != nil {
		return err
	}
	w.attempt = newAttempt()
	e, err := ask(ctx, w.browser, w.scene.app().authorizationURL(w.endpoints, w.attempt), nil, "")
	if err != nil {
		return err
	}
	w.out.exchange(e)
	if w.loginPage = e.location(); e.status != http.StatusFound || w.loginPage == nil || w.loginPage.Path != "/login" {
		return fmt.Errorf("the pool does not send the browser to its sign-in page but answers %d", e.status)
	}
	return nil
}

func (w *walk) signIn(ctx context.Context) error {
	e, err := w.fillIn(ctx, w.browser, w.loginPage, w.out.exchange)
	if err != nil {
		return err
	}
	w.code, err = w.codeFrom(e, w.scene.app(), w.attempt)
	return err
}

// fillIn loads the sign-in page and sends its form.
func (w *walk) fillIn(ctx context.Context, browser *http.Client, page *url.URL, show func(*exchange)) (*exchange, error) {
	e, err := ask(ctx, browser, page.String(), nil, "")
	if err != nil {
		return nil, err
	}
	show(withoutQuery(e))
	form, err := readLoginForm(bytes.NewReader(e.body))
	if err != nil {
		return nil, err
	}
	target, err := page.Parse(form.action)
	if err != nil {
		return nil, fmt.Errorf("where the form goes: %w", err)
	}
	for _, name := range []string{"username", "password", "_csrf"} {
		if !form.fields.Has(name) {
			return nil, fmt.Errorf("the form has no field %q", name)
		}
	}
	user := w.scene.user()
	form.fields.Set("username", user.Username)
	form.fields.Set("password", string(user.Password))
	if e, err = ask(ctx, browser, target.String(), form.fields, ""); err != nil {
		return nil, err
	}
	show(withoutQuery(e))
	return e, nil
}

// withoutQuery is for showing an exchange of the sign-in page, whose query is the
// authorization request's over and over.
func withoutQuery(e *exchange) *exchange {
	shown, at := *e, *e.url
	at.RawQuery = ""
	shown.url = &at
	return &shown
}

// codeFrom takes the code out of the redirect to the app.
func (w *walk) codeFrom(e *exchange, app relyingParty, a attempt) (string, error) {
	to := e.location()
	if to == nil || e.status != http.StatusFound {
		return "", fmt.Errorf("the pool answers %d and does not go back to the app", e.status)
	}
	q := to.Query()
	to.RawQuery = ""
	if to.String() != app.redirectURI || q.Get("code") == "" {
		return "", fmt.Errorf("the pool goes to %s with error %q and not to %s with a code", to, q.Get("error"), app.redirectURI)
	}
	if q.Get("state") != a.state {
		return "", errors.New("state is not the one that the app sent")
	}
	w.out.verdict(true, "back at the app with code "+w.out.short(q.Get("code"))+"; state is the one that was sent")
	return q.Get("code"), nil
}

func (w *walk) redeem(ctx context.Context) error {
	t, err := w.exchangeCode(ctx, w.scene.app(), w.code, w.attempt, w.out.exchange)
	if err != nil {
		return err
	}
	w.tokens = t
	w.out.pairs(
		pair{"id_token", w.out.shortToken(t.ID)},
		pair{"access_token", w.out.shortToken(t.Access)},
		pair{"refresh_token", w.out.shortToken(t.Refresh)},
		pair{"expires_in", (time.Duration(t.ExpiresIn) * time.Second).String()},
	)
	return nil
}

// exchangeCode redeems a code at the token endpoint.
func (w *walk) exchangeCode(ctx context.Context, app relyingParty, code string, a attempt, show func(*exchange)) (tokens, error) {
	e, err := ask(ctx, w.newClient(nil), w.endpoints.Token, app.tokenForm(code, a), "")
	if err != nil {
		return tokens{}, err
	}
	show(e)
	var t tokens
	if err := json.Unmarshal(e.body, &t); err != nil {
		return tokens{}, fmt.Errorf("the token endpoint's answer: %w", err)
	}
	if e.status != http.StatusOK || t.ID == "" || t.Access == "" || t.Refresh == "" {
		return tokens{}, fmt.Errorf("the token endpoint answers %d %s, and should answer with three tokens", e.status, t.Error)
	}
	return t, nil
}

func (w *walk) verify(ctx context.Context) error {
	me, err := w.tokens.verify(ctx, w.verifier, w.attempt)
	if err != nil {
		return err
	}
	w.me = me
	w.out.say("Signature, issuer, kind, app client and times hold for both, and the nonce for the ID token. It says who signed in:")
	w.out.pairs(
		pair{"subject", me.id.Subject()},
		pair{"username", me.id.Username()},
		pair{"email", me.id.Email() + verified(me.id)},
		pair{"groups", me.id.Groups().String()},
		pair{"signed in", clock(me.id.AuthTime())},
		pair{"nonce", w.out.short(me.id.Nonce())},
		pair{"key", w.out.short(me.id.KeyID())},
	)
	w.out.say("The access token says what the app may do for them:")
	w.out.pairs(
		pair{"subject", me.access.Subject()},
		pair{"client", me.access.ClientID()},
		pair{"scopes", me.access.Scopes().String()},
		pair{"issuer", me.access.Issuer()},
		pair{"expires", clock(me.access.ExpiresAt())},
		pair{"key", w.out.short(me.access.KeyID())},
	)
	w.expect("username", w.scene.user().Username, me.id.Username())
	_, err = w.verifier.VerifyIDToken(ctx, w.tokens.ID, cognito.RequireNonce(newAttempt().nonce))
	w.expect("the same ID token, where another nonce is expected", string(cognito.ErrNonceMismatch), string(cognito.CodeOf(err)))
	return nil
}

func verified(t *cognito.IDToken) string {
	if t.EmailVerified() {
		return " (verified)"
	}
	return ""
}

func clock(t time.Time) string { return t.UTC().Format("15:04:05 UTC") }
