package report

import (
	"encoding/json"

	"github.com/poolguard/poolguard/cognito"
)

// Valid is the JSON of a valid token, a line of verify's output. The order of its fields
// is part of the contract.
type Valid struct {
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

// Rejected is the JSON of any other token. Header and Claims are set only after the
// signature was verified: without that, anyone can have written them.
type Rejected struct {
	Valid  bool            `json:"valid"`
	Error  Failure         `json:"error"`
	Header json.RawMessage `json:"header,omitempty"`
	Claims json.RawMessage `json:"claims,omitempty"`
}

// Failure is why a token is not valid.
type Failure struct {
	Code    cognito.Code `json:"code"`
	Message string       `json:"message"`
}

// NewRejected returns the line for a token that is not valid.
func NewRejected(o *Outcome) Rejected {
	r := Rejected{Error: Failure{o.Refusal.Code(), o.Refusal.Detail()}}
	if o.Report != nil && o.Report.SignatureHeld() {
		r.Header, r.Claims = o.Report.Header, o.Report.Claims
	}
	return r
}

// NewValid returns the line for a valid token.
func NewValid(t Token) Valid {
	r := Valid{
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
		IssuedAt:  Timestamp(t.IssuedAt()),
		ExpiresAt: Timestamp(t.ExpiresAt()),
		Header:    t.RawHeader(),
		Claims:    t.RawClaims(),
	}
	if access, ok := t.(*cognito.AccessToken); ok {
		r.TokenUse, r.Scopes = string(cognito.TokenUseAccess), access.Scopes().Slice()
	}
	return r
}

// Inspection is the JSON of inspect. Header and Claims are set if they could be decoded,
// whether or not the signature was verified.
type Inspection struct {
	Decoded       bool            `json:"decoded"`
	SignatureHeld bool            `json:"signature_held"`
	JudgedAt      string          `json:"judged_at"`
	Header        json.RawMessage `json:"header,omitempty"`
	Claims        json.RawMessage `json:"claims,omitempty"`
	Checks        []Check         `json:"checks"`
}

// Check is one check of an Inspection.
type Check struct {
	Name   string         `json:"name"`
	Status cognito.Status `json:"status"`
	Code   cognito.Code   `json:"code,omitempty"`
	Detail string         `json:"detail,omitempty"`
}

// NewInspection returns the JSON of a report.
func NewInspection(r *cognito.Report) Inspection {
	out := Inspection{
		Decoded:       r.Decoded(),
		SignatureHeld: r.SignatureHeld(),
		JudgedAt:      Timestamp(r.Now),
		Header:        r.Header,
		Claims:        r.Claims,
		Checks:        make([]Check, 0, len(r.Checks)),
	}
	for _, c := range r.Checks {
		out.Checks = append(out.Checks, Check(c))
	}
	return out
}
