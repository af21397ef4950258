package explain

import (
	"encoding/json"

	"github.com/poolguard/poolguard/cognito"
)

// IsMachine reports whether the token of a report is an access token of the client
// credentials grant, which has no user: it has no claim username, and its subject is the
// app client, as [cognito.AccessToken.IsMachine] requires. The token may be one that was
// rejected.
func IsMachine(report *cognito.Report) bool {
	var claims map[string]json.RawMessage
	if report.TokenUse != cognito.TokenUseAccess || json.Unmarshal(report.Claims, &claims) != nil {
		return false
	}
	if _, user := claims["username"]; user {
		return false
	}
	subject := textOf(claims["sub"])
	return subject != "" && subject == textOf(claims["client_id"])
}

func textOf(claim json.RawMessage) (s string) {
	if json.Unmarshal(claim, &s) != nil {
		return ""
	}
	return s
}
