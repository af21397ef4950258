package demo

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/poolguard/poolguard/cognito/oauth"
	"github.com/poolguard/poolguard/internal/web"
	"github.com/poolguard/poolguard/userpool"
)

//go:embed pages/*.html pages/style.css
var pageFiles embed.FS

// newPages returns the app's pages. Their form goes to the app, and its answer is a
// redirect to the pool.
func newPages(poolURL string) (*web.Pages, error) {
	files, err := fs.Sub(pageFiles, "pages")
	if err != nil {
		return nil, err
	}
	return web.New(web.Config{Name: "Poolguard demo", Files: files, FormAction: []string{web.Self, poolURL}})
}

// problem shows why a sign-in failed.
func (a *app) problem(w http.ResponseWriter, status int, err error) {
	m := web.Message{
		Title:   "The sign-in did not work",
		Problem: web.Sentence(err.Error()),
		Action:  web.Link{Text: "Try again", URL: "/sign-in"},
	}
	if refused, ok := errors.AsType[*oauth.Error](err); ok {
		m.Problem, m.Code = web.Sentence(refused.Message()), string(refused.Code())
	}
	_ = a.pages.Message(w, status, m) // a message has no template that can fail
}

// A user of the pool, as the page shows it.
type user struct{ Username, Password, Groups string }

func usersOf(pool *userpool.Pool) []user {
	var list []user
	for _, u := range pool.Users {
		list = append(list, user{u.Username, string(u.Password), strings.Join(u.Groups, ", ")})
	}
	return list
}

type welcomePage struct {
	PoolID string
	Users  []user
}

type signedInPage struct {
	CSRFField, CSRFToken string

	Name   string
	Facts  []fact
	Choice string
	Calls  []call
	Answer *shownAnswer
	Reason string // why there is no answer
}

// A fact is a claim, as the page shows it.
type fact struct{ Name, Value string }

// A call is a request to the API that the page can make. Links lead to it, since no call
// changes anything: the app's tokens never have the scope to write.
type call struct {
	Name, Title string
	Note        string // the expected answer, where it is an error
	method      string
	path        string
	token       func(*oauth.Tokens) string
}

func ownToken(who *oauth.Tokens) string { return string(who.RawAccess) }

// changedToken is the token with another username in it.
func changedToken(who *oauth.Tokens) string {
	token, err := withOtherName(string(who.RawAccess), who.Access.Username())
	if err != nil { // no username, no letter to change
		return ""
	}
	return token
}

var calls = []call{
	{"orders", "Read the orders", "", http.MethodGet, "/orders", ownToken},
	{"me", "Ask who I am", "", http.MethodGet, "/me", ownToken},
	{
		"write", "Write an order",
		"needs the scope orders/write, which the app did not request: 403 is expected",
		http.MethodPost, "/orders", ownToken,
	},
	{"none", "No token", "", http.MethodGet, "/orders", func(*oauth.Tokens) string { return "" }},
	{"changed", "One letter changed", "", http.MethodGet, "/orders", changedToken},
}

// shownAnswer is an answer of the API on the page.
type shownAnswer struct {
	Request   string
	Sent      string // about the token
	Status    string
	Good      bool
	Challenge string
	Body      string
}

func (a *app) home(w http.ResponseWriter, r *http.Request) {
	who, ok := a.session(r)
	if !ok {
		_ = a.pages.Show(w, http.StatusOK, "welcome.html", welcomePage{a.setup.pool.ID, usersOf(&a.setup.pool)})
		return
	}
	n := slices.IndexFunc(calls, func(c call) bool { return c.Name == r.URL.Query().Get("call") })
	chosen := calls[max(n, 0)]
	page := signedInPage{
		CSRFField: web.CSRFField, CSRFToken: a.csrf.Token(w, r),
		Name: nameOf(who), Facts: factsOf(who), Choice: chosen.Name, Calls: calls,
	}
	answer, err := a.call(r.Context(), chosen, who)
	if page.Answer = answer; err != nil {
		page.Reason = err.Error()
	}
	_ = a.pages.Show(w, http.StatusOK, "signedin.html", page)
}

// call calls the API over HTTP, as any client does.
func (a *app) call(ctx context.Context, c call, who *oauth.Tokens) (*shownAnswer, error) {
	var form url.Values
	if c.method == http.MethodPost {
		form = url.Values{"item": {"a biscuit"}}
	}
	token := c.token(who)
	e, err := ask(ctx, a.http, a.setup.appURL+c.path, form, token)
	if err != nil {
		return nil, err
	}
	sent := "with the access token"
	switch token {
	case "":
		sent = "without a token"
	case string(who.RawAccess):
	default:
		sent = "with the access token, and " + otherName(who.Access.Username()) + " instead of " + who.Access.Username() + " in it"
	}
	return &shownAnswer{
		Request:   c.method + " " + c.path,
		Sent:      sent,
		Status:    statusLine(e.status),
		Good:      e.status < http.StatusBadRequest,
		Challenge: e.header.Get("WWW-Authenticate"),
		Body:      indented(e.body),
	}, nil
}

func statusLine(status int) string { return strconv.Itoa(status) + " " + http.StatusText(status) }

func indented(text []byte) string {
	var b bytes.Buffer
	if json.Indent(&b, text, "", "  ") != nil {
		return string(text)
	}
	return strings.TrimSpace(b.String())
}

func nameOf(who *oauth.Tokens) string {
	var profile struct {
		Name string `json:"name"`
	}
	if who.ID.Claims(&profile) == nil && profile.Name != "" {
		return profile.Name
	}
	return who.ID.Username()
}

func factsOf(who *oauth.Tokens) []fact {
	return []fact{
		{"Username", who.ID.Username()},
		{"E-mail", who.ID.Email() + verified(who.ID)},
		{"Groups", who.ID.Groups().String()},
		{"Scopes", who.Access.Scopes().String()},
		{"App client", who.Access.ClientID()},
		{"Issuer", who.Access.Issuer()},
		{"Signed in", clock(who.ID.AuthTime())},
		{"Tokens expire", clock(who.Access.ExpiresAt())},
	}
}
