package cognito

import (
	"encoding/json"
	"log/slog"
	"time"
)

// An AccessToken is a verified access token: what its bearer may do. It comes from
// [Verifier.VerifyAccessToken] and [Verifier.VerifyEither] only, is immutable, and
// may be shared by goroutines. Methods return "" or an empty [Set] for claims that
// the token does not have.
//
// https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
type AccessToken contents

// ClientID returns client_id, the app client that the token was issued to.
func (t *AccessToken) ClientID() string { return t.text[claimClientID] }

// Username returns username: the user's name in the user pool, "" for machine
// tokens.
func (t *AccessToken) Username() string { return t.text[claimUsername] }

// Scopes returns the scopes that were granted.
func (t *AccessToken) Scopes() Set { return Set{t.scopes} }

// Audiences returns aud: the resources that the token is bound to (RFC 8707), each
// of them configured. Most tokens have none.
func (t *AccessToken) Audiences() Set { return Set{t.audiences} }

// IsMachine reports whether the token is of the client credentials grant: no user
// signed in, and the subject is the app client.
func (t *AccessToken) IsMachine() bool {
	return !t.present.has(claimUsername) && t.text[claimSubject] == t.text[claimClientID]
}

// DeviceKey returns device_key, the remembered device of the sign-in.
func (t *AccessToken) DeviceKey() string { return t.text[claimDeviceKey] }

// Version returns the claim version, 0 where it is absent or no small number.
func (t *AccessToken) Version() int {
	if t.version < 0 || t.version > 1<<16 {
		return 0
	}
	return int(t.version)
}

// UserPoolID returns the ID of the configured user pool that issued the token.
func (t *AccessToken) UserPoolID() string { return t.pool.id.text }

// Issuer returns iss: which of its names the user pool used.
func (t *AccessToken) Issuer() string { return t.text[claimIssuer] }

// KeyID returns kid, the name of the key that signed the token.
func (t *AccessToken) KeyID() string { return t.key.ID() }

// Subject returns sub: the user, or the app client of a machine token. Do not
// assume that it is a UUID.
func (t *AccessToken) Subject() string { return t.text[claimSubject] }

// Groups returns cognito:groups, the user's groups by falling precedence.
func (t *AccessToken) Groups() Set { return Set{t.groups} }

// IssuedAt returns iat, the zero time where it is absent.
func (t *AccessToken) IssuedAt() time.Time { return (*contents)(t).time(claimIssuedAt) }

// ExpiresAt returns exp.
func (t *AccessToken) ExpiresAt() time.Time { return (*contents)(t).time(claimExpiry) }

// NotBefore returns nbf, the zero time where it is absent.
func (t *AccessToken) NotBefore() time.Time { return (*contents)(t).time(claimNotBefore) }

// AuthTime returns auth_time, when the user signed in, in person; a refresh keeps
// it. It is the zero time where it is absent.
func (t *AccessToken) AuthTime() time.Time { return (*contents)(t).time(claimAuthTime) }

// ACR returns acr, the level of assurance of the sign-in, such as
// "urn:cognito:loa:2", or "".
func (t *AccessToken) ACR() string { return t.text[claimACR] }

// AMR returns amr, the ways in which the user was authenticated, such as "pwd" and
// "otp" (RFC 8176).
func (t *AccessToken) AMR() Set { return Set{t.amr} }

// TokenID returns jti.
func (t *AccessToken) TokenID() string { return t.text[claimTokenID] }

// OriginTokenID returns origin_jti, which all tokens of one sign-in share, or "".
func (t *AccessToken) OriginTokenID() string { return t.text[claimOriginTokenID] }

// EventID returns event_id, which Cognito's own logs and triggers of the sign-in
// carry, or "".
func (t *AccessToken) EventID() string { return t.text[claimEventID] }

// Claims decodes the payload into dst, a pointer to a struct or map of one's own,
// by the json tags of its fields. Names are compared by case and values are not
// converted: a claim of another JSON kind than its field is an error. Claims
// without a field are left out.
//
//	var mine struct {
//		Tier string `json:"custom:tier"`
//	}
//	err := token.Claims(&mine)
func (t *AccessToken) Claims(dst any) error { return (*contents)(t).decode(dst) }

// Claim returns one claim, known or not, as it stands in the token.
func (t *AccessToken) Claim(name string) (value json.RawMessage, ok bool) {
	member, ok := (*contents)(t).member(name)
	return json.RawMessage(member), ok
}

// RawClaims returns a copy of the payload: every claim as it stands in the token.
func (t *AccessToken) RawClaims() json.RawMessage { return json.RawMessage(t.payload) }

// RawHeader returns a copy of the protected header as it stands in the token.
func (t *AccessToken) RawHeader() json.RawMessage { return json.RawMessage(t.header) }

// String describes the token in a line for people. It holds no credential.
func (t *AccessToken) String() string { return (*contents)(t).describe() }

// GoString keeps %#v from printing what is inside.
func (t *AccessToken) GoString() string { return t.String() }

// LogValue implements slog.LogValuer: kind, user pool, subject and expiry.
func (t *AccessToken) LogValue() slog.Value { return (*contents)(t).logValue() }

func (t *AccessToken) isToken() {}
