package cognito

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// A Requirement is a condition for a verified token, such as a scope, a group or a
// recent sign-in. Pass it to the methods of [Verifier], or put it into [Config.Require]
// for every token. It is safe for concurrent use and can be used for any number of
// tokens. The zero Requirement refuses every token. So does a faulty one, for example
// RequireScopes without a scope.
type Requirement struct {
	stage stage
	code  Code
	text  string // what is asked for, for messages
	fault string // why nothing can meet it
	check func(ctx context.Context, t *payload, now time.Time) *Error
}

// Err returns the fault of the requirement, such as that it names no scope, or nil. No
// token meets a faulty requirement. Constructors that take requirements call Err, so
// that a fault shows at the start of the program.
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

// Require requires check to return nil. If check returns an [*Error] (see [NewError]) or
// a [Code], that is the result of the verification. The errors of a context mean
// [ErrCheckUnavailable]. Every other error refuses the token with [ErrAccessDenied];
// [errors.Is] and [errors.As] find it, and the message does not contain it. The check is
// called with verified tokens only, after all other checks, and concurrently. The
// verification waits for it, so it must return when ctx ends.
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
		return refuse(ErrAccessDenied, "", "a check of the application refused the token").
			expecting("a check of the application returned a nil *Error, which is an error that says nothing")
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
		return refuse(ErrAccessDenied, "", faultyRequirement).expecting("the call has an empty requirement")
	case r.fault != "":
		return refuse(r.code, "", faultyRequirement).expecting("%s", r.fault)
	}
	return r.check(ctx, t, now)
}

// faultyRequirement is what the sender of a token may know of a fault in the program.
const faultyRequirement = "a requirement of this service is faulty, so no token is accepted"

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
