package inspector

import (
	"strings"

	"github.com/poolguard/poolguard/cognito"
)

// headerMeanings explain the parameters of the header (RFC 7515 §4.1).
var headerMeanings = map[string]string{
	"alg":  "the signature algorithm; user pools use RS256 only",
	"kid":  "the key of the user pool that signed it",
	"typ":  "the type of the token; user pools leave it out",
	"cty":  "the type of the content",
	"jku":  "an address of keys; never used, since the sender chose it",
	"jwk":  "a key; never used, since the sender chose it",
	"x5u":  "an address of certificates; never used, since the sender chose it",
	"x5c":  "certificates; never used, since the sender chose them",
	"x5t":  "a certificate’s fingerprint; not used",
	"crit": "parameters that a verifier must understand; tokens with it are rejected",
}

// claimMeanings explain the claims of Cognito and OpenID Connect, each in a short phrase.
// https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-with-identity-providers.html
var claimMeanings = map[string]string{
	"iss":                    "issuer: the user pool that issued the token",
	"sub":                    "subject: the identifier of the user, which never changes; the app client in the token of a machine",
	"aud":                    "audience: the app client that the token is for",
	"client_id":              "the app client that the token was issued to",
	"token_use":              "the kind of token: access or id",
	"scope":                  "what the token allows, separated by spaces",
	"username":               "the user’s name in the user pool",
	"cognito:username":       "the user’s name in the user pool",
	"cognito:groups":         "groups of the user, in the order of their precedence",
	"cognito:roles":          "AWS roles of the user’s groups",
	"cognito:preferred_role": "the AWS role of the group with the highest precedence",
	"auth_time":              "when the user signed in; a refresh does not change it",
	"iat":                    "issued at: when this token was issued",
	"nbf":                    "not before: when it becomes valid",
	"exp":                    "expires: from this second on, the token is not valid",
	"jti":                    "the identifier of this token",
	"origin_jti":             "the identifier of the sign-in: all tokens of the sign-in share it, refreshed ones too, and it revokes them",
	"event_id":               "the identifier of the sign-in in the logs of the user pool",
	"device_key":             "the remembered device of the user",
	"version":                "version of the token format",
	"nonce":                  "random value of the app, which binds the token to its sign-in",
	"at_hash":                "hash of the access token from the same sign-in",
	"acr":                    "strength of the sign-in",
	"amr":                    "methods with which the user signed in",
	"identities":             "the user’s accounts with other identity providers",
	"email":                  "e-mail address",
	"email_verified":         "whether the user confirmed the e-mail address",
	"phone_number":           "telephone number",
	"phone_number_verified":  "whether the user confirmed the telephone number",
	"name":                   "full name",
	"given_name":             "first name",
	"family_name":            "family name",
	"middle_name":            "middle name",
	"nickname":               "nickname",
	"preferred_username":     "another name with which the user can sign in",
	"profile":                "address of the user’s profile page",
	"picture":                "address of the user’s picture",
	"website":                "address of the user’s web page",
	"gender":                 "gender",
	"birthdate":              "date of birth",
	"zoneinfo":               "time zone of the user",
	"locale":                 "language and country of the user",
	"address":                "postal address",
	"updated_at":             "when the profile was last changed, in seconds since 1970",
	"cnf":                    "the key that the token is bound to",
}

// meaning explains a claim, "" where it is not known.
func meaning(name string, use cognito.TokenUse) string {
	switch {
	case name == "aud" && use == cognito.TokenUseAccess:
		return "audience: the resource that the token is bound to (RFC 8707)"
	case strings.HasPrefix(name, "custom:"):
		return "an attribute that this user pool defines"
	case strings.HasPrefix(name, "dev:"):
		return "an attribute that only administrators can change"
	}
	return claimMeanings[name]
}
