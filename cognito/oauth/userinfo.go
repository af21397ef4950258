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

// UserInfo has the pool's claims about a user (OpenID Connect Core §5.3). It is
// immutable. It comes through TLS and is not signed: use tokens to decide about access.
type UserInfo struct {
	subject string
	members map[string]jsontext.Value
	body    []byte
}

// UserInfo requests the attributes of the user of the access token raw. The token's
// scopes decide which attributes it returns, and "openid" must be among them. The token
// is verified first, and the answer must be about its subject (OpenID Connect Core
// §5.3.2).
// https://docs.aws.amazon.com/cognito/latest/developerguide/userinfo-endpoint.html
//
// The error is an [*Error]. [ErrInvalidToken] means that the pool no longer accepts the
// token, for example after the user signed out everywhere.
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
	// A server must not get a token of another pool.
	if token.UserPoolID() != c.userPoolID || token.ClientID() != c.app.ClientID || token.Subject() == "" {
		return nil, fail(ErrTokensInvalid, "the access token must be for this user pool and app client, and have a subject")
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.app.endpoint("/oauth2/userInfo"), nil)
	//mutate:ignore never: New has checked the address
	if err != nil {
		return nil, fail(ErrInvalidRequest, "the request to userInfo cannot be made")
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

// Subject returns sub, the subject of the access token.
func (u *UserInfo) Subject() string { return u.subject }

// Username returns username, the user's name in the pool.
func (u *UserInfo) Username() string { return u.text("username") }

// Email returns email. Check [UserInfo.EmailVerified] before you trust it.
func (u *UserInfo) Email() string { return u.text("email") }

// EmailVerified returns email_verified, which Cognito writes as a string here.
func (u *UserInfo) EmailVerified() bool { return u.isTrue("email_verified") }

// PhoneNumber returns phone_number, in E.164 form. Check [UserInfo.PhoneNumberVerified]
// before you trust it.
func (u *UserInfo) PhoneNumber() string { return u.text("phone_number") }

// PhoneNumberVerified returns phone_number_verified, which Cognito writes as a string
// here.
func (u *UserInfo) PhoneNumberVerified() bool { return u.isTrue("phone_number_verified") }

// Claim returns one claim of the answer, known or not, unchanged.
func (u *UserInfo) Claim(name string) (value stdjson.RawMessage, ok bool) {
	member, ok := u.members[name]
	return stdjson.RawMessage(member.Clone()), ok
}

// Claims decodes the answer into dst, a pointer to your own struct or map, by the json
// tags of its fields. Names are case-sensitive and values are not converted. Claims
// without a field are ignored.
func (u *UserInfo) Claims(dst any) error {
	if v := reflect.ValueOf(dst); v.Kind() != reflect.Pointer || v.IsNil() {
		return errors.New("oauth: Claims needs a non-nil pointer")
	}
	if err := json.Unmarshal(u.body, dst); err != nil {
		return errors.New("oauth: the claims do not fit the type of dst")
	}
	return nil
}

// String returns the subject, for logs: attributes are personal data.
func (u *UserInfo) String() string { return "user info of " + u.subject }

// GoString prevents %#v from printing the attributes.
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
