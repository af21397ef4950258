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
	errNoObject = errors.New("this begins like JSON and is not a complete JSON object")
	errRepeated = errors.New("this JSON object has a name twice, so its meaning is not clear")
	errNoToken  = errors.New("this JSON object has no access_token, id_token or refresh_token")
	errEmpty    = errors.New("paste a token first")
)

// taken is the token in a pasted text.
type taken struct {
	token string
	notes []string // how it was found, in sentences
}

// take finds the token in a text that was copied with it. It never repairs a token:
// characters inside it that do not belong there are for the library to reject. use is
// the kind of token that the user asks about. Errors never repeat the text.
func take(text string, use cognito.TokenUse) (taken, error) {
	t := taken{token: strings.TrimFunc(text, blank)}
	switch {
	case t.token == "":
		return t, errEmpty
	case t.token != text:
		t.note("White space around the token was removed.")
	}
	if strings.HasPrefix(t.token, "{") {
		err := t.fromJSON(use)
		return t, err
	}
	for t.unwrap() {
	}
	if t.token == "" {
		return t, errors.New("the text has no token")
	}
	return t, nil
}

func blank(r rune) bool { return unicode.IsSpace(r) || r == '\ufeff' }

func (t *taken) note(format string, args ...any) {
	t.notes = append(t.notes, fmt.Sprintf(format, args...))
}

// quotes are the quotes that programs and word processors put around a text.
var quotes = [...][2]string{{`"`, `"`}, {`'`, `'`}, {"`", "`"}, {"\u201c", "\u201d"}, {"\u2018", "\u2019"}}

// unwrap removes one thing that is not part of the token, and reports whether it did.
func (t *taken) unwrap() bool {
	for _, q := range quotes {
		if inner, ok := strings.CutPrefix(t.token, q[0]); ok {
			if inner, ok = strings.CutSuffix(inner, q[1]); ok {
				t.token = strings.Trim(inner, " \t")
				t.note("The quotes around the token were removed.")
				return true
			}
		}
	}
	for _, word := range []string{"Authorization:", "Bearer "} {
		if len(t.token) >= len(word) && strings.EqualFold(t.token[:len(word)], word) {
			t.token = strings.TrimLeft(t.token[len(word):], " \t")
			t.note("“%s” before the token was removed.", strings.TrimSpace(word))
			return true
		}
	}
	return false
}

// kinds are the tokens in an answer of the token endpoint, with their names there and in
// the answers of the user pools API.
var kinds = [...]struct {
	use   cognito.TokenUse
	names [2]string
}{
	{cognito.TokenUseAccess, [2]string{"access_token", "AccessToken"}},
	{cognito.TokenUseID, [2]string{"id_token", "IdToken"}},
	{"", [2]string{"refresh_token", "RefreshToken"}},
}

// fromJSON takes the token of the kind that the user asks about, else the first one.
func (t *taken) fromJSON(use cognito.TokenUse) error {
	list, err := members([]byte(t.token))
	if err != nil {
		return err
	}
	for _, m := range list {
		if m.name == "AuthenticationResult" { // of the user pools API; null where a challenge follows
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
	t.note("The %s of the answer was used.", names[chosen])
	if others := slices.Delete(names, chosen, chosen+1); len(others) > 0 {
		t.note("Not used: its %s. To inspect another one, choose its kind, or paste it alone.", strings.Join(others, " and its "))
	}
	return nil
}
