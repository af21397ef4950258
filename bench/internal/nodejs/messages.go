package nodejs

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// A Pool describes the user pool that a verifier trusts.
type Pool struct {
	ID       string          `json:"id"`
	Issuer   string          `json:"issuer"`
	ClientID string          `json:"clientId"`
	TokenUse string          `json:"tokenUse"`
	JWKS     json.RawMessage `json:"jwks"`
	KeyID    string          `json:"keyId,omitempty"` // for verifiers that take one key only
	Now      int64           `json:"now,omitempty"`   // Unix seconds; 0 for the clock's time
}

// A RefusedError has the reason for which a verifier rejected a token.
type RefusedError struct{ Reason string }

// Error implements error.
func (e *RefusedError) Error() string { return "refused: " + e.Reason }

// Setup makes the verifiers for the pool and reads sets of tokens, by name each a file
// with a token a line. It returns the versions of Node.js and the packages.
func (p *Process) Setup(pool Pool, sets map[string]string) (versions map[string]string, err error) {
	request := struct {
		Do   string            `json:"do"`
		Pool Pool              `json:"pool"`
		Sets map[string]string `json:"sets"`
	}{"setup", pool, sets}
	var answer struct {
		Versions map[string]string `json:"versions"`
		Error    string            `json:"error"`
	}
	if err := p.Call(request, &answer); err != nil {
		return nil, err
	}
	if answer.Error != "" {
		return nil, errors.New("setting up: " + answer.Error)
	}
	return answer.Versions, nil
}

// A Work is some tokens of a set, and how many times over.
type Work struct {
	Set   string `json:"set"`
	From  int    `json:"from"`
	To    int    `json:"to"`
	Times int    `json:"times"`
}

// Count returns how many verifications it is.
func (w Work) Count() int { return (w.To - w.From) * w.Times }

// Run has the verifier do the work and returns how long it took for all of it. The
// error is a [*RefusedError] where a token was refused.
func (p *Process) Run(verifier string, work Work) (time.Duration, error) {
	request := struct {
		Do   string `json:"do"`
		Peer string `json:"peer"`
		Work
	}{"run", verifier, work}
	var answer struct {
		Nanoseconds int64  `json:"ns"`
		Refused     string `json:"refused"`
		Error       string `json:"error"`
	}
	if err := p.Call(request, &answer); err != nil {
		return 0, err
	}
	switch {
	case answer.Error != "":
		return 0, fmt.Errorf("%s: %s", verifier, answer.Error)
	case answer.Refused != "":
		return 0, &RefusedError{answer.Refused}
	}
	return time.Duration(answer.Nanoseconds), nil
}

// Verifiers returns the names of the driver's verifiers, in the order in which to show
// them.
func Verifiers() []string {
	return []string{"aws-jwt-verify", "fast-jwt", "fast-jwt-cache", "fast-jwt-cache-by-token", "jose-npm"}
}
