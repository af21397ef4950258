package cognito

import (
	"encoding/json"
	"log/slog"
	"time"
)

// An AccessToken is a verified access token: what its bearer may do. Only
// [Verifier.VerifyAccessToken] and [Verifier.VerifyEither] return one. It is immutable
// and safe for concurrent use. Requests with the same token share one AccessToken, so do
// not assign to the value that the pointer points to. Methods return "" or an empty
// [Set] for claims that the token does not have.
//
// https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
type AccessToken struct{ access *payload }

// ClientID returns client_id, the app client that the token was issued to.
func (t *AccessToken) ClientID() string { return t.payload().text[claimClientID] }

// Username returns username: the user's name in the user pool, "" for machine
// tokens.
func (t *AccessToken) Username() string { return t.payload().text[claimUsername] }

// Scopes returns the scopes that were granted.
func (t *AccessToken) Scopes() Set { return Set{t.payload().scopes} }

// Audiences returns aud: the resources that the token is bound to (RFC 8707), each
// of them configured. Most tokens have none.
func (t *AccessToken) Audiences() Set { return Set{t.payload().audiences} }

// IsMachine reports whether the token is of the client credentials grant: no user
// signed in, and the subject is the app client.
func (t *AccessToken) IsMachine() bool {
	c := t.payload()
	client := c.text[claimClientID]
	return client != "" && c.text[claimSubject] == client && !c.present.has(claimUsername)
}

// DeviceKey returns device_key, the remembered device of the sign-in.
func (t *AccessToken) DeviceKey() string { return t.payload().text[claimDeviceKey] }

// Version returns the claim version, 0 where it is absent or no small number.
func (t *AccessToken) Version() int {
	const most = 1 << 16
	if v := t.payload().version; v >= 0 && v <= most {
		return int(v)
	}
	return 0
}

// UserPoolID returns the ID of the configured user pool that issued the token.
func (t *AccessToken) UserPoolID() string { return t.payload().poolID() }

// Issuer returns iss: which of its names the user pool used.
func (t *AccessToken) Issuer() string { return t.payload().text[claimIssuer] }

// KeyID returns kid, the name of the key that signed the token.
func (t *AccessToken) KeyID() string { return t.payload().keyID() }

// Subject returns sub: the user, or the app client of a machine token. Do not
// assume that it is a UUID.
func (t *AccessToken) Subject() string { return t.payload().text[claimSubject] }

// Groups returns cognito:groups, the user's groups the highest precedence first.
func (t *AccessToken) Groups() Set { return Set{t.payload().groups} }

// IssuedAt returns iat, the zero time where it is absent.
func (t *AccessToken) IssuedAt() time.Time { return t.payload().time(claimIssuedAt) }

// ExpiresAt returns exp.
func (t *AccessToken) ExpiresAt() time.Time { return t.payload().time(claimExpiry) }

// NotBefore returns nbf, the zero time where it is absent.
func (t *AccessToken) NotBefore() time.Time { return t.payload().time(claimNotBefore) }

// AuthTime returns auth_time, the time when the user signed in. A refresh keeps
// it. It is the zero time if it is absent.
func (t *AccessToken) AuthTime() time.Time { return t.payload().time(claimAuthTime) }

// ACR returns acr, the level of assurance of the sign-in, such as
// "urn:cognito:loa:2", or "".
func (t *AccessToken) ACR() string { return t.payload().text[claimACR] }

// AMR returns amr, the ways in which the user was authenticated, such as "pwd" and
// "otp" (RFC 8176).
func (t *AccessToken) AMR() Set { return Set{t.payload().amr} }

// TokenID returns jti.
func (t *AccessToken) TokenID() string { return t.payload().text[claimTokenID] }

// OriginTokenID returns origin_jti, which all tokens of one sign-in share, or "".
func (t *AccessToken) OriginTokenID() string { return t.payload().text[claimOriginTokenID] }

// EventID returns event_id, which Cognito's own logs and triggers of the sign-in
// carry, or "".
func (t *AccessToken) EventID() string { return t.payload().text[claimEventID] }

// Claims decodes the payload into dst, a pointer to a struct or a map, by the
// json tags of its fields. Names are case-sensitive and values are not converted: a claim
// of another JSON kind than its field is an error. Claims without a field are ignored. The
// option string of a tag, as in `json:"custom:beta,string"`, and json.Number are as in
// encoding/json. For another decoder, use RawClaims.
//
//	var mine struct {
//		Tier string `json:"custom:tier"`
//	}
//	err := token.Claims(&mine)
func (t *AccessToken) Claims(dst any) error { return t.payload().decode(dst) }

// Claim returns one claim, known or not, as it is in the token.
func (t *AccessToken) Claim(name string) (value json.RawMessage, ok bool) {
	member, ok := t.payload().member(name)
	return json.RawMessage(member), ok
}

// RawClaims returns a copy of the payload: every claim as it is in the token.
func (t *AccessToken) RawClaims() json.RawMessage { return json.RawMessage(t.payload().json) }

// RawHeader returns a copy of the protected header as it is in the token.
func (t *AccessToken) RawHeader() json.RawMessage { return json.RawMessage(t.payload().header) }

// String describes the token in a line for people. It holds no credential.
func (t *AccessToken) String() string { return t.payload().describe() }

// GoString keeps %#v from printing what is inside.
func (t *AccessToken) GoString() string { return t.String() }

// LogValue implements slog.LogValuer: kind, user pool, subject and expiry.
func (t *AccessToken) LogValue() slog.Value { return t.payload().logValue() }

// payload returns what the token says: nothing, for one that did not come from a
// Verifier.
func (t *AccessToken) payload() *payload {
	if t == nil || t.access == nil {
		return &nothing
	}
	return t.access
}

func (t *AccessToken) isToken() {}
