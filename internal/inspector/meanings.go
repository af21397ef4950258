package inspector

import (
	"strings"

	"github.com/poolguard/poolguard/cognito"
)

// headerMeanings explain the parameters of the header (RFC 7515 §4.1).
var headerMeanings = map[string]string{
	"alg":  "how it is signed; user pools use RS256 and nothing else",
	"kid":  "which of the user pool’s keys signed it",
	"typ":  "what kind of text this is; user pools leave it out",
	"cty":  "what kind of text is inside",
	"jku":  "an address of keys; never asked, for the sender chose it",
	"jwk":  "a key; never used, for the sender chose it",
	"x5u":  "an address of certificates; never asked, for the sender chose it",
	"x5c":  "certificates; never used, for the sender chose them",
	"x5t":  "a certificate’s fingerprint; not used",
	"crit": "parameters that a reader must understand; tokens with it are refused",
}

// claimMeanings explain the claims that Cognito and OpenID Connect know, each by a
// short phrase.
// https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-with-identity-providers.html
var claimMeanings = map[string]string{
	"iss":                    "issuer: the user pool that made the token",
	"sub":                    "subject: the user’s identifier, which never changes; of a machine’s token, the app client",
	"aud":                    "audience: the app client that the token is for",
	"client_id":              "the app client that got the token",
	"token_use":              "which kind of token this is: access or id",
	"scope":                  "what the bearer may do, separated by spaces",
	"username":               "the user’s name in the user pool",
	"cognito:username":       "the user’s name in the user pool",
	"cognito:groups":         "groups of the user, in the order of their precedence",
	"cognito:roles":          "AWS roles of the user’s groups",
	"cognito:preferred_role": "the AWS role of the group with the highest precedence",
	"auth_time":              "when the user signed in, in person; refreshing does not change it",
	"iat":                    "issued at: when this token was made",
	"nbf":                    "not before: when it begins to be good",
	"exp":                    "expires: from this second on it is no longer good",
	"jti":                    "this token’s own identifier",
	"origin_jti":             "names the sign-in: all tokens refreshed from it share this, and are revoked by it",
	"event_id":               "names the sign-in in the user pool’s logs",
	"device_key":             "the remembered device of the user",
	"version":                "version of the token’s format",
	"nonce":                  "what the app sent when the sign-in began, so that it knows its own",
	"at_hash":                "hash of the access token that came along",
	"acr":                    "how strong the sign-in was",
	"amr":                    "by which methods the user signed in",
	"identities":             "the user’s accounts with other identity providers",
	"email":                  "e-mail address",
	"email_verified":         "whether the user has shown to own the e-mail address",
	"phone_number":           "telephone number",
	"phone_number_verified":  "whether the user has shown to own the telephone number",
	"name":                   "full name",
	"given_name":             "first name",
	"family_name":            "family name",
	"middle_name":            "middle name",
	"nickname":               "what friends call the user",
	"preferred_username":     "another name under which the user may sign in",
	"profile":                "address of the user’s profile page",
	"picture":                "address of the user’s picture",
	"website":                "address of the user’s web page",
	"gender":                 "gender",
	"birthdate":              "date of birth",
	"zoneinfo":               "time zone of the user",
	"locale":                 "language and country of the user",
	"address":                "postal address",
	"updated_at":             "when the profile was last changed, in seconds after 1970",
	"cnf":                    "the key to which the token is bound",
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
