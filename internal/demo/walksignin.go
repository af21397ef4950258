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
	"github.com/poolguard/poolguard/cognito/oauth"
)

// The steps of signing in.

func (w *walk) meetPool(ctx context.Context) error {
	w.out.say("It serves " + w.setup.poolURL + ". Apps and APIs are configured with its issuer, and get the other addresses from its discovery document.")
	client := w.newClient(nil)
	discovery, err := ask(ctx, client, w.setup.issuer+"/.well-known/openid-configuration", nil, "")
	if err != nil {
		return err
	}
	w.out.exchange(discovery)
	var document struct {
		Issuer        string `json:"issuer"`
		Authorization string `json:"authorization_endpoint"`
		Token         string `json:"token_endpoint"`
		KeySet        string `json:"jwks_uri"`
	}
	if err := json.Unmarshal(discovery.body, &document); err != nil {
		return fmt.Errorf("the discovery document: %w", err)
	}
	w.out.pairs(
		pair{"authorization_endpoint", document.Authorization},
		pair{"token_endpoint", document.Token},
	)
	w.expect("issuer", w.setup.issuer, document.Issuer)
	keys, err := ask(ctx, client, document.KeySet, nil, "")
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
	w.expect("number of keys, one for ID tokens and one for access tokens", "2", strconv.Itoa(len(set.Keys)))
	return nil
}

func (w *walk) meetAPI(ctx context.Context) error {
	w.out.say("It serves " + w.setup.appURL + ", behind the library's middleware. It rejects a request without a token.")
	_, err := w.call(ctx, "/orders", nil, "", "401 token_missing")
	return err
}

// A signIn is one sign-in of an app, from its start to its tokens.
type signIn struct {
	app           appConfig
	client        *oauth.Client
	recorder      *recorder
	authorization *oauth.Authorization
}

// start begins a sign-in. The app verifies its tokens by the time of the pool: it gets
// them from a pool whose clock may be set back.
func (w *walk) start(app appConfig) (*signIn, error) {
	verifier, err := w.setup.verifier(w.poolTime, app.clientID)
	if err != nil {
		return nil, err
	}
	client := w.newClient(nil)
	s := &signIn{app: app, recorder: &recorder{next: client.Transport}}
	client.Transport = s.recorder
	config := w.setup.oauth(app, verifier)
	config.App.HTTPClient = client
	if s.client, err = oauth.New(config); err != nil {
		return nil, err
	}
	s.authorization, err = s.client.Start(oauth.StartOptions{})
	return s, err
}

func (w *walk) authorize(ctx context.Context) error {
	w.out.say("The code flow with PKCE. State, nonce and code verifier are random. The app keeps them.")
	var err error
	if w.browser, err = w.newBrowser(); err != nil {
		return err
	}
	if w.signIn, err = w.start(w.setup.app()); err != nil {
		return err
	}
	e, err := ask(ctx, w.browser, w.signIn.authorization.URL, nil, "")
	if err != nil {
		return err
	}
	w.out.exchange(e)
	if w.loginPage = e.location(); e.status != http.StatusFound || w.loginPage == nil || w.loginPage.Path != "/login" {
		return fmt.Errorf("the pool does not send the browser to its sign-in page: it answers %d", e.status)
	}
	return nil
}

func (w *walk) fillInForm(ctx context.Context) error {
	e, err := w.fillIn(ctx, w.browser, w.loginPage, w.out.exchange)
	if err != nil {
		return err
	}
	w.callback, err = w.callbackFrom(e, w.signIn)
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
		return nil, fmt.Errorf("the action of the form: %w", err)
	}
	for _, name := range []string{"username", "password", "_csrf"} {
		if !form.fields.Has(name) {
			return nil, fmt.Errorf("the form has no field %q", name)
		}
	}
	user := w.setup.user()
	form.fields.Set("username", user.Username)
	form.fields.Set("password", string(user.Password))
	if e, err = ask(ctx, browser, target.String(), form.fields, ""); err != nil {
		return nil, err
	}
	show(withoutQuery(e))
	return e, nil
}

// withoutQuery is an exchange of the sign-in page without its query, which repeats the
// authorization request.
func withoutQuery(e *exchange) *exchange {
	shown, at := *e, *e.url
	at.RawQuery = ""
	shown.url = &at
	return &shown
}

// callbackFrom reads the redirect to the app, with the code. The browser does not
// follow it.
func (w *walk) callbackFrom(e *exchange, s *signIn) (*url.URL, error) {
	to := e.location()
	if to == nil || e.status != http.StatusFound {
		return nil, fmt.Errorf("the pool answers %d and does not redirect to the app", e.status)
	}
	q, address := to.Query(), *to
	address.RawQuery = ""
	if address.String() != s.app.redirectURL || q.Get("code") == "" {
		return nil, fmt.Errorf("the pool redirects to %s with error %q, want %s and a code", &address, q.Get("error"), s.app.redirectURL)
	}
	if q.Get("state") != s.authorization.State {
		return nil, errors.New("state is not the one that the app sent")
	}
	w.out.verdict(true, "back at the app with code "+w.out.short(q.Get("code"))+"; state is the one that the app sent")
	return to, nil
}

func (w *walk) redeem(ctx context.Context) error {
	var err error
	if w.tokens, err = w.finish(ctx, w.signIn, w.callback, w.out.exchange); err != nil {
		return err
	}
	w.out.pairs(
		pair{"id_token", w.out.shortToken(string(w.tokens.RawID))},
		pair{"access_token", w.out.shortToken(string(w.tokens.RawAccess))},
		pair{"refresh_token", w.out.shortToken(string(w.tokens.Refresh))},
		pair{"expires_in", w.tokens.Access.ExpiresAt().Sub(w.tokens.Access.IssuedAt()).String()},
	)
	if w.tokens.Refresh == "" {
		return errors.New("the token endpoint returns no refresh token")
	}
	return nil
}

// finish exchanges the code for tokens, and verifies them.
func (w *walk) finish(ctx context.Context, s *signIn, callback *url.URL, show func(*exchange)) (*oauth.Tokens, error) {
	tokens, err := s.client.Finish(ctx, s.authorization.Flow, callback)
	if e := s.recorder.last; e != nil {
		show(e)
		if e.status != http.StatusOK {
			return nil, fmt.Errorf("the token endpoint answers %d, want 200: %w", e.status, err)
		}
	}
	return tokens, err
}

func (w *walk) verify(ctx context.Context) error {
	id, access := w.tokens.ID, w.tokens.Access
	w.out.say("Both tokens have a valid signature, issuer, kind, app client and times. The ID token has the nonce and the hash of the access token. It says who signed in:")
	w.out.pairs(
		pair{"subject", id.Subject()},
		pair{"username", id.Username()},
		pair{"email", id.Email() + verified(id)},
		pair{"groups", id.Groups().String()},
		pair{"signed in", clock(id.AuthTime())},
		pair{"nonce", w.out.short(id.Nonce())},
		pair{"key", w.out.short(id.KeyID())},
	)
	w.out.say("The access token says what the app may do for the user:")
	w.out.pairs(
		pair{"subject", access.Subject()},
		pair{"client", access.ClientID()},
		pair{"scopes", access.Scopes().String()},
		pair{"issuer", access.Issuer()},
		pair{"expires", clock(access.ExpiresAt())},
		pair{"key", w.out.short(access.KeyID())},
	)
	w.expect("username", w.setup.user().Username, id.Username())
	_, err := w.verifier.VerifyIDToken(ctx, string(w.tokens.RawID), cognito.RequireNonce("of-another-sign-in"))
	w.expect("the same ID token, with another nonce expected", string(cognito.ErrNonceMismatch), string(cognito.CodeOf(err)))
	return nil
}

func verified(t *cognito.IDToken) string {
	if t.EmailVerified() {
		return " (verified)"
	}
	return ""
}

func clock(t time.Time) string { return t.UTC().Format("15:04:05 UTC") }
