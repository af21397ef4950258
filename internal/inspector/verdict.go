package inspector

import (
	"encoding/json"
	"strings"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/internal/timewords"
)

// An adviser finds the words for what came of a token.
type adviser struct {
	q      *question
	report *cognito.Report
	pools  []Pool
}

// verdict puts the answer into words.
func (ad *adviser) verdict(a *answer) verdict {
	switch {
	case a.refusal != nil && a.refusal.Temporary():
		return verdict{
			Look: looksDoubt, Title: "Not judged", Code: string(a.refusal.Code()),
			Message: message(a.refusal), Advice: ad.advice(a.refusal.Code()),
		}
	case a.refusal != nil:
		return verdict{
			Look: looksBad, Title: "Rejected", Code: string(a.refusal.Code()),
			Message: message(a.refusal), Advice: ad.advice(a.refusal.Code()),
		}
	case a.nobody:
		return verdict{
			Look: looksDoubt, Title: "Not judged",
			Message: "There is no user pool here whose keys could tell whether the token is genuine.",
			Advice:  "Make a user pool first. What the token says is shown all the same.",
		}
	}
	v := verdict{Look: looksGood, Title: "Valid " + ad.kind()}
	v.Message = "It was issued by the user pool that it names, for an app client of it, and it expires " +
		timewords.Relative(ad.report.ExpiresAt, ad.report.Now) + "."
	if ad.q.client != "" {
		v.Message = strings.Replace(v.Message, "an app client of it", "the app client that you named", 1)
	}
	v.Advice = "Whether its user has signed out since cannot be seen in a token."
	if ad.isMachine() {
		v.Advice = "It is a machine’s: there is no user behind it."
	}
	return v
}

// message makes a sentence of the library's message. One that begins with the name of
// a claim keeps that as it is spelled.
func message(e *cognito.Error) string {
	text := visible(e.Message())
	if first, _, _ := strings.Cut(text, " "); first == e.Claim() {
		return text + "."
	}
	return sentence(text)
}

func (ad *adviser) kind() string {
	if ad.report.TokenUse == cognito.TokenUseID {
		return "ID token"
	}
	return "access token"
}

// isMachine reports whether it is an access token of no user: its client got it for
// itself.
func (ad *adviser) isMachine() bool {
	var claims map[string]json.RawMessage
	if ad.report.TokenUse != cognito.TokenUseAccess || json.Unmarshal(ad.report.Claims, &claims) != nil {
		return false
	}
	_, user := claims["username"]
	return !user && string(claims["sub"]) == string(claims["client_id"])
}

// checkTitles are the names of checks for people.
var checkTitles = map[string]string{
	"size": "Size", "shape": "Shape", "algorithm": "Algorithm", "issuer": "Issuer", "key": "Key", "signature": "Signature",
	"token_use": "Token use", "client": "App client", "expiry": "Expiry", "not_before": "Not before", "audience": "Audience",
	"nonce": "Nonce", "revocation": "Revocation", "acr": "Strength of sign-in (acr)", "auth_time": "Age of sign-in (auth_time)",
	"scopes": "Scopes", "groups": "Groups", "claims": "Other claims",
}

// check words a check. What the verdict advised is not advised again.
func (ad *adviser) check(c cognito.Check, advised string) check {
	row := check{Title: checkTitles[c.Name], Code: string(c.Code), Reason: visible(c.Detail), Look: looksSilent}
	if row.Title == "" {
		row.Title = c.Name
	}
	switch c.Status {
	case cognito.Passed:
		row.Look = looksGood
	case cognito.Failed:
		row.Look = looksBad
		if c.Code == cognito.ErrKeysUnavailable {
			row.Look = look{"doubt", "?", "not known"}
		}
		if row.Code != advised {
			row.Advice = ad.advice(c.Code)
		}
	default: // was not made
	}
	return row
}

// advice says what to do about a failure, "" where the message says it all.
func (ad *adviser) advice(code cognito.Code) string {
	switch code {
	case cognito.ErrTokenMalformed:
		return "Copy the whole token and nothing else: three parts with two dots between, and no line break or space inside."
	case cognito.ErrTokenTooLarge:
		return "Tokens of user pools have one to two kilobytes. See that this is one token and no file of another kind."
	case cognito.ErrEncryptedToken:
		return "Paste the access token or the ID token. They came with it, or come in exchange for it."
	case cognito.ErrAlgorithmNotAllowed:
		return "User pools sign with RS256 only. This token is not a user pool’s, or somebody has forged it."
	case cognito.ErrIssuerMismatch:
		return ad.issuerAdvice()
	case cognito.ErrKeyNotFound:
		return "The user pool does not publish the key that the token names: it was rotated away, the server was started anew and has made new keys, or the token is forged. Get a new token."
	case cognito.ErrKeysUnavailable:
		return "This says nothing about the token. Try again; the log of the server says what went wrong."
	case cognito.ErrSignatureInvalid:
		return "The token was changed or cut when it was copied, or somebody has forged it."
	case cognito.ErrTokenExpired:
		return "Get a new token: with the refresh token, by a new sign-in, or, for a machine, from the token endpoint."
	case cognito.ErrTokenNotYetValid:
		return "Wait, or set the clocks right."
	default:
		return ad.claimAdvice(code)
	}
}

func (ad *adviser) issuerAdvice() string {
	var known []string
	for _, pool := range ad.pools {
		known = append(known, pool.Issuer)
	}
	const most = 3
	if more := len(known) - most; more > 0 {
		known = append(known[:most], "others listed below")
	}
	return "The token names another issuer, in iss. This page judges the tokens of " + strings.Join(known, ", ") +
		" and compares letter by letter: localhost is not 127.0.0.1. For tokens of a pool on AWS, use poolguard verify."
}

// claimAdvice is about what the signature vouches for.
func (ad *adviser) claimAdvice(code cognito.Code) string {
	switch code {
	case cognito.ErrTokenUseMismatch:
		switch {
		case ad.report.TokenUse == cognito.TokenUseID && ad.q.use == cognito.TokenUseAccess:
			return "This is an ID token. APIs take the access token that came with it."
		case ad.report.TokenUse == cognito.TokenUseAccess && ad.q.use == cognito.TokenUseID:
			return "This is an access token. The ID token that came with it says who the user is."
		}
		return ""
	case cognito.ErrClientMismatch:
		if ad.q.client != "" {
			return "The form names another app client. Empty its field to accept any of the pool’s."
		}
		return "A token for an app client that you do not know is not for you. To have it accepted here, name its client in the form, if you trust it."
	case cognito.ErrAudienceMismatch:
		return "The token is bound to another resource, and no service but that one may take it."
	case cognito.ErrScopeMissing:
		if ad.report.TokenUse == cognito.TokenUseID {
			return "ID tokens have no scopes: paste the access token."
		}
		return "Ask for the scope when signing in, and allow it to the app client. A sign-in through the API gives aws.cognito.signin.user.admin only."
	case cognito.ErrGroupMissing:
		if ad.isMachine() {
			return "A machine’s token has no groups: require a scope."
		}
		return "Add the user to the group in the user pool; the next token then has it."
	case cognito.ErrClaimMissing, cognito.ErrClaimInvalid:
		return "Tokens of Cognito are not so. See what a pre token generation trigger puts into them."
	default:
		return ""
	}
}
