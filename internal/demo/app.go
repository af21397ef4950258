package demo

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/internal/web"
)

const callbackPath = "/callback"

// The app's cookies. Cookies do not know ports: the pool's have other names.
const (
	signInCookie  = "demo_sign_in" // the browser that began a sign-in
	sessionCookie = "demo_session"
	formCookie    = "demo_form"
)

const (
	signInLife  = 10 * time.Minute
	sessionLife = time.Hour // of its tokens
	mostKept    = 200
)

// An app is what people sign in to: a web page before the API. Tokens stay on this
// side; the browser has a cookie that means nothing elsewhere.
type app struct {
	scene    scene
	client   relyingParty
	verifier *cognito.Verifier
	http     *http.Client
	pages    *web.Pages
	csrf     *web.CSRF
	signIns  *memory[pendingSignIn] // by state
	sessions *memory[*identity]
}

// A pendingSignIn is one that a browser began.
type pendingSignIn struct {
	browser string // its cookie
	attempt attempt
}

// newApp returns the handler of the app and its API.
func newApp(s scene, verifier *cognito.Verifier, client *http.Client) (http.Handler, error) {
	api, apiErr := newAPI(verifier)
	pages, pagesErr := newPages(s.poolURL)
	csrf, csrfErr := web.NewCSRF(formCookie, nil)
	if err := errors.Join(apiErr, pagesErr, csrfErr); err != nil {
		return nil, err
	}
	a := &app{
		scene:    s,
		client:   s.app(),
		verifier: verifier,
		http:     client,
		pages:    pages,
		csrf:     csrf,
		signIns:  newMemory[pendingSignIn](signInLife, mostKept),
		sessions: newMemory[*identity](sessionLife, mostKept),
	}
	mux := http.NewServeMux()
	mux.Handle("/orders", api)
	mux.Handle("/me", api)
	mux.HandleFunc("GET /{$}", a.home)
	mux.HandleFunc("GET /sign-in", a.signIn)
	mux.HandleFunc("GET "+callbackPath, a.callback)
	mux.HandleFunc("POST /sign-out", a.signOut)
	return mux, nil
}

func (a *app) session(r *http.Request) (*identity, bool) {
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return nil, false
	}
	return a.sessions.get(cookie.Value)
}

// setCookie sets a cookie that scripts cannot read, for d; a negative d removes it.
func setCookie(w http.ResponseWriter, name, value string, d time.Duration) {
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // the demo is plain http on a loopback address
		Name:     name,
		Value:    value,
		Path:     "/",
		MaxAge:   int(d / time.Second),
		HttpOnly: true,
		SameSite: http.SameSiteLaxMode,
	})
}

// discover asks the pool where its endpoints are.
func (a *app) discover(ctx context.Context) (endpoints, error) {
	var e endpoints
	document, err := ask(ctx, a.http, a.scene.issuer+"/.well-known/openid-configuration", nil, "")
	if err != nil {
		return e, err
	}
	if err := json.Unmarshal(document.body, &e); err != nil || e.Issuer != a.scene.issuer {
		return e, errors.New("the pool's discovery document cannot be used")
	}
	return e, nil
}

func (a *app) signIn(w http.ResponseWriter, r *http.Request) {
	e, err := a.discover(r.Context())
	if err != nil {
		a.problem(w, http.StatusBadGateway, err)
		return
	}
	// A browser keeps its cookie, so that sign-ins in two tabs both work.
	browser := randomText()
	if cookie, err := r.Cookie(signInCookie); err == nil && len(cookie.Value) == len(browser) {
		browser = cookie.Value
	}
	attempt := newAttempt()
	a.signIns.putAs(attempt.state, pendingSignIn{browser, attempt})
	setCookie(w, signInCookie, browser, signInLife)
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, a.client.authorizationURL(e, attempt), http.StatusSeeOther)
}

// callback is where the pool sends the browser back to.
func (a *app) callback(w http.ResponseWriter, r *http.Request) {
	who, err := a.finish(r)
	if err != nil {
		a.problem(w, http.StatusBadRequest, err)
		return
	}
	setCookie(w, sessionCookie, a.sessions.put(who), sessionLife)
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// finish turns the answer of the pool into a verified identity.
func (a *app) finish(r *http.Request) (*identity, error) {
	q := r.URL.Query()
	pending, ok := a.signIns.take(q.Get("state"))
	cookie, err := r.Cookie(signInCookie)
	// Against login CSRF: the browser that comes back is the one that left.
	if !ok || err != nil || subtle.ConstantTimeCompare([]byte(cookie.Value), []byte(pending.browser)) != 1 {
		return nil, errors.New("this sign-in was not started in this browser, or it was started too long ago")
	}
	if code := q.Get("error"); code != "" {
		return nil, fmt.Errorf("the pool refused the sign-in: %q", code)
	}
	e, err := a.discover(r.Context())
	if err != nil {
		return nil, err
	}
	answer, err := ask(r.Context(), a.http, e.Token, a.client.tokenForm(q.Get("code"), pending.attempt), "")
	if err != nil {
		return nil, err
	}
	var t tokens
	if err := json.Unmarshal(answer.body, &t); err != nil || answer.status != http.StatusOK {
		return nil, fmt.Errorf("the code could not be redeemed: %d %q", answer.status, t.Error)
	}
	return t.verify(r.Context(), a.verifier, pending.attempt)
}

// maxForm bounds the form that signs out, in bytes.
const maxForm = 4 << 10

// signOut ends the session of the app, and then that of the pool, which redirects the
// browser back. A form of another site must not sign a user out.
func (a *app) signOut(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil || !a.csrf.Valid(r) {
		_ = a.pages.Message(w, http.StatusForbidden, web.Message{
			Title:  "You are still signed in",
			Text:   []string{"This form is not from this page, or the demo was restarted after you opened the page."},
			Action: web.Link{Text: "Back to the app", URL: "/"},
		})
		return
	}
	if cookie, err := r.Cookie(sessionCookie); err == nil {
		a.sessions.take(cookie.Value)
	}
	setCookie(w, sessionCookie, "", -time.Second)
	e, err := a.discover(r.Context())
	if err != nil {
		a.problem(w, http.StatusBadGateway, err)
		return
	}
	q := url.Values{"client_id": {a.client.clientID}, "logout_uri": {a.scene.appURL + "/"}}
	http.Redirect(w, r, e.EndSession+"?"+q.Encode(), http.StatusSeeOther)
}
