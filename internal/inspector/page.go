package inspector

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
	"net/http"
)

//go:embed pages/*.html pages/style.css
var pageFiles embed.FS

var (
	pageTemplates = template.Must(template.New("").Funcs(template.FuncMap{
		"stamp": stamp, "missing": missingWords,
	}).ParseFS(pageFiles, "pages/*.html"))
	pageStyle = mustRead("pages/style.css")
	// The style sheet is in the page; its hash is what the policy lets through.
	pagePolicy = func() string {
		sum := sha256.Sum256([]byte(pageStyle))
		return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
			"'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	}()
)

func mustRead(name string) template.CSS {
	b, err := pageFiles.ReadFile(name)
	if err != nil {
		panic(err)
	}
	return template.CSS(b) //nolint:gosec // embedded at build time
}

// view is what the page shows.
type view struct {
	FormField, FormToken string
	Now                  string
	Pools                []Pool
	Form                 form
	Result               *result // nil where nothing was inspected
}

// show renders a page under a policy by which it loads and runs nothing, is framed by
// nobody and sends forms to its own server only. It is kept nowhere.
func (p *Page) show(w http.ResponseWriter, r *http.Request, status int, name string, data any) {
	var body bytes.Buffer
	err := pageTemplates.ExecuteTemplate(&body, name, struct {
		Style template.CSS
		Page  any
	}{pageStyle, data})
	if err != nil {
		p.log.ErrorContext(r.Context(), "page failed", "page", name)
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", pagePolicy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	w.WriteHeader(status)
	// A failed write means that the browser has gone.
	_, _ = body.WriteTo(w)
}

// A refusal is a page without a result. Nothing of the request is in it.
type refusal struct {
	Title string
	Text  []string
	Back  string // what the link to the form says
}

var (
	refusedQuery = refusal{
		"Nothing is taken from the address",
		[]string{
			"This page was asked for with something behind a question mark in its address. It was not looked at.",
			"Addresses are kept in the browser’s history, in the logs of servers and proxies, and are passed on to others. If there was a token in this one, whoever reads those can use it until it expires: sign that user out, or let the token expire, before you trust that it is secret. Remove the address from your history.",
			"Paste tokens into the form: what is sent from there is in no address.",
		},
		"Open the form",
	}
	refusedMethod = refusal{
		"This page cannot be asked that way",
		[]string{"It answers GET with a form, and POST with what came of the form."},
		"Open the form",
	}
	refusedForeign = refusal{
		"This form did not come from here",
		[]string{
			"A form is taken only from a browser to which this server has served it: other sites must not be able to send one. Nothing was inspected.",
			"If it was you, the server was started anew since you opened the form, or your browser keeps no cookies for this address. Open the form again and paste the token once more.",
		},
		"Open the form again",
	}
	refusedType = refusal{
		"This is not the form of this page",
		[]string{"A token is taken as the form of this page sends it, as application/x-www-form-urlencoded. For programs there is the command poolguard inspect."},
		"Open the form",
	}
	refusedLarge = refusal{
		"This is too much for a token",
		[]string{"More than 64 KiB were sent, and were not looked at. Tokens of user pools have one to two kilobytes. See that what you paste is one token and no file of another kind."},
		"Try again",
	}
	refusedForm = refusal{
		"The form cannot be read",
		[]string{"A field was sent twice, or is not encoded as forms are. Nothing was inspected."},
		"Open the form again",
	}
	refusedUnavailable = refusal{
		"Tokens cannot be judged at the moment",
		[]string{"The user pools whose tokens this page judges could not be had. This says nothing about any token. Try again; if it stays so, the log of the server says why."},
		"Try again",
	}
)

func (p *Page) refuse(w http.ResponseWriter, r *http.Request, status int, why refusal) {
	p.show(w, r, status, "refusal.html", why)
}
