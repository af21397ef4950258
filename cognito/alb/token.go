package alb

import (
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/internal/jose"
)

// A token is what header and payload say, read and not believed.
type token struct {
	signer, issuer, client, expiry                   member // of the header
	payloadIssuer, payloadExpiry, notBefore, subject member
	userID                                           member // user.user_id of IAM Identity Center
	email                                            string
	emailVerified                                    bool
}

// A member of the header or payload, a text or a time.
type member struct {
	present bool
	wrong   string // what it must be, where it cannot be that
	text    string
	at      time.Time
}

// known returns the error for a member that cannot be what it must be and, where it
// must be there, for its absence.
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

// timeOf reads a NumericDate (RFC 7519 §2), fractions allowed, up to 2^53: to there
// every reader of JSON reads integers alike (RFC 7493 §2.2).
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

// read reads header and payload. The error is a [*jose.MalformedError]; members of a
// wrong kind are only noted.
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
