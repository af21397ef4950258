package explain

import "github.com/poolguard/poolguard/cognito"

// Facts are what is known about a failure. The zero value says that nothing is.
type Facts struct {
	// Report is of the same token, nil where there is none.
	Report *cognito.Report
	// Wanted is the kind of token that was asked for.
	Wanted cognito.TokenUse
	// KeysGiven reports whether the user chose where the keys come from. Otherwise they
	// are the keys that the user pool publishes.
	KeysGiven bool
	// Step returns what the user can do in this place, such as the flag to give, as
	// whole sentences or "". It follows the general advice. nil returns nothing.
	Step func(cognito.Code) string
}

// Advice returns what to do about a failure in whole sentences of plain text, "" where the
// message of the error says it all.
func Advice(code cognito.Code, facts Facts) string {
	if facts.Report == nil {
		facts.Report = &cognito.Report{}
	}
	advice := general(code, &facts)
	if facts.Step == nil {
		return advice
	}
	step := facts.Step(code)
	if advice != "" && step != "" {
		advice += " "
	}
	return advice + step
}

// general is the advice that is true in every place.
func general(code cognito.Code, facts *Facts) string {
	switch code {
	case cognito.ErrSignatureInvalid, cognito.ErrKeyNotFound:
		return ofKey(code, facts)
	case cognito.ErrTokenUseMismatch:
		return ofTokenUse(facts)
	case cognito.ErrNonceMismatch:
		if facts.Wanted == cognito.TokenUseAccess || facts.Report.TokenUse == cognito.TokenUseAccess {
			return "Only ID tokens have a nonce; use the ID token of the sign-in."
		}
		return "The nonce must be the one that was sent when this sign-in began. A token from a refresh may have none."
	case cognito.ErrScopeMissing:
		if facts.Report.TokenUse == cognito.TokenUseID {
			return "ID tokens have no scopes; use the access token."
		}
		return "Ask for the scope when signing in, and allow the app client to use it. A sign-in through the API gives aws.cognito.signin.user.admin only."
	case cognito.ErrGroupMissing:
		if IsMachine(facts.Report) {
			return "The token of a machine has no groups; require a scope instead."
		}
		return "Add the user to the group in the user pool. The next token then names the group."
	default:
		return always[code]
	}
}

// always has the advice that needs no facts. A code without advice has a line, too.
var always = map[cognito.Code]string{
	cognito.ErrTokenMissing:   "Send the token in the Authorization header, after the word Bearer and a space.",
	cognito.ErrRequestInvalid: "Send one token, in one Authorization header, after the word Bearer and a space.",

	cognito.ErrTokenTooLarge:       "Tokens of user pools have one to two kilobytes. Check that this is one token and not another kind of file.",
	cognito.ErrTokenMalformed:      "Copy the whole token and nothing else: three parts with two dots between them, without quotes, spaces, line breaks or the word Bearer.",
	cognito.ErrEncryptedToken:      "A refresh token is for the user pool only; no other program can read or verify it. Use the access token or the ID token that came with it.",
	cognito.ErrAlgorithmNotAllowed: "User pools sign with RS256 only. This token is not from a user pool, or it is forged.",
	cognito.ErrIssuerMismatch:      "The token names another issuer in its iss claim. Issuers are compared character by character: localhost is not 127.0.0.1.",

	cognito.ErrClaimMissing:     "Tokens that Cognito issues do not have this fault. Check what a pre token generation trigger adds to them.",
	cognito.ErrClaimInvalid:     "Check what a pre token generation trigger or an attribute mapping writes, and the format that a rule names.",
	cognito.ErrClientMismatch:   "Accept tokens only from app clients that you know.",
	cognito.ErrTokenExpired:     "Get a new token: with the refresh token, with a new sign-in, or, for a machine, from the token endpoint.",
	cognito.ErrTokenNotYetValid: "Wait, or set the clock of this machine.",
	cognito.ErrAudienceMismatch: "The token is for another resource, and only that resource may accept it.",

	cognito.ErrTokenRevoked:          "Sign in again to get a new token.",
	cognito.ErrAuthenticationTooWeak: "Sign in again in the way that is required.",
	cognito.ErrAuthenticationTooOld:  "Sign in again. A refresh keeps the time of the sign-in.",

	cognito.ErrClaimMismatch: "",
	cognito.ErrAccessDenied:  "",

	cognito.ErrKeysUnavailable:  "This says nothing about the token.",
	cognito.ErrCheckUnavailable: "This says nothing about the token. Try again.",
}

// ofKey is the advice about a key, or about a signature that does not match its key.
func ofKey(code cognito.Code, facts *Facts) string {
	switch {
	case code == cognito.ErrSignatureInvalid:
		return "The token was changed or cut when it was copied, or it is forged."
	case facts.KeysGiven:
		return "The keys must be those of the user pool that issued the token, and the newest ones."
	}
	return "The user pool does not publish the key that the token names: the pool has replaced its keys, or the token is forged."
}

func ofTokenUse(facts *Facts) string {
	switch {
	case facts.Report.TokenUse == cognito.TokenUseID && facts.Wanted == cognito.TokenUseAccess:
		return "This is an ID token. APIs take the access token that came with it."
	case facts.Report.TokenUse == cognito.TokenUseAccess && facts.Wanted == cognito.TokenUseID:
		return "This is an access token. The ID token that came with it says who the user is."
	}
	return ""
}
