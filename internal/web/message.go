package web

import (
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Message is a page that says what happened, why, and what to do about it. Title
// must be set. Nothing in it needs escaping.
type Message struct {
	// Title is the heading: what happened, such as "Not signed in".
	Title string

	// Problem is the reason in one sentence. It is shown as a warning. "" shows none.
	Problem string

	// Text explains, a paragraph each.
	Text []string

	// Code is an error code to look up or to pass on, such as "token_expired".
	Code string

	// Action is what to do next. Its zero value shows no link.
	Action Link
}

// A Link leads to another page.
type Link struct {
	Text string
	// URL is where it leads; "?" is the page itself without its query.
	URL string
}

// Message answers with a message. The error is that of [Pages.Show].
func (p *Pages) Message(w http.ResponseWriter, status int, m Message) error {
	return p.write(w, status, p.text, struct {
		Message
		Name string
	}{m, p.name})
}

// Sentence makes a sentence of the text of an error: a capital letter at the beginning and
// a full stop at the end. "" stays "".
func Sentence(text string) string {
	if text == "" {
		return ""
	}
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + strings.TrimSuffix(text[size:], ".") + "."
}
