package inspector

import (
	"net/http"

	"github.com/poolguard/poolguard/internal/web"
)

// view is the data of the page.
type view struct {
	CSRFField, CSRFToken string
	Now                  string
	Pools                []Pool
	Form                 form
	Result               *result // nil where nothing was inspected
}

func (p *Page) show(w http.ResponseWriter, r *http.Request, status int, v *view) {
	v.CSRFField, v.CSRFToken = web.CSRFField, p.csrf.Token(w, r)
	if p.pages.Show(w, status, "inspect.html", v) != nil {
		// The error may quote the view, which has claims.
		p.log.ErrorContext(r.Context(), "the page cannot be rendered")
	}
}

// The pages for requests without a result. Nothing of the request is in them.
var (
	rejectedQuery = rejection("Tokens do not belong in the address", "Open the form",
		"The address of this request had a query (the part after the question mark). The page did not read it.",
		"Browsers keep addresses in their history. Servers and proxies write them to their logs. If a token was in this address, anyone who can read those can use the token until it expires. Sign the user out or wait until the token expires. Then remove the address from the browser’s history.",
		"Paste the token into the form. The form sends it in the body of the request.")
	rejectedMethod = rejection("Method not allowed", "Open the form",
		"This page accepts GET for the form, and POST for a token.")
	rejectedForeign = rejection("This form is not from this page", "Open the form again",
		"The page accepts a form only from the browser that it served the form to. This keeps other sites from sending one. Nothing was inspected.",
		"If you sent the form yourself, the server was restarted after you opened it, or your browser keeps no cookies for this address. Open the form again and paste the token again.")
	rejectedType = rejection("Content type not supported", "Open the form",
		"The page accepts its own form, as application/x-www-form-urlencoded. In a program or a script, use the command poolguard inspect.")
	rejectedLarge = rejection("Too large for a token", "Try again",
		"The request has more than 64 KiB. The page did not read it. A token of a user pool has one or two kilobytes. Check that you paste one token and not another file.")
	rejectedForm = rejection("The form cannot be read", "Open the form again",
		"A field was sent twice, or its encoding is not valid. Nothing was inspected.")
	rejectedUnavailable = rejection("No check is possible now", "Try again",
		"The list of user pools is not available, so the page cannot check tokens. This says nothing about your token. Try again. If the problem stays, see the log of the server for the reason.")
)

// rejection makes a page whose one link leads to the form.
func rejection(title, link string, text ...string) web.Message {
	return web.Message{Title: title, Text: text, Action: web.Link{Text: link, URL: "?"}}
}

func (p *Page) reject(w http.ResponseWriter, r *http.Request, status int, why *web.Message) {
	if p.pages.Message(w, status, *why) != nil {
		p.log.ErrorContext(r.Context(), "the page cannot be rendered")
	}
}
