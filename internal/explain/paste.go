package explain

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/poolguard/poolguard/cognito"
)

// noPart says what to do with a word that people copy along with a token.
const noPart = "Remove \"Bearer\": it is not part of the token."

// longestPath bounds what is looked up as the name of a file: no token is.
const longestPath = 200

// Given is a text that was given as a token. The zero value is the empty text.
type Given struct {
	Text string
	// Argument reports that it was an argument of a command line, where the name of a file
	// can be in its place.
	Argument bool
	// FromFile is a sentence with the command line that reads tokens from a file.
	FromFile string
}

// Paste names the mistake in copying a token, "" where it is not known. It never repeats the
// text, which may contain a token. For an argument it looks up whether there is a file of
// that name.
func Paste(code cognito.Code, given Given) string {
	text := given.Text
	trimmed := strings.TrimSpace(text)
	// The answer may have as many dots as a refresh token.
	if strings.HasPrefix(trimmed, "{") {
		return "This is the whole answer of the token endpoint: pass its access_token."
	}
	if code != cognito.ErrTokenMalformed {
		return ""
	}
	switch {
	case text == "":
		return "The argument is empty: check that the variable in it is set."
	case trimmed == "":
		return "The argument is white space only: check that the variable in it is set."
	case strings.EqualFold(trimmed, "Bearer") && text != trimmed:
		return "There is nothing after \"Bearer\": check that the variable in it is set, and pass the token alone."
	case strings.EqualFold(trimmed, "Bearer"):
		return noPart
	case hasPrefixFold(trimmed, "Bearer "):
		return "Remove \"Bearer \": it is not part of the token."
	case hasPrefixFold(trimmed, "Authorization:"):
		return "Remove \"Authorization: Bearer \": it is not part of the token."
	case strings.ContainsAny(trimmed[:1], "\"'`") || hasPrefixFold(trimmed, "\u201c") || hasPrefixFold(trimmed, "\u2018"):
		return "Remove the quotes: they are not part of the token."
	case given.Argument && isFile(text):
		return "This is the name of a file. " + given.FromFile
	case trimmed != text:
		return "Remove the white space before or after the token: it is not part of the token."
	case strings.Count(text, ".") == 1:
		return "The signature is missing: the token was cut. Copy all three parts of it."
	}
	return ""
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// isFile reports whether there is such a file. It does not look up names of other machines,
// because those machines would learn about the request.
func isFile(name string) bool {
	if len(name) > longestPath || strings.HasPrefix(filepath.ToSlash(name), "//") {
		return false
	}
	info, err := os.Stat(name)
	return err == nil && !info.IsDir()
}

// WithoutBearer adds to a message about several arguments that one of them is the word
// before a token.
func WithoutBearer(args []string, message string) string {
	for _, arg := range args {
		if strings.EqualFold(strings.TrimSpace(arg), "Bearer") {
			return message + ". " + noPart
		}
	}
	return message
}
