package report

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/poolguard/poolguard/cognito"
)

// A Token is what access tokens and ID tokens have in common.
type Token interface {
	UserPoolID() string
	Issuer() string
	KeyID() string
	Subject() string
	ClientID() string
	Username() string
	Groups() cognito.Set
	IssuedAt() time.Time
	ExpiresAt() time.Time
	RawHeader() json.RawMessage
	RawClaims() json.RawMessage
}

// An Outcome is the result for one token: either Token or Refusal is set.
type Outcome struct {
	Number  int // from 1
	Token   Token
	Refusal *cognito.Error
	// Report explains the outcome. It is nil for input that was cut off.
	Report *cognito.Report
}

// Unavailable reports whether there is no verdict, because keys or a check were
// unavailable.
func (o *Outcome) Unavailable() bool { return o.Refusal != nil && o.Refusal.Temporary() }

// hasToken reports whether there is a token. A nil pointer of a type of tokens is none.
func (o *Outcome) hasToken() bool {
	switch token := o.Token.(type) {
	case nil:
		return false
	case *cognito.AccessToken:
		return token != nil
	case *cognito.IDToken:
		return token != nil
	}
	return true
}

// A Tally counts outcomes. The zero value is empty.
type Tally struct{ Valid, Rejected, Unavailable int }

// Add counts an outcome and gives it its number. An outcome with neither a token nor a
// refusal counts as rejected.
func (t *Tally) Add(o *Outcome) {
	switch {
	case o.Unavailable():
		t.Unavailable++
	case o.Refusal == nil && o.hasToken():
		t.Valid++
	default:
		t.Rejected++
	}
	o.Number = t.Count()
}

// Count is the number of outcomes.
func (t *Tally) Count() int { return t.Valid + t.Rejected + t.Unavailable }

// String returns the counts as a line.
func (t *Tally) String() string {
	s := fmt.Sprintf("%d tokens: %d valid, %d rejected", t.Count(), t.Valid, t.Rejected)
	if t.Unavailable > 0 {
		s += fmt.Sprintf(", %d not judged", t.Unavailable)
	}
	return s
}

// Cause returns why there is no verdict, "" where the error does not say it.
func Cause(e *cognito.Error) string {
	if cause := e.Unwrap(); cause != nil {
		return strings.TrimPrefix(cause.Error(), "keyset: ")
	}
	return ""
}

// Unjudged words an error that is no verdict by its cause, which the operator can do
// something about.
func Unjudged(e *cognito.Error) string {
	if why := Cause(e); why != "" {
		return why
	}
	return e.Detail()
}
