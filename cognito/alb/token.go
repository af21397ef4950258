package alb

import (
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/internal/jose"
)

// A token has the members of header and payload, before they are checked.
type token struct {
	signer, issuer, client, expiry                   member // of the header
	payloadIssuer, payloadExpiry, notBefore, subject member
	userID                                           member // user.user_id of IAM Identity Center
	email                                            string
	emailVerified                                    bool
}

// A member is a text or a time in the header or payload.
type member struct {
	present bool
	wrong   string // the type that it must have, if it has another one
	text    string
	at      time.Time
}

// known returns the error for a member of a wrong type and, if required, for an absent
// one.
func (m *member) known(name string, required bool) *cognito.Error {
	switch {
	case m.wrong != "":
		return refuse(cognito.ErrClaimInvalid, "%s must be %s", name, m.wrong)
	case required && !m.present:
		return refuse(cognito.ErrClaimMissing, "%s is absent", name)
	}
	return nil
}

func textOf(value jose.Value) (m member) {
	var ok bool
	m.present = true
	if m.text, ok = value.Text(); !ok {
		m.wrong = "a string"
	}
	return m
}

// timeOf reads a NumericDate (RFC 7519 §2), with fractions, up to 2^53: up to there, all
// readers of JSON read integers alike (RFC 7493 §2.2).
func timeOf(value jose.Value) (m member) {
	const most = 1 << 53
	m.present = true
	f, ok := value.Number()
	if !ok || !(f >= 0 && f <= most) {
		m.wrong = "a number of seconds from 0 to 2^53"
		return m
	}
	seconds := int64(f)
	m.at = time.Unix(seconds, int64((f-float64(seconds))*1e9)).UTC()
	return m
}

// read reads header and payload. The error is a [*jose.MalformedError]. Members of a
// wrong type are recorded and reported later.
func read(jws *jose.Compact) (*token, error) {
	t := new(token)
	err := jose.DecodeObject([]byte(jws.Header), "header", jose.VisitorFunc(func(name []byte, value jose.Value, _ int) error {
		switch string(name) {
		case "signer":
			t.signer = textOf(value)
		case "iss":
			t.issuer = textOf(value)
		case "client":
			t.client = textOf(value)
		case "exp":
			t.expiry = timeOf(value)
		}
		return nil
	}))
	//mutate:ignore never: parsing has read the header before
	if err != nil {
		return nil, err
	}
	err = jose.DecodeObject(jws.Payload, "payload", jose.VisitorFunc(func(name []byte, value jose.Value, _ int) error {
		switch string(name) {
		case "iss":
			t.payloadIssuer = textOf(value)
		case "exp":
			t.payloadExpiry = timeOf(value)
		case "nbf":
			t.notBefore = timeOf(value)
		case "sub":
			t.subject = textOf(value)
		case "email":
			t.email, _ = value.Text()
		case "email_verified":
			t.emailVerified = string(value) == `true` || string(value) == `"true"`
		case "user":
			t.userID = userID(value)
		}
		return nil
	}))
	if err != nil {
		return nil, err
	}
	return t, nil
}

// userID returns the member user_id of the object user.
func userID(user jose.Value) (m member) {
	err := jose.DecodeObject(user, "payload", jose.VisitorFunc(func(name []byte, value jose.Value, _ int) error {
		if string(name) == "user_id" {
			m = textOf(value)
		}
		return nil
	}))
	if err != nil {
		return member{present: true, wrong: "in an object"}
	}
	return m
}
