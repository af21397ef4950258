package cognito

import (
	"strconv"
	"time"

	"github.com/poolguard/poolguard/cognito/internal/jose"
)

// An Identity is an account at an external provider that is linked to the user, a
// member of the identities claim of ID tokens.
type Identity struct {
	UserID       string    // the user's ID at the provider
	ProviderName string    // as the user pool calls it
	ProviderType string    // for example SAML, Google, OIDC
	Issuer       string    // of a SAML provider, else ""
	Primary      bool      // whether the user's profile is this account
	DateCreated  time.Time // when it was linked; zero where not told
}

// readIdentities reads an array of objects. Within them Cognito writes booleans and
// times as strings ("true", milliseconds); members of other kinds are left out.
func readIdentities(value jose.Value) ([]Identity, bool) {
	list := []Identity{}
	err := jose.DecodeArray(value, func(member jose.Value, _ int) error {
		var id Identity
		err := jose.DecodeObject(member, "payload", jose.VisitorFunc(func(name []byte, value jose.Value, _ int) error {
			text, _ := value.Text()
			switch string(name) {
			case "userId":
				id.UserID = text
			case "providerName":
				id.ProviderName = text
			case "providerType":
				id.ProviderType = text
			case "issuer":
				id.Issuer = text
			case "primary":
				id.Primary = text == "true" || string(value) == "true"
			case "dateCreated":
				id.DateCreated = millisecondsOf(text, value)
			}
			return nil
		}))
		list = append(list, id)
		return err
	})
	return list, err == nil
}

func millisecondsOf(text string, value jose.Value) time.Time {
	if text == "" {
		text = string(value)
	}
	ms, err := strconv.ParseInt(text, 10, 64)
	if err != nil || ms <= 0 || ms > maxTime {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
