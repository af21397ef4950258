package cognito

import (
	"fmt"
	"log/slog"
	"slices"

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
