package cognito

import (
	"encoding/json"
	"log/slog"
	"slices"
	"time"
)

// An IDToken is a verified ID token: who the user is. Only [Verifier.VerifyIDToken] and
// [Verifier.VerifyEither] return one. It is immutable and safe for concurrent use.
// Requests with the same token share one IDToken, so do not assign to the value that the
// pointer points to. Methods return "", false or an empty [Set] for claims that the token
// does not have.
//
// https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-id-token.html
type IDToken struct{ id *payload }

// ClientID returns aud, the app client that the token was issued to.
func (t *IDToken) ClientID() string { return t.payload().client() }

// Username returns cognito:username, the user's name in the user pool.
func (t *IDToken) Username() string { return t.payload().text[claimCognitoUsername] }

// Email returns email, "" if it is absent or not a string. Check [IDToken.EmailVerified]
// before you trust it.
func (t *IDToken) Email() string { return t.payload().text[claimEmail] }

// EmailVerified returns email_verified, false if it is absent or not a boolean. A provider's
// attribute mapping can make it the string "true", which does not count: see
// [IDToken.Claim].
func (t *IDToken) EmailVerified() bool { return t.payload().emailVerified }

// PhoneNumber returns phone_number, in E.164 form, "" if it is absent or not a string. Check
// [IDToken.PhoneNumberVerified] before you trust it.
func (t *IDToken) PhoneNumber() string { return t.payload().text[claimPhoneNumber] }

// PhoneNumberVerified returns phone_number_verified, false if it is absent or not a boolean.
func (t *IDToken) PhoneNumberVerified() bool { return t.payload().phoneNumberVerified }

// Roles returns cognito:roles, the IAM roles of the user's groups.
func (t *IDToken) Roles() Set { return Set{t.payload().roles} }

// PreferredRole returns cognito:preferred_role, the IAM role of the user's first
// group.
func (t *IDToken) PreferredRole() string { return t.payload().text[claimPreferredRole] }

// Nonce returns nonce. Compare it with [RequireNonce], not by hand.
func (t *IDToken) Nonce() string { return t.payload().text[claimNonce] }

// AccessTokenHash returns at_hash, which binds the access token of the same
// sign-in to this one (OpenID Connect Core §3.1.3.6).
func (t *IDToken) AccessTokenHash() string { return t.payload().text[claimAccessTokenHash] }

// Identities returns a copy of identities: the accounts at external providers that
// are linked to the user. There are none if the claim is not an array of objects.
func (t *IDToken) Identities() []Identity { return slices.Clone(t.payload().identities) }

// UserPoolID returns the ID of the configured user pool that issued the token.
func (t *IDToken) UserPoolID() string { return t.payload().poolID() }

// Issuer returns iss: which of its names the user pool used.
func (t *IDToken) Issuer() string { return t.payload().text[claimIssuer] }

// KeyID returns kid, the name of the key that signed the token.
func (t *IDToken) KeyID() string { return t.payload().keyID() }

// Subject returns sub, the user. Do not assume that it is a UUID.
func (t *IDToken) Subject() string { return t.payload().text[claimSubject] }

// Groups returns cognito:groups, the user's groups the highest precedence first.
func (t *IDToken) Groups() Set { return Set{t.payload().groups} }

// IssuedAt returns iat, the zero time where it is absent.
func (t *IDToken) IssuedAt() time.Time { return t.payload().time(claimIssuedAt) }

// ExpiresAt returns exp.
func (t *IDToken) ExpiresAt() time.Time { return t.payload().time(claimExpiry) }

// NotBefore returns nbf, the zero time where it is absent.
func (t *IDToken) NotBefore() time.Time { return t.payload().time(claimNotBefore) }

// AuthTime returns auth_time, the time when the user signed in. A refresh keeps
// it. It is the zero time if it is absent.
func (t *IDToken) AuthTime() time.Time { return t.payload().time(claimAuthTime) }

// ACR returns acr, the level of assurance of the sign-in, such as
// "urn:cognito:loa:2", or "".
func (t *IDToken) ACR() string { return t.payload().text[claimACR] }

// AMR returns amr, the ways in which the user was authenticated, such as "pwd" and
// "otp" (RFC 8176).
func (t *IDToken) AMR() Set { return Set{t.payload().amr} }

// TokenID returns jti.
func (t *IDToken) TokenID() string { return t.payload().text[claimTokenID] }

// OriginTokenID returns origin_jti, which all tokens of one sign-in share, or "".
func (t *IDToken) OriginTokenID() string { return t.payload().text[claimOriginTokenID] }

// EventID returns event_id, which Cognito's own logs and triggers of the sign-in
// carry, or "".
func (t *IDToken) EventID() string { return t.payload().text[claimEventID] }

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
func (t *IDToken) Claims(dst any) error { return t.payload().decode(dst) }

// Claim returns one claim, known or not, as it is in the token.
func (t *IDToken) Claim(name string) (value json.RawMessage, ok bool) {
	member, ok := t.payload().member(name)
	return json.RawMessage(member), ok
}

// RawClaims returns a copy of the payload: every claim as it is in the token.
func (t *IDToken) RawClaims() json.RawMessage { return json.RawMessage(t.payload().json) }

// RawHeader returns a copy of the protected header as it is in the token.
func (t *IDToken) RawHeader() json.RawMessage { return json.RawMessage(t.payload().header) }

// String describes the token in a line for people. It holds no credential.
func (t *IDToken) String() string { return t.payload().describe() }

// GoString keeps %#v from printing what is inside.
func (t *IDToken) GoString() string { return t.String() }

// LogValue implements slog.LogValuer: kind, user pool, subject and expiry.
func (t *IDToken) LogValue() slog.Value { return t.payload().logValue() }

// payload returns what the token says: nothing, for one that did not come from a
// Verifier.
func (t *IDToken) payload() *payload {
	if t == nil || t.id == nil {
		return &nothing
	}
	return t.id
}

func (t *IDToken) isToken() {}
