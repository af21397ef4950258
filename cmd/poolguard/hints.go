package main

import (
	"slices"
	"strings"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/internal/explain"
)

// hint returns what to do about a failure, "" where the message says it all. report is
// of the same token, nil where there is none.
func (p *policy) hint(code cognito.Code, report *cognito.Report) string {
	if s := p.pasteHint(code); s != "" && (code == cognito.ErrTokenMalformed || code == cognito.ErrEncryptedToken) {
		return s
	}
	if report == nil {
		report = &cognito.Report{}
	}
	return explain.Advice(code, explain.Facts{
		Report: report, Wanted: p.use, KeysGiven: p.keysFrom != "",
		Step: func(code cognito.Code) string { return p.step(code, report) },
	})
}

// step names the flag or the command that helps.
func (p *policy) step(code cognito.Code, report *cognito.Report) string {
	switch code {
	case cognito.ErrIssuerMismatch:
		return p.issuerStep(report)
	case cognito.ErrKeyNotFound:
		return "poolguard jwks prints the keys of a user pool."
	case cognito.ErrSignatureInvalid:
		if p.keysFrom != "" {
			return "Or --jwks has another key under the same name."
		}
	case cognito.ErrKeysUnavailable:
		if p.keysFrom != "" {
			return "Check that the address in --jwks is right and can be reached."
		}
		return "Check the ID of the user pool and the network, and set HTTPS_PROXY where a proxy is needed; or give the keys with --jwks FILE."
	case cognito.ErrTokenNotYetValid:
		return "--leeway allows for clocks that differ."
	case cognito.ErrTokenExpired:
		if report.Now.Sub(report.ExpiresAt) < 5*time.Minute && p.leeway == 0 {
			return "If the clocks differ, give the difference with --leeway."
		}
		if p.policyFlags.at == "" {
			return "To check whether it was valid at an earlier time, give that time with --at."
		}
	case cognito.ErrTokenUseMismatch:
		switch report.TokenUse {
		case cognito.TokenUseID, cognito.TokenUseAccess:
			return "To verify this token, add --token-use " + string(report.TokenUse) + "."
		}
	case cognito.ErrClientMismatch:
		return "To accept this one, add --client-id for it."
	case cognito.ErrAudienceMismatch:
		return "Add --audience if this service is that resource."
	default:
	}
	return ""
}

func (p *policy) issuerStep(report *cognito.Report) string {
	if region := replicaRegion(report.Issuer); region != "" && p.issuer == "" && slices.Contains(p.pools, cognito.UserPoolID(report.Issuer)) {
		return "If the user pool is replicated to " + region + ", add --replica-region " + region + "."
	}
	shown := ""
	if !p.inspecting {
		shown = "poolguard inspect shows the claim. "
	}
	if p.issuer != "" {
		return shown + "Give the issuer of the token in --issuer, if you trust it."
	}
	return shown + "Check the region, the letter case and the digits of --pool. If you trust the issuer, add --pool for its user pool, or --issuer for a local one."
}

// replicaRegion returns the Region of a replica's issuer, "" for every other text.
func replicaRegion(issuer string) string {
	id := cognito.UserPoolID(issuer)
	host, _, _ := strings.Cut(strings.TrimPrefix(issuer, "https://cognito-idp."), "/")
	region, _ := strings.CutSuffix(host, ".amazonaws.com")
	if _, err := cognito.Issuers(id, region); err != nil { // also the primary Region, and other names
		return ""
	}
	return region
}
