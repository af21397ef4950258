package issuer

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"
)

// reserved are the claims that a pre token generation trigger can neither change
// nor remove.
// https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
var reserved = []string{
	"acr", "amr", "at_hash", "aud", "auth_time", "azp", "client_id", "cognito:username", "device_key", "event_id",
	"exp", "iat", "identities", "iss", "jti", "nbf", "nonce", "origin_jti", "scope", "sub", "token_use", "username", "version",
}

// Reserved reports whether a claim cannot be added from outside.
func Reserved(claim string) bool {
	return slices.Contains(reserved, claim) || len(claim) > 8 && claim[:8] == "cognito:" && claim != "cognito:groups" &&
		claim != "cognito:roles" && claim != "cognito:preferred_role"
}

// add adds claims that are not reserved.
func (c Claims) add(extra map[string]json.RawMessage) {
	for name, value := range extra {
		if !Reserved(name) {
			c[name] = value
		}
	}
}

func formatMillis(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }
