package signin

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"strings"
)

// A PageKind names one page of a [Handler].
type PageKind string

// The pages. Kinds may be added, so show Title and Message of a page of an unknown kind.
const (
	PageConfirmSignOut PageKind = "confirm_sign_out"
	PageSignedOut      PageKind = "signed_out"
	PageNoFlow         PageKind = "no_sign_in"
	PageOtherFlow      PageKind = "other_sign_in"
	PageDenied         PageKind = "denied"
	PageFailed         PageKind = "failed"
	PageTooWeak        PageKind = "too_weak"
	PageForbidden      PageKind = "forbidden"
	PageUnavailable    PageKind = "unavailable"
	PageRetry          PageKind = "retry"
	PageBadRequest     PageKind = "bad_request"
	PageOtherSite      PageKind = "other_site"
	PageOtherHost      PageKind = "other_host"
	PageNotFound       PageKind = "not_found"
	PageMethod         PageKind = "method"
)

// A PageContent is a page of a [Handler]: what happened, and what to do. No text of it comes
// from the request.
type PageContent struct {
	Kind    PageKind
	Status  int    // of the answer
	Title   string // what happened
	Message string // why, and what to do

	// ActionURL is the path that the person can go on to, "" if there is none, and
	// ActionLabel is its text. IsForm demands a form with the method POST instead of a link.
	ActionURL, ActionLabel string
	IsForm                 bool

	// FormTargets are the origins that the form leads to, for form-action in a
	// Content-Security-Policy, beside 'self'.
	FormTargets []string
}

// Pages writes the pages of a [Handler], in the design of the application. WritePage must
// write the status and a Content-Type. Cache-Control, Referrer-Policy and
// X-Content-Type-Options are set already. It is called concurrently. The request has codes
// and states in its address: do not put any of it into the page.
type Pages interface {
	WritePage(w http.ResponseWriter, r *http.Request, page PageContent)
}

const (
	signInURL   = Path + "login"
	signInLabel = "Sign in"
)

var contents = map[PageKind]PageContent{
	PageConfirmSignOut: {Status: 200, Title: "Sign out?", Message: "This ends your session in this browser.", ActionURL: Path + "logout", ActionLabel: "Sign out", IsForm: true},
	PageSignedOut:      {Status: 200, Title: "You are signed out", Message: "Your session in this browser has ended.", ActionURL: signInURL, ActionLabel: "Sign in again"},
	PageNoFlow:         {Status: 400, Title: "This sign-in cannot be finished here", Message: "The browser did not send the cookie of the sign-in. It took too long, or began in another browser, or cookies are off for this site. Allow cookies and sign in again.", ActionURL: signInURL, ActionLabel: signInLabel},
	PageOtherFlow:      {Status: 400, Title: "This sign-in has ended", Message: "It was finished before, took too long, or did not begin in this browser. Sign in again.", ActionURL: signInURL, ActionLabel: signInLabel},
	PageDenied:         {Status: 403, Title: "You are not signed in", Message: "The sign-in was cancelled or refused. Sign in again, or with another account.", ActionURL: signInURL, ActionLabel: signInLabel},
	PageFailed:         {Status: 400, Title: "The sign-in failed", Message: "The answer of the sign-in service was not accepted. Sign in again. If it fails again, ask the operator of this application: the log has the reason.", ActionURL: signInURL, ActionLabel: signInLabel},
	PageTooWeak:        {Status: 403, Title: "A stronger sign-in is needed", Message: "This page needs a sign-in with a further factor, or a more recent one. Set up a second factor for your account and sign in again.", ActionURL: signInURL, ActionLabel: signInLabel},
	PageForbidden:      {Status: 403, Title: "No access", Message: "You are signed in, but your account may not open this page. Ask the operator of this application, or sign out and use another account.", ActionURL: Path + "logout", ActionLabel: "Sign out"},
	PageUnavailable:    {Status: 503, Title: "Signing in or out is not possible now", Message: "A service did not answer. Nothing was changed. Try again in a minute.", ActionURL: signInURL, ActionLabel: "Try again"},
	PageRetry:          {Status: 503, Title: "One moment", Message: "A service did not answer. You are still signed in. This page tries again by itself in five seconds."},
	PageBadRequest:     {Status: 400, Title: "The request is not valid", Message: "The address or the form has a value that is not accepted. Go back and try again."},
	PageOtherSite:      {Status: 403, Title: "The request came from another site", Message: "Nothing was changed. Open this application and try again there."},
	PageOtherHost:      {Status: 421, Title: "There is no application at this address", Message: "The host in the address belongs to no application. Check the address, or ask the operator."},
	PageNotFound:       {Status: 404, Title: "There is no such page", Message: "Check the address.", ActionURL: "/", ActionLabel: "Go to the start page"},
	PageMethod:         {Status: 405, Title: "The method is not allowed", Message: "Go back and try again.", ActionURL: "/", ActionLabel: "Go to the start page"},
}

// page writes a page.
func (h *Handler) page(w http.ResponseWriter, r *http.Request, s *site, kind PageKind) {
	page := contents[kind]
	if page.Kind = kind; s != nil && page.IsForm {
		page.FormTargets = s.formTargets()
	}
	header := w.Header()
	if page.Status == http.StatusServiceUnavailable && header.Get("Retry-After") == "" {
		header.Set("Retry-After", "5")
	}
	if header.Get("Referrer-Policy") == "" {
		header.Set("Referrer-Policy", "no-referrer")
	}
	header.Set("X-Content-Type-Options", "nosniff")
	h.pages.WritePage(w, r, page)
}

// plainPages is the default of [Config.Pages].
type plainPages struct{}

//go:embed page.html
var pageText string

//go:embed page.css
var pageStyle string

var styleHash = func() string {
	sum := sha256.Sum256([]byte(pageStyle))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}()

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// WritePage implements [Pages]. A page runs no script and loads nothing.
func (plainPages) WritePage(w http.ResponseWriter, r *http.Request, page PageContent) {
	var body bytes.Buffer
	err := pageTemplate.Execute(&body, struct {
		PageContent
		Style template.CSS
	}{page, template.CSS(pageStyle)}) //nolint:gosec // G203: a file of this package
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", "default-src 'none'; style-src "+styleHash+"; base-uri 'none'; frame-ancestors 'none'; form-action "+
		strings.Join(append([]string{"'self'"}, page.FormTargets...), " "))
	header.Set("X-Frame-Options", "DENY")
	w.WriteHeader(page.Status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body.Bytes()) // a client that has left does not need it
	}
}
