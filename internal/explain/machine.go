package explain

import (
	"encoding/json"

	"github.com/poolguard/poolguard/cognito"
)

// IsMachine reports whether the token of a report is an access token of the client
// credentials grant, which has no user. The token may be one that was rejected.
func IsMachine(report *cognito.Report) bool {
	var claims map[string]json.RawMessage
	if report.TokenUse != cognito.TokenUseAccess || json.Unmarshal(report.Claims, &claims) != nil {
		return false
	}
	subject := textOf(claims["sub"])
	return textOf(claims["username"]) == "" && subject != "" && subject == textOf(claims["client_id"])
}

func textOf(claim json.RawMessage) (s string) {
	if json.Unmarshal(claim, &s) != nil {
		return ""
	}
	return s
}
