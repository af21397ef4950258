package demo

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

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
	_ = a.pages.Message(w, status, web.Message{ // the page has no template that can fail
		Title:   "The sign-in did not work",
		Problem: sentence(err.Error()),
		Action:  web.Link{Text: "Try again", URL: "/sign-in"},
	})
}

// sentence makes one of an error's text.
func sentence(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + strings.TrimSuffix(text[size:], ".") + "."
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

// A call is one that the page can make of the API. None changes anything, so that
// links may lead to them: the app's tokens never have the scope to write.
type call struct {
	Name, Title string
	Note        string // what to expect, where that is not plain
	method      string
	path        string
	token       func(*identity) string
}

func ownToken(who *identity) string { return who.raw }

// changedToken says that somebody else signed in.
func changedToken(who *identity) string {
	token, err := withOtherName(who.raw, who.access.Username())
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
		"needs the scope orders/write, which was not asked for: 403 is expected",
		http.MethodPost, "/orders", ownToken,
	},
	{"none", "No token", "", http.MethodGet, "/orders", func(*identity) string { return "" }},
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
		_ = a.pages.Show(w, http.StatusOK, "welcome.html", welcomePage{a.scene.pool.ID, usersOf(&a.scene.pool)})
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

// call calls the API over HTTP, as any client would.
func (a *app) call(ctx context.Context, c call, who *identity) (*shownAnswer, error) {
	var form url.Values
	if c.method == http.MethodPost {
		form = url.Values{"item": {"a biscuit"}}
	}
	token := c.token(who)
	e, err := ask(ctx, a.http, a.scene.appURL+c.path, form, token)
	if err != nil {
		return nil, err
	}
	sent := "with the access token"
	switch token {
	case "":
		sent = "without a token"
	case who.raw:
	default:
		sent = "with the access token, and " + otherName(who.access.Username()) + " for " + who.access.Username() + " in it"
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

func nameOf(who *identity) string {
	var profile struct {
		Name string `json:"name"`
	}
	if who.id.Claims(&profile) == nil && profile.Name != "" {
		return profile.Name
	}
	return who.id.Username()
}

func factsOf(who *identity) []fact {
	return []fact{
		{"Username", who.id.Username()},
		{"E-mail", who.id.Email() + verified(who.id)},
		{"Groups", who.id.Groups().String()},
		{"Scopes", who.access.Scopes().String()},
		{"App client", who.access.ClientID()},
		{"Issuer", who.access.Issuer()},
		{"Signed in", clock(who.id.AuthTime())},
		{"Tokens expire", clock(who.access.ExpiresAt())},
	}
}
