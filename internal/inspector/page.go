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
	rejectedQuery = web.Message{
		Title: "Tokens do not belong in the address",
		Text: []string{
			"The address of this request had a query (the part after the question mark). The page did not read it.",
			"Browsers keep addresses in their history. Servers and proxies write them to their logs. If a token was in this address, anyone who can read those can use the token until it expires. Sign the user out or wait until the token expires. Then remove the address from the browser’s history.",
			"Paste the token into the form. The form sends it in the body of the request.",
		},
		Action: web.Link{Text: "Open the form", URL: "?"},
	}
	rejectedMethod = web.Message{
		Title:  "Method not allowed",
		Text:   []string{"This page accepts GET for the form, and POST for a token."},
		Action: web.Link{Text: "Open the form", URL: "?"},
	}
	rejectedForeign = web.Message{
		Title: "This form is not from this page",
		Text: []string{
			"The page accepts a form only from the browser that it served the form to. This keeps other sites from sending one. Nothing was inspected.",
			"If you sent the form yourself, the server was restarted after you opened it, or your browser keeps no cookies for this address. Open the form again and paste the token again.",
		},
		Action: web.Link{Text: "Open the form again", URL: "?"},
	}
	rejectedType = web.Message{
		Title:  "Content type not supported",
		Text:   []string{"The page accepts its own form, as application/x-www-form-urlencoded. In a program or a script, use the command poolguard inspect."},
		Action: web.Link{Text: "Open the form", URL: "?"},
	}
	rejectedLarge = web.Message{
		Title:  "Too large for a token",
		Text:   []string{"The request has more than 64 KiB. The page did not read it. A token of a user pool has one or two kilobytes. Check that you paste one token and not another file."},
		Action: web.Link{Text: "Try again", URL: "?"},
	}
	rejectedForm = web.Message{
		Title:  "The form cannot be read",
		Text:   []string{"A field was sent twice, or its encoding is not valid. Nothing was inspected."},
		Action: web.Link{Text: "Open the form again", URL: "?"},
	}
	rejectedUnavailable = web.Message{
		Title:  "No check is possible now",
		Text:   []string{"The list of user pools is not available, so the page cannot check tokens. This says nothing about your token. Try again. If the problem stays, see the log of the server for the reason."},
		Action: web.Link{Text: "Try again", URL: "?"},
	}
)

func (p *Page) reject(w http.ResponseWriter, r *http.Request, status int, why *web.Message) {
	if p.pages.Message(w, status, *why) != nil {
		p.log.ErrorContext(r.Context(), "the page cannot be rendered")
	}
}
