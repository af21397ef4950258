package cognito

import (
	"encoding/json"
	"time"
)

// A Status is the result of one check of an inspected token.
type Status string

// The results of a check.
const (
	Passed     Status = "passed"
	Failed     Status = "failed"
	NotChecked Status = "not checked" // nothing to compare with, or an earlier check made it moot
)

// A Check is one check of an inspected token.
type Check struct {
	// Name is one of size, shape, algorithm, issuer, key, signature, token_use, client,
	// expiry, not_before, audience, nonce, revocation, acr, auth_time, scopes, groups,
	// claims and custom: the order in which a [Verifier] checks.
	Name   string
	Status Status
	// Code is the reason of a failure, "" otherwise.
	Code Code
	// Detail says what passed, what failed, or why nothing was checked.
	Detail string
}

// A Report is the result of [Inspect]. It is not a verified token: its header and claims
// are those of the text, which any client may have written.
type Report struct {
	// Header and Claims are the JSON texts in the token, nil where it could not be
	// decoded. They are not trustworthy unless SignatureHeld is true.
	Header, Claims json.RawMessage

	// TokenUse, KeyID and the times are read from them; zero where they are absent or
	// cannot be what they must be.
	TokenUse  TokenUse
	KeyID     string
	Issuer    string
	IssuedAt  time.Time
	NotBefore time.Time
	ExpiresAt time.Time
	AuthTime  time.Time

	// Now is the time that exp and nbf were compared with.
	Now time.Time

	// Checks are all checks, in the order in which a Verifier makes them.
	Checks []Check

	decoded bool
	errs    []*Error // of the failed checks
}

// Decoded reports whether the token could be read at all.
func (r *Report) Decoded() bool { return r.decoded }

// SignatureHeld reports whether the signature was checked and is valid. It says nothing
// about the other checks.
func (r *Report) SignatureHeld() bool {
	for _, c := range r.Checks {
		if c.Name == "signature" {
			return c.Status == Passed
		}
	}
	return false
}

// Err returns the first failure as an [*Error], nil where no check failed. Nil does
// not mean that the token is good: checks may not have been made.
func (r *Report) Err() error {
	if len(r.errs) == 0 {
		return nil
	}
	return r.errs[0]
}

func (r *Report) note(name string, status Status, detail string) {
	r.Checks = append(r.Checks, Check{Name: name, Status: status, Detail: detail})
}

// result notes a check that was made. held is what to say where it passed.
func (r *Report) result(name string, err *Error, held string) bool {
	if err == nil {
		r.note(name, Passed, held)
		return true
	}
	r.Checks = append(r.Checks, Check{Name: name, Status: Failed, Code: err.Code(), Detail: err.Detail()})
	r.errs = append(r.errs, err)
	return false
}
