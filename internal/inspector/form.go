package inspector

import (
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/poolguard/poolguard/cognito"
)

// The names of the form's fields.
const (
	fieldToken  = "token"
	fieldUse    = "token_use"
	fieldClient = "client_id"
	fieldScopes = "scopes"
	fieldGroups = "groups"
)

// A field is one of the form, as it is shown again.
type field struct {
	Value   string
	Problem string
}

// form is what the page shows in its form. The token is never in it: see
// [form.read].
type form struct {
	Token                  field // its Value is always ""
	Use                    field
	Client, Scopes, Groups field
}

// Problem reports whether the form must be mended.
func (f *form) Problem() bool {
	return f.Token.Problem != "" || f.Use.Problem != "" || f.Client.Problem != "" || f.Scopes.Problem != "" || f.Groups.Problem != ""
}

// read fills the question, but for its token, and reports whether it could. What it
// reads is shown again, so that another token can be put to the same question.
//
// The token is not: an answer with its signature in it would be a credential, kept
// wherever the browser keeps pages (its history, a restored session, a saved file, a
// screen shot), long after the tab is closed. Header and claims alone let nobody in.
func (f *form) read(values url.Values, q *question) bool {
	switch use := values.Get(fieldUse); use {
	case "", string(cognito.TokenUseAccess), string(cognito.TokenUseID):
		f.Use.Value, q.use = use, cognito.TokenUse(use)
	default:
		f.Use.Problem = "Choose one of the three."
	}
	const mostClient, mostNames = 128, 4 << 10
	clients := f.Client.names(values.Get(fieldClient), mostClient)
	if len(clients) > 1 {
		f.Client.Problem = "Give one app client ID, or none."
	} else if len(clients) == 1 {
		q.client = clients[0]
	}
	q.scopes = f.Scopes.names(values.Get(fieldScopes), mostNames)
	q.groups = f.Groups.names(values.Get(fieldGroups), mostNames)
	if len(q.scopes) > 0 && cognito.RequireScopes(q.scopes...).Err() != nil {
		f.Scopes.Problem = "One of these cannot be the name of a scope."
	}
	if len(q.groups) > 0 && cognito.RequireGroups(q.groups...).Err() != nil {
		f.Groups.Problem = "One of these cannot be the name of a group."
	}
	return !f.Problem()
}

// names splits the text of a field at its spaces, which neither scopes nor groups
// nor client IDs have. A text that is not shown again has a problem.
func (f *field) names(text string, most int) []string {
	if len(text) > most {
		f.Problem = "This is too long: " + strconv.Itoa(most) + " bytes are the most."
		return nil
	}
	list := strings.Fields(text)
	for _, name := range list {
		switch {
		case !utf8.ValidString(name) || strings.ContainsFunc(name, unprintable):
			f.Problem = "There are characters in this that cannot be seen."
			return nil
		case strings.Count(name, ".") >= 2 && strings.HasPrefix(strings.TrimLeft(name, `"'`), "eyJ"):
			f.Problem = "This looks like a token, which belongs into the first field. It is not shown again."
			return nil
		}
	}
	f.Value = strings.Join(list, " ")
	return list
}

func unprintable(r rune) bool { return !unicode.IsPrint(r) }

// sentence makes one of an error's text.
func sentence(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + strings.TrimSuffix(text[size:], ".") + "."
}
