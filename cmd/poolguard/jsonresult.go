package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/internal/terminal"
)

// A validResult is a line of verify's JSON for a token that is valid. The order of
// its fields is part of the contract.
type validResult struct {
	Valid     bool            `json:"valid"`
	TokenUse  string          `json:"token_use"`
	UserPool  string          `json:"user_pool"`
	Issuer    string          `json:"issuer,omitempty"`
	KeyID     string          `json:"key_id,omitempty"`
	Subject   string          `json:"subject,omitempty"`
	ClientID  string          `json:"client_id,omitempty"`
	Username  string          `json:"username,omitempty"`
	Groups    []string        `json:"groups"`
	Scopes    []string        `json:"scopes"`
	IssuedAt  string          `json:"issued_at,omitempty"`
	ExpiresAt string          `json:"expires_at,omitempty"`
	Header    json.RawMessage `json:"header"`
	Claims    json.RawMessage `json:"claims"`
}

// A rejectedResult is a line for any other token. Header and Claims are there only
// where the signature held: nobody vouches for others.
type rejectedResult struct {
	Valid  bool            `json:"valid"`
	Error  resultError     `json:"error"`
	Header json.RawMessage `json:"header,omitempty"`
	Claims json.RawMessage `json:"claims,omitempty"`
}

type resultError struct {
	Code    cognito.Code `json:"code"`
	Message string       `json:"message"`
}

// jsonOutcome returns what writes outcomes as JSON. Why keys could not be had names
// addresses and is no part of the message: it is said on standard error, once.
func (p *program) jsonOutcome() func(*outcome) error {
	var said []string
	return func(o *outcome) error {
		if o.refusal == nil {
			return p.writeJSON(newValidResult(o.token))
		}
		if why := causeOf(o.refusal); o.unavailable() && why != "" && !slices.Contains(said, why) {
			said = append(said, why)
			p.notice("poolguard verify", fmt.Sprintf("token %d: %s", o.number, why))
		}
		r := rejectedResult{Error: resultError{o.refusal.Code(), o.refusal.Message()}}
		if o.report != nil && o.report.SignatureHeld() {
			r.Header, r.Claims = o.report.Header, o.report.Claims
		}
		return p.writeJSON(r)
	}
}

func newValidResult(t details) validResult {
	r := validResult{
		Valid:     true,
		TokenUse:  string(cognito.TokenUseID),
		UserPool:  t.UserPoolID(),
		Issuer:    t.Issuer(),
		KeyID:     t.KeyID(),
		Subject:   t.Subject(),
		ClientID:  t.ClientID(),
		Username:  t.Username(),
		Groups:    t.Groups().Slice(),
		Scopes:    []string{},
		IssuedAt:  timestamp(t.IssuedAt()),
		ExpiresAt: timestamp(t.ExpiresAt()),
		Header:    t.RawHeader(),
		Claims:    t.RawClaims(),
	}
	if access, ok := t.(*cognito.AccessToken); ok {
		r.TokenUse, r.Scopes = string(cognito.TokenUseAccess), access.Scopes().Slice()
	}
	return r
}

// causeOf is why there is no verdict, "" where that is not known.
func causeOf(e *cognito.Error) string {
	if cause := e.Unwrap(); cause != nil {
		return strings.TrimPrefix(cause.Error(), "keyset: ")
	}
	return ""
}

// lastYear ends with the last second that RFC 3339 can write; a token may name
// later ones.
var lastYear = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)

// timestamp writes a time in UTC, or "" for one that is absent or cannot be
// written. A token's times are floating-point numbers, which near the present have
// microseconds and no more.
func timestamp(t time.Time) string {
	t = t.UTC().Round(time.Microsecond)
	if t.IsZero() || !t.Before(lastYear) {
		return ""
	}
	return t.Format(time.RFC3339Nano)
}

// writeJSON writes v on one line.
func (p *program) writeJSON(v any) error {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return &failure{statusUsage, fmt.Errorf("the result cannot be written as JSON: %w", err)}
	}
	return p.write(terminal.EscapeControls(b.Bytes()))
}

// An inspectResult is inspect's JSON. Header and Claims are there where they could
// be decoded, whoever wrote them.
type inspectResult struct {
	Decoded       bool            `json:"decoded"`
	SignatureHeld bool            `json:"signature_held"`
	JudgedAt      string          `json:"judged_at"`
	Header        json.RawMessage `json:"header,omitempty"`
	Claims        json.RawMessage `json:"claims,omitempty"`
	Checks        []checkResult   `json:"checks"`
}

type checkResult struct {
	Name   string         `json:"name"`
	Status cognito.Status `json:"status"`
	Code   cognito.Code   `json:"code,omitempty"`
	Detail string         `json:"detail,omitempty"`
}

func newInspectResult(r *cognito.Report) inspectResult {
	out := inspectResult{
		Decoded:       r.Decoded(),
		SignatureHeld: r.SignatureHeld(),
		JudgedAt:      timestamp(r.Now),
		Header:        r.Header,
		Claims:        r.Claims,
		Checks:        make([]checkResult, 0, len(r.Checks)),
	}
	for _, c := range r.Checks {
		out.Checks = append(out.Checks, checkResult(c))
	}
	return out
}
