package cognito

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/poolguard/poolguard/cognito/internal/jose"
)

// A Requirement is something that a verified token must meet beside being good: a
// scope, a group, a recent sign-in. It is passed to the methods of [Verifier], or
// to [Config.Require] for every token. Make one once and use it for as many tokens
// as you like, concurrently. The zero Requirement refuses every token, as does one
// that was made wrongly, for example RequireScopes without a scope.
type Requirement struct {
	stage stage
	code  Code
	text  string // what is asked for, for messages
	fault string // why nothing can meet it
	check func(ctx context.Context, t *payload, now time.Time) *Error
}

// Err returns why no token can ever meet the requirement, such as that it names no
// scope, and nil for one that was made well. Adapters that are configured with
// requirements ask it, so that a mistake shows at the start.
func (r Requirement) Err() error {
	switch {
	case r.check == nil:
		return errors.New("is an empty requirement")
	case r.fault != "":
		return errors.New("can never be met: " + r.fault)
	}
	return nil
}

// A stage is where in the order of checks a requirement has its turn.
type stage uint8

const (
	stageCustom stage = iota // last; that of the zero Requirement
	stageAudience
	stageNonce
	stageRevocation // Config.Revoked, no requirement
	stageACR
	stageAuthTime
	stageScopes
	stageGroups
	stageClaims
)

// RequireClaim asks that the claim, a string, boolean or number, is one of values
// (booleans and numbers as they are spelled in the token), or an array of strings
// with one of them in it. Names are compared by case.
func RequireClaim(name string, values ...string) Requirement {
	values = slices.Clone(values)
	r := Requirement{stage: stageClaims, code: ErrClaimMismatch, text: "claim " + quote(name) + " " + list(values)}
	if name == "" || len(values) == 0 {
		r.fault = "the call requires a claim without a name or without a value"
	}
	r.check = func(_ context.Context, t *payload, _ time.Time) *Error {
		value, ok := t.member(name)
		switch {
		case !ok:
			return refuse(ErrClaimMismatch, name, "the claim %s is absent", quote(name))
		case !matchesAny(value, values):
			return refuse(ErrClaimMismatch, name, "the claim %s must be %s; the token has %s", quote(name), list(values), quote(string(value)))
		}
		return nil
	}
	return r
}

func matchesAny(value jose.Value, values []string) bool {
	if text, ok := value.Text(); ok {
		return slices.Contains(values, text)
	}
	if texts, ok := value.Texts(); ok {
		return slices.ContainsFunc(texts, func(s string) bool { return slices.Contains(values, s) })
	}
	_, isBool := value.Bool()
	return (isBool || value.IsNumber()) && slices.Contains(values, string(value))
}

// Require asks that check returns nil. An [*Error] of the check (see [NewError]) or a
// [Code] is the verdict; the errors of a context mean [ErrCheckUnavailable]; any other
// one refuses the token with [ErrAccessDenied]. It is found in the verdict by errors.Is
// and errors.As, but is not in its message. The
// check is called with verified tokens only, after every other one, possibly from
// several goroutines at once.
func Require(check func(ctx context.Context, token Token) error) Requirement {
	r := Requirement{stage: stageCustom, code: ErrAccessDenied, text: "a check of the application"}
	if check == nil {
		r.fault = "the call requires a custom check that is nil"
	}
	r.check = func(ctx context.Context, t *payload, _ time.Time) *Error {
		if err := check(ctx, t.token()); err != nil {
			return verdictOf(err)
		}
		return nil
	}
	return r
}

// verdictOf makes the error of an application's check into a verdict. A check that was
// cut short found nothing out.
func verdictOf(err error) *Error {
	var own *Error
	var code Code
	switch {
	case errors.As(err, &own) && own == nil:
		return refuse(ErrAccessDenied, "", "a check of the application returned a nil *Error, which is an error that says nothing")
	case own != nil:
		return own
	//mutate:ignore always: an empty code is read as ErrAccessDenied
	case errors.As(err, &code) && code != "":
		return &Error{code: code, message: "a check of the application decided so", cause: err}
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return &Error{code: ErrCheckUnavailable, message: "a check of the application was cut short; try again", cause: err, retryAfter: time.Second}
	}
	return &Error{code: ErrAccessDenied, message: "a check of the application refused the token", cause: err}
}

// apply checks the token, or refuses it where the requirement itself is at fault.
func (r *Requirement) apply(ctx context.Context, t *payload, now time.Time) *Error {
	switch {
	case r.check == nil:
		return refuse(ErrAccessDenied, "", "the call has an empty requirement")
	case r.fault != "":
		return refuse(r.code, "", "%s", r.fault)
	}
	return r.check(ctx, t, now)
}

// list writes names for a message, each quoted.
//
//mutate:ignore it words a message
func list(names []string) string {
	const most = 20
	if len(names) == 0 {
		return "none"
	}
	quoted := make([]string, 0, min(len(names), most))
	for _, name := range names[:min(len(names), most)] {
		quoted = append(quoted, quote(name))
	}
	if len(names) > most {
		quoted = append(quoted, fmt.Sprintf("and %d more", len(names)-most))
	}
	return strings.Join(quoted, ", ")
}

// found writes what the token has in a claim of text, for a message.
//
//mutate:ignore it words a message
func found(t *payload, c claim) string {
	if !t.present.has(c) {
		return "none"
	}
	return quote(t.text[c])
}

// stamp writes a time for a message.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
