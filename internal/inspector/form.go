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

// A field is a field of the form, as the page shows it again.
type field struct {
	Value   string
	Problem string
}

// form is the form as the page shows it. It never has the token: see [form.read].
type form struct {
	Token                  field // its Value is always ""
	Use                    field
	Client, Scopes, Groups field
}

// Problem reports whether a field has a fault.
func (f *form) Problem() bool {
	return f.Token.Problem != "" || f.Use.Problem != "" || f.Client.Problem != "" || f.Scopes.Problem != "" || f.Groups.Problem != ""
}

// read fills the question, except its token, and reports whether all fields are valid.
// The page shows these fields again, so a user can ask the same about another token.
//
// The page does not show the token again. An answer with its signature would be a
// credential, and browsers keep pages: in the history, in a restored session, in a saved
// file. Header and claims without the signature give no access.
func (f *form) read(values url.Values, q *question) bool {
	switch use := values.Get(fieldUse); use {
	case "", string(cognito.TokenUseAccess), string(cognito.TokenUseID):
		f.Use.Value, q.use = use, cognito.TokenUse(use)
	default:
		f.Use.Problem = "Choose one of the three kinds."
	}
	const mostClient, mostNames = 128, 4 << 10
	clients := f.Client.names(values.Get(fieldClient), mostClient)
	if len(clients) > 1 {
		f.Client.Problem = "Enter one app client ID, or none."
	} else if len(clients) == 1 {
		q.client = clients[0]
	}
	q.scopes = f.Scopes.names(values.Get(fieldScopes), mostNames)
	q.groups = f.Groups.names(values.Get(fieldGroups), mostNames)
	if len(q.scopes) > 0 && cognito.RequireScopes(q.scopes...).Err() != nil {
		f.Scopes.Problem = "One of these is not a valid name of a scope."
	}
	if len(q.groups) > 0 && cognito.RequireGroups(q.groups...).Err() != nil {
		f.Groups.Problem = "One of these is not a valid name of a group."
	}
	return !f.Problem()
}

// names splits the text of a field at its spaces. Scopes, groups and client IDs have no
// spaces. A text that is not shown again has a problem.
func (f *field) names(text string, most int) []string {
	if len(text) > most {
		f.Problem = "This is too long: at most " + strconv.Itoa(most) + " bytes are allowed."
		return nil
	}
	list := strings.Fields(text)
	for _, name := range list {
		switch {
		case !utf8.ValidString(name) || strings.ContainsFunc(name, unprintable):
			f.Problem = "This has invisible characters."
			return nil
		case strings.Count(name, ".") >= 2 && strings.HasPrefix(strings.TrimLeft(name, `"'`), "eyJ"):
			f.Problem = "This looks like a token. Paste it into the first field. The page does not show it again."
			return nil
		}
	}
	f.Value = strings.Join(list, " ")
	return list
}

func unprintable(r rune) bool { return !unicode.IsPrint(r) }
