package demo

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/oauth"
	"github.com/poolguard/poolguard/internal/web"
)

const callbackPath = "/callback"

// The app's cookies. A cookie is for all ports of a host: the pool's have other names.
const (
	flowCookie    = "demo_sign_in_" // and the state: a browser can have several sign-ins
	sessionCookie = "demo_session"
	formCookie    = "demo_form"
)

const (
	flowLife    = 10 * time.Minute
	sessionLife = time.Hour // of its tokens
	mostKept    = 200
	mostFlows   = 5 // sign-ins that a browser can have at the same time
)

// An app is a web page in front of the API that users sign in to. The tokens stay on
// the server. The browser has a cookie that is of no use elsewhere.
type app struct {
	setup    setup
	client   *oauth.Client
	http     *http.Client
	pages    *web.Pages
	csrf     *web.CSRF
	sessions *sessions
}

// newApp returns the handler of the app and its API.
func newApp(s setup, verifier *cognito.Verifier) (http.Handler, error) {
	a := &app{setup: s, http: newHTTPClient(nil), sessions: newSessions(sessionLife, mostKept)}
	config := s.oauth(s.app(), verifier)
	config.App.HTTPClient, config.FlowLifetime = a.http, flowLife
	var clientErr, pagesErr, csrfErr error
	a.client, clientErr = oauth.New(config)
	a.pages, pagesErr = newPages(s.poolURL)
	a.csrf, csrfErr = web.NewCSRF(formCookie, nil)
	api, apiErr := newAPI(verifier)
	if err := errors.Join(apiErr, clientErr, pagesErr, csrfErr); err != nil {
		return nil, err
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

func (a *app) session(r *http.Request) (*oauth.Tokens, bool) {
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return nil, false
	}
	return a.sessions.find(cookie.Value)
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

func (a *app) signIn(w http.ResponseWriter, r *http.Request) {
	authorization, err := a.client.Start(oauth.StartOptions{})
	if err != nil {
		a.problem(w, http.StatusInternalServerError, err)
		return
	}
	dropFlows(w, r)
	setCookie(w, flowCookie+authorization.State, string(authorization.Flow), flowLife)
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, authorization.URL, http.StatusSeeOther)
}

// dropFlows removes the oldest sign-ins of the browser, and leaves room for one more.
// Sign-ins that no user finishes would otherwise fill the headers of each request. A
// browser sends the oldest cookie first (RFC 6265, section 5.4).
func dropFlows(w http.ResponseWriter, r *http.Request) {
	var names []string
	for _, cookie := range r.Cookies() {
		if strings.HasPrefix(cookie.Name, flowCookie) {
			names = append(names, cookie.Name)
		}
	}
	for _, name := range names[:max(0, len(names)-(mostFlows-1))] {
		setCookie(w, name, "", -time.Second)
	}
}

// errNotStarted is login CSRF, or a sign-in that took too long: a sign-in ends in the
// browser in which it started.
var errNotStarted = errors.New("this sign-in was not started in this browser, or it was started too long ago")

// callback finishes the sign-in when the pool redirects the browser back.
func (a *app) callback(w http.ResponseWriter, r *http.Request) {
	name := flowCookie + r.URL.Query().Get("state")
	cookie, err := r.Cookie(name)
	if err != nil {
		a.problem(w, http.StatusBadRequest, errNotStarted)
		return
	}
	setCookie(w, name, "", -time.Second)
	tokens, err := a.client.Finish(r.Context(), oauth.Flow(cookie.Value), r.URL)
	switch {
	case errors.Is(err, oauth.ErrUnavailable):
		a.problem(w, http.StatusBadGateway, err)
		return
	case err != nil:
		a.problem(w, http.StatusBadRequest, err)
		return
	}
	setCookie(w, sessionCookie, a.sessions.start(tokens), sessionLife)
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, "/", http.StatusSeeOther)
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
		a.sessions.end(cookie.Value)
	}
	setCookie(w, sessionCookie, "", -time.Second)
	target, err := a.client.LogoutURL(a.setup.appURL + "/")
	if err != nil {
		a.problem(w, http.StatusInternalServerError, err)
		return
	}
	http.Redirect(w, r, target, http.StatusSeeOther)
}
