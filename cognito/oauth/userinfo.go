package oauth

import (
	"context"
	stdjson "encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"reflect"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// UserInfo is what the pool says of a user (OpenID Connect Core §5.3). It is
// immutable. It came by TLS and is not signed: what decides on access belongs into
// tokens.
type UserInfo struct {
	subject string
	members map[string]jsontext.Value
	body    []byte
}

// UserInfo asks the pool for the attributes of the user whose access token raw is, as
// far as the token's scopes, "openid" among them, let it. The token is verified first,
// and the answer must be about its subject (OpenID Connect Core §5.3.2).
// https://docs.aws.amazon.com/cognito/latest/developerguide/userinfo-endpoint.html
//
// The error is an [*Error]. [ErrInvalidToken] means that the pool takes the token no
// more, since the user signed out everywhere, for example.
func (c *Client) UserInfo(ctx context.Context, raw Secret) (*UserInfo, error) {
	if refusal := c.made(); refusal != nil {
		return nil, refusal
	}
	within, cancel := c.within(ctx)
	defer cancel()
	token, err := c.verifier.VerifyAccessToken(within, string(raw))
	if err != nil {
		return nil, unverified(ctx, "access", err)
	}
	// Else a server that was asked by mistake would learn a token of another pool.
	if token.UserPoolID() != c.userPoolID || token.ClientID() != c.app.ClientID || token.Subject() == "" {
		return nil, fail(ErrTokensInvalid, "the access token is not of this user pool and app client, or has no subject")
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.app.endpoint("/oauth2/userInfo"), nil)
	if err != nil {
		return nil, fail(ErrInvalidRequest, "userInfo cannot be asked for")
	}
	r.Header.Set("Authorization", "Bearer "+string(raw))
	body, refusal := c.app.do(ctx, "userInfo", r)
	if refusal != nil {
		return nil, refusal
	}
	u := &UserInfo{body: body}
	if err := json.Unmarshal(body, &u.members); err != nil {
		return nil, fail(ErrResponseInvalid, "the user pool's answer is not one JSON object")
	}
	if u.subject = u.text("sub"); u.subject != token.Subject() {
		return nil, fail(ErrResponseInvalid, "the user pool's answer is about another user")
	}
	return u, nil
}

// Subject returns sub, that of the access token.
func (u *UserInfo) Subject() string { return u.subject }

// Username returns username, the user's name in the pool.
func (u *UserInfo) Username() string { return u.text("username") }

// Email returns email. Mind [UserInfo.EmailVerified] before trusting it.
func (u *UserInfo) Email() string { return u.text("email") }

// EmailVerified returns email_verified, which Cognito writes as a string here.
func (u *UserInfo) EmailVerified() bool { return u.isTrue("email_verified") }

// PhoneNumber returns phone_number, in E.164 form. Mind
// [UserInfo.PhoneNumberVerified] before trusting it.
func (u *UserInfo) PhoneNumber() string { return u.text("phone_number") }

// PhoneNumberVerified returns phone_number_verified, which Cognito writes as a string
// here.
func (u *UserInfo) PhoneNumberVerified() bool { return u.isTrue("phone_number_verified") }

// Claim returns one claim, known or not, as it stands in the answer.
func (u *UserInfo) Claim(name string) (value stdjson.RawMessage, ok bool) {
	member, ok := u.members[name]
	return stdjson.RawMessage(member.Clone()), ok
}

// Claims decodes the answer into dst, a pointer to a struct or map of one's own, by
// the json tags of its fields. Names are compared by case and values are not converted.
// Claims without a field are left out.
func (u *UserInfo) Claims(dst any) error {
	if v := reflect.ValueOf(dst); v.Kind() != reflect.Pointer || v.IsNil() {
		return errors.New("oauth: Claims needs a non-nil pointer to decode into")
	}
	if err := json.Unmarshal(u.body, dst); err != nil {
		return errors.New("oauth: the claims do not fit the type they are to be decoded into")
	}
	return nil
}

// String names the user by subject, as logs do: attributes are the user's own.
func (u *UserInfo) String() string { return "user info of " + u.subject }

// GoString keeps %#v from printing what is inside.
func (u *UserInfo) GoString() string { return u.String() }

// LogValue implements slog.LogValuer.
func (u *UserInfo) LogValue() slog.Value { return slog.StringValue(u.String()) }

func (u *UserInfo) text(name string) (text string) {
	if v := u.members[name]; v.Kind() == '"' {
		_ = json.Unmarshal(v, &text) // it was read before
	}
	return text
}

func (u *UserInfo) isTrue(name string) bool {
	return u.text(name) == "true" || u.members[name].Kind() == 't'
}
