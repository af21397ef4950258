package main

import (
	"time"

	"github.com/poolguard/poolguard/cognito"
)

// hint says what to do about a failure, "" where the message says it all. report
// is of the same token, nil where there is none.
func (p *policy) hint(code cognito.Code, report *cognito.Report) string {
	if report == nil {
		report = &cognito.Report{}
	}
	if s := p.pasteHint(code); s != "" && (code == cognito.ErrTokenMalformed || code == cognito.ErrEncryptedToken) {
		return s
	}
	switch code {
	case cognito.ErrTokenMalformed:
		return "Copy the whole token and nothing else: three parts with two dots between, no quotes, no \"Bearer\" before it, no line breaks."
	case cognito.ErrTokenTooLarge:
		return "Cognito's tokens have one to two kilobytes. See that this is one token and no file of another kind."
	case cognito.ErrEncryptedToken:
		return "A refresh token is for the user pool alone: nobody else can read or verify it."
	case cognito.ErrAlgorithmNotAllowed:
		return "User pools sign with RS256 only. This token is not a user pool's, or somebody has forged it."
	case cognito.ErrIssuerMismatch:
		return p.issuerHint()
	case cognito.ErrKeyNotFound, cognito.ErrKeysUnavailable, cognito.ErrSignatureInvalid:
		return p.keyHint(code)
	case cognito.ErrTokenExpired, cognito.ErrTokenNotYetValid:
		return p.timeHint(code, report)
	default:
		return p.claimHint(code, report)
	}
}

func (p *policy) issuerHint() string {
	seen := "See with poolguard inspect which issuer the token names. "
	if p.inspecting {
		seen = "The token names another issuer, in iss. "
	}
	if p.issuer != "" {
		return seen + "--issuer must be the token's iss letter by letter; localhost is not 127.0.0.1."
	}
	return seen + "Check the region, the letter case and the digits of --pool. Add --pool for its user pool, or --issuer for a local one, if you trust it."
}

func (p *policy) keyHint(code cognito.Code) string {
	given := p.keysFrom != ""
	switch {
	case code == cognito.ErrSignatureInvalid && given:
		return "The token was changed or cut when it was copied, or somebody has forged it. Or --jwks has another key under the name that the token's key has."
	case code == cognito.ErrSignatureInvalid:
		return "The token was changed or cut when it was copied, or somebody has forged it."
	case code == cognito.ErrKeyNotFound && given:
		return "See that --jwks has the keys of this token's user pool, and the newest ones: poolguard jwks shows them."
	case code == cognito.ErrKeyNotFound:
		return "The user pool does not publish the key that the token names: it was rotated away, or the token is forged. poolguard jwks shows the keys."
	case given:
		return "This says nothing about the token. See that the address in --jwks is right and can be reached."
	}
	return "This says nothing about the token. See that the ID of the user pool is right, that there is a network, and that HTTPS_PROXY is set where a proxy is needed; or give the keys with --jwks FILE."
}

func (p *policy) timeHint(code cognito.Code, report *cognito.Report) string {
	if code == cognito.ErrTokenNotYetValid {
		return "Wait, or set the clock of this machine right; --leeway allows for clocks that differ."
	}
	s := "Get a new token: with the refresh token, by a new sign-in, or, for a machine, from the token endpoint."
	if report.Now.Sub(report.ExpiresAt) < 5*time.Minute && p.leeway == 0 {
		return s + " If the clocks differ, say by how much with --leeway."
	}
	if p.policyFlags.at == "" {
		return s + " To see whether it was good once, give a time with --at."
	}
	return s
}

// claimHint is about what the signature vouches for.
func (p *policy) claimHint(code cognito.Code, report *cognito.Report) string {
	switch code {
	case cognito.ErrTokenUseMismatch:
		return p.useHint(report)
	case cognito.ErrClientMismatch:
		return "Add --client-id for that app client if you trust it. A token of a client that you do not know is not for you."
	case cognito.ErrAudienceMismatch:
		return "The token is for another resource. Add --audience if this service is that resource."
	case cognito.ErrNonceMismatch:
		if p.use == cognito.TokenUseAccess || report.TokenUse == cognito.TokenUseAccess {
			return "Only ID tokens have a nonce: verify the ID token of the sign-in."
		}
		return "Give the nonce that was sent when this sign-in began. A token from a refresh need not have it."
	case cognito.ErrScopeMissing:
		if report.TokenUse == cognito.TokenUseID {
			return "ID tokens have no scopes: verify the access token."
		}
		return "Ask for the scope when signing in, and allow it to the app client. A sign-in through the API gives aws.cognito.signin.user.admin only."
	case cognito.ErrGroupMissing:
		if isMachine(report) {
			return "A machine's token has no groups: require a scope."
		}
		return "Add the user to the group in the user pool; the next token then has it."
	case cognito.ErrClaimMissing, cognito.ErrClaimInvalid:
		return "Tokens of Cognito are not so. See what a pre token generation trigger puts into them."
	default:
		return ""
	}
}

func (p *policy) useHint(report *cognito.Report) string {
	switch {
	case report.TokenUse == cognito.TokenUseID && p.use == cognito.TokenUseAccess:
		return "You sent an ID token. APIs take the access token; to verify this one, say --token-use id."
	case report.TokenUse == cognito.TokenUseAccess && p.use == cognito.TokenUseID:
		return "You sent an access token. The ID token says who the user is; to verify this one, say --token-use access."
	}
	return ""
}
