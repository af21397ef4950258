package cognito

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"slices"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	jsonv1 "github.com/go-json-experiment/json/v1"

	"github.com/poolguard/poolguard/cognito/internal/jose"
)

// A TokenUse is the kind of a token, as its claim token_use says.
type TokenUse string

// The kinds of token that a user pool signs.
const (
	TokenUseAccess TokenUse = "access"
	TokenUseID     TokenUse = "id"
)

// A Token is an [*AccessToken] or an [*IDToken], never nil and nothing else. What
// it is must be asked with a type switch: the two answer different questions, what
// the bearer may do and who the user is.
type Token interface {
	fmt.Stringer
	slog.LogValuer
	isToken()
}

func (t *payload) use() TokenUse { return TokenUse(t.text[claimTokenUse]) }

// token gives the payload of a verified token its type.
func (t *payload) token() Token {
	if t.use() == TokenUseID {
		return &t.asID
	}
	return &t.asAccess
}

// member returns a claim by name as it stands in the payload, in memory of its own.
func (t *payload) member(name string) (member jose.Value, ok bool) {
	err := jose.DecodeObject([]byte(t.json), "payload", jose.VisitorFunc(func(n []byte, value jose.Value, _ int) error {
		if string(n) == name {
			member, ok = slices.Clone(value), true
		}
		return nil
	}))
	//mutate:ignore always: the payload was read before
	return member, ok && err == nil
}

// likeStandard has the strict decoder read the types of encoding/json as that package does.
// A json.Number takes a JSON number, a string with one in it, or null; to the strict decoder it
// is a string like any other. The option string of a struct tag is for booleans and strings
// too.
var likeStandard = jsonv2.JoinOptions(
	jsonv1.StringifyWithLegacySemantics(true),
	jsonv2.WithUnmarshalers(jsonv2.UnmarshalFunc(func(text []byte, n *json.Number) error {
		value := jose.Value(text)
		if quoted, ok := value.Text(); ok {
			value = jose.Value(quoted)
		}
		switch {
		case string(text) == "null":
			*n = ""
		case !value.IsNumber() || !jsontext.Value(value).IsValid():
			return errors.New("not a number")
		default:
			*n = json.Number(value)
		}
		return nil
	})),
)

// decode reads the payload into dst strictly.
func (t *payload) decode(dst any) error {
	//mutate:ignore never: the decoder refuses nil as well
	if v := reflect.ValueOf(dst); v.Kind() != reflect.Pointer || v.IsNil() {
		return errors.New("cognito: Claims needs a non-nil pointer to decode into")
	}
	if err := jsonv2.Unmarshal([]byte(t.json), dst, likeStandard); err != nil {
		return fmt.Errorf("cognito: the claims do not fit the Go type; RawClaims returns them for another decoder: %w", err)
	}
	return nil
}

// describe is what tokens show of themselves when they are printed.
func (t *payload) describe() string {
	if t.pool == nil {
		return "no token: nothing was verified"
	}
	return fmt.Sprintf("%s token of %s, subject %s, expires %s",
		t.use(), t.poolID(), quote(t.text[claimSubject]), stamp(t.time(claimExpiry)))
}

func (t *payload) logValue() slog.Value {
	return slog.GroupValue(
		slog.String("token_use", string(t.use())),
		slog.String("user_pool", t.poolID()),
		slog.String("subject", t.text[claimSubject]),
		slog.Time("expires_at", t.time(claimExpiry)),
	)
}
