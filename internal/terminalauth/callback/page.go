package callback

import (
	"net/http"

	"github.com/poolguard/poolguard/internal/terminal"
	"github.com/poolguard/poolguard/internal/web"
)

// newPages returns the pages that the browser gets. They have no forms.
func newPages() (*web.Pages, error) { return web.New(web.Config{Name: "Poolguard"}) }

var (
	nothingHere = web.Message{
		Title: "Nothing here",
		Text:  []string{"This address waits for a sign-in from the terminal, and for nothing else."},
	}
	signInOver = web.Message{
		Title: "This sign-in is over",
		Text:  []string{"Start another one in the terminal."},
	}
	otherSignIn = web.Message{
		Title: "Not signed in",
		Text: []string{
			"This is not the sign-in that the terminal waits for.",
			"If you started several sign-ins, use the page of the last one, or start again in the terminal.",
		},
	}
)

// signedIn names the user. A browser that was signed in at the user pool asks for no name, so
// it may be another one than the user expects.
func signedIn(user string) web.Message {
	m := web.Message{Title: "Signed in", Text: []string{"You can close this page and return to the terminal."}}
	if user != "" {
		m.Title = "Signed in as " + terminal.Escape(user, false)
		m.Text = append(m.Text, "Another user? Run poolguard login --again.")
	}
	return m
}

func rejected(reason string) web.Message {
	return web.Message{Title: "Not signed in", Problem: web.Sentence(reason)}
}

// answer writes the page and ends the connection, since the listener ends with the
// sign-in.
func (h *handler) answer(w http.ResponseWriter, status int, m web.Message) {
	w.Header().Set("Connection", "close")
	_ = h.pages.Message(w, status, m) // a message has no template that can fail
}
