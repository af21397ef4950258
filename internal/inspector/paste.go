package inspector

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/poolguard/poolguard/cognito"
)

var (
	errNoObject = errors.New("this begins as JSON does, but it is not a whole JSON object")
	errRepeated = errors.New("this JSON object has a name twice, so it is not clear what it says")
	errNoToken  = errors.New("there is no access_token, id_token or refresh_token in this JSON object")
	errEmpty    = errors.New("paste a token first")
)

// taken is the token that a pasted text holds.
type taken struct {
	token string
	notes []string // what was done to find it, in sentences
}

// take finds the token in what people copy along with it. A token itself is never
// mended: what stands between its letters is for the library to refuse. use is the
// kind that is asked for. Errors never repeat the text.
func take(text string, use cognito.TokenUse) (taken, error) {
	t := taken{token: strings.TrimFunc(text, blank)}
	switch {
	case t.token == "":
		return t, errEmpty
	case t.token != text:
		t.note("White space around it was left out.")
	}
	if strings.HasPrefix(t.token, "{") {
		err := t.fromJSON(use)
		return t, err
	}
	for t.unwrap() {
	}
	if t.token == "" {
		return t, errors.New("there is no token after what was left out")
	}
	return t, nil
}

func blank(r rune) bool { return unicode.IsSpace(r) || r == '\ufeff' }

func (t *taken) note(format string, args ...any) {
	t.notes = append(t.notes, fmt.Sprintf(format, args...))
}

// quotes are those that programs and word processors put around a text.
var quotes = [...][2]string{{`"`, `"`}, {`'`, `'`}, {"`", "`"}, {"\u201c", "\u201d"}, {"\u2018", "\u2019"}}

// unwrap takes one thing away that is no part of a token, if there is one.
func (t *taken) unwrap() bool {
	for _, q := range quotes {
		if inner, ok := strings.CutPrefix(t.token, q[0]); ok {
			if inner, ok = strings.CutSuffix(inner, q[1]); ok {
				t.token = strings.Trim(inner, " \t")
				t.note("The quotes around it were left out.")
				return true
			}
		}
	}
	for _, word := range []string{"Authorization:", "Bearer "} {
		if len(t.token) >= len(word) && strings.EqualFold(t.token[:len(word)], word) {
			t.token = strings.TrimLeft(t.token[len(word):], " \t")
			t.note("“%s” before it was left out.", strings.TrimSpace(word))
			return true
		}
	}
	return false
}

// kinds of token in an answer of the token endpoint, by its name there and in the
// answers of the user pool API.
var kinds = [...]struct {
	use   cognito.TokenUse
	names [2]string
}{
	{cognito.TokenUseAccess, [2]string{"access_token", "AccessToken"}},
	{cognito.TokenUseID, [2]string{"id_token", "IdToken"}},
	{"", [2]string{"refresh_token", "RefreshToken"}},
}

// fromJSON takes the token of the kind that is asked for, else the first there is.
func (t *taken) fromJSON(use cognito.TokenUse) error {
	list, err := members([]byte(t.token))
	if err != nil {
		return err
	}
	for _, m := range list {
		if m.name == "AuthenticationResult" { // of the user pool API; null where it asks for more
			list, _ = members(m.value)
			break
		}
	}
	var names, tokens []string
	chosen := 0
	for _, kind := range kinds {
		for _, m := range list {
			var text string
			if !slices.Contains(kind.names[:], m.name) || json.Unmarshal(m.value, &text) != nil || text == "" {
				continue
			}
			if use != "" && kind.use == use {
				chosen = len(names)
			}
			names, tokens = append(names, m.name), append(tokens, text)
		}
	}
	if len(names) == 0 {
		return errNoToken
	}
	t.token = tokens[chosen]
	t.note("Out of the whole answer, its %s was taken.", names[chosen])
	if others := slices.Delete(names, chosen, chosen+1); len(others) > 0 {
		t.note("Not looked at: its %s. To see another one, choose its kind or paste it alone.", strings.Join(others, " and its "))
	}
	return nil
}
