package alb

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"time"

	jsonv2 "github.com/go-json-experiment/json"

	"github.com/poolguard/poolguard/cognito/internal/jose"
)

// An Identity is a user as a verified token describes them. It comes only from
// [Verifier.Verify]. It is immutable and safe for concurrent use.
type Identity struct{ is *identityFields }

// identityFields are the fields of an Identity.
type identityFields struct {
	header, payload        string // JSON texts as signed
	signer, issuer, client string
	keyID, subject, email  string
	emailVerified          bool
	expiresAt              time.Time
}

// nothing has the fields of an Identity that does not come from a Verifier.
var nothing identityFields

func (v *Verifier) identity(jws *jose.Compact, t *token) *Identity {
	_, subject := v.subject(t)
	is := &identityFields{
		header: jws.Header, payload: string(jws.Payload),
		signer: t.signer.text, issuer: t.issuer.text, keyID: jws.KeyID,
		subject: subject.text, email: t.email, emailVerified: t.emailVerified, expiresAt: t.expiry.at,
	}
	if !v.kind.isVerifiedAccess {
		is.client = t.client.text
	}
	if t.payloadExpiry.present && t.payloadExpiry.at.Before(is.expiresAt) {
		is.expiresAt = t.payloadExpiry.at
	}
	return &Identity{is}
}

func (i *Identity) identityFields() *identityFields {
	if i == nil || i.is == nil {
		return &nothing
	}
	return i.is
}

// Subject returns sub, the user. For IAM Identity Center it is user.user_id. It is never
// "".
func (i *Identity) Subject() string { return i.identityFields().subject }

// Issuer returns iss of the header, the provider of the user.
func (i *Identity) Issuer() string { return i.identityFields().issuer }

// ClientID returns client of the header, the app client with which the load balancer
// signed the user in. It is "" for Verified Access.
func (i *Identity) ClientID() string { return i.identityFields().client }

// Signer returns the ARN of the load balancer or Verified Access instance.
func (i *Identity) Signer() string { return i.identityFields().signer }

// KeyID returns kid, the name of the key that signed the token.
func (i *Identity) KeyID() string { return i.identityFields().keyID }

// ExpiresAt returns exp, the earlier one if header and payload have it. It is the end of
// the token. The user's session at the load balancer lasts longer.
func (i *Identity) ExpiresAt() time.Time { return i.identityFields().expiresAt }

// Email returns email, "" if it is absent or not a string. Check [Identity.EmailVerified]
// before you trust it.
func (i *Identity) Email() string { return i.identityFields().email }

// EmailVerified reports whether email_verified is true or "true". User pools send it as a
// string here.
func (i *Identity) EmailVerified() bool { return i.identityFields().emailVerified }

// RawClaims returns a copy of the payload.
func (i *Identity) RawClaims() json.RawMessage { return json.RawMessage(i.identityFields().payload) }

// RawHeader returns a copy of the header.
func (i *Identity) RawHeader() json.RawMessage { return json.RawMessage(i.identityFields().header) }

// Claim returns one claim of the payload, unchanged.
func (i *Identity) Claim(name string) (value json.RawMessage, ok bool) {
	// The payload was read before. The zero Identity has none, and no claim is found.
	_ = jose.DecodeObject([]byte(i.identityFields().payload), "payload", jose.VisitorFunc(func(n []byte, v jose.Value, _ int) error {
		if string(n) == name {
			value, ok = json.RawMessage(slices.Clone(v)), true
		}
		return nil
	}))
	return value, ok
}

// numbers has a json.Number take a JSON number, as in encoding/json.
var numbers = jsonv2.WithUnmarshalers(jsonv2.UnmarshalFunc(func(text []byte, n *json.Number) error {
	if !jose.Value(text).IsNumber() {
		return errors.New("not a number")
	}
	*n = json.Number(text)
	return nil
}))

// Claims decodes the payload into dst, a pointer to a struct or map of one's own, by
// the json tags of its fields. Names are compared by case and values are not converted:
// user pools say much in strings here, such as email_verified.
func (i *Identity) Claims(dst any) error {
	if v := reflect.ValueOf(dst); v.Kind() != reflect.Pointer || v.IsNil() {
		return errors.New("alb: Claims needs a non-nil pointer to decode into")
	}
	if err := jsonv2.Unmarshal([]byte(i.identityFields().payload), dst, numbers); err != nil {
		return fmt.Errorf("alb: the claims do not fit the Go type: %w", err)
	}
	return nil
}

// String describes the identity in a line for people. It holds no credential.
func (i *Identity) String() string {
	is := i.identityFields()
	return fmt.Sprintf("subject %s of %s, by %s, expires %s", quote(is.subject), quote(is.issuer), quote(is.signer), stamp(is.expiresAt))
}

// GoString keeps %#v from printing what is inside.
func (i *Identity) GoString() string { return i.String() }

// LogValue implements slog.LogValuer: signer, issuer, subject and expiry.
func (i *Identity) LogValue() slog.Value {
	is := i.identityFields()
	return slog.GroupValue(
		slog.String("signer", is.signer),
		slog.String("issuer", is.issuer),
		slog.String("subject", is.subject),
		slog.Time("expires_at", is.expiresAt),
	)
}
