package tokencheck

import (
	"slices"
	"strings"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/internal/explain"
)

// An Advisor says what the operator can do about a token that was rejected. The zero value
// advises an operator who gave no flags.
type Advisor struct {
	Policy *Policy
	// AtGiven reports that the operator gave the time of the check.
	AtGiven bool
	// Inspecting reports that the claims are shown even if the signature is not verified.
	Inspecting bool
	// Given is the text that was given as the token.
	Given explain.Given
	// Cause is why the keys of the token are unavailable, or nil.
	Cause error
}

// Advice returns what to do about a failure, "" where the message says it all. report is of
// the same token, nil where there is none.
func (a *Advisor) Advice(code cognito.Code, report *cognito.Report) string {
	if s := explain.Paste(code, a.Given); s != "" && (code == cognito.ErrTokenMalformed || code == cognito.ErrEncryptedToken) {
		return s
	}
	if report == nil {
		report = &cognito.Report{}
	}
	return explain.Advice(code, explain.Facts{
		Report: report, Wanted: a.policy().TokenUse, KeysGiven: a.policy().Keys != nil,
		Step: func(code cognito.Code) string { return a.step(code, report) },
	})
}

func (a *Advisor) policy() *Policy {
	if a.Policy == nil {
		return &Policy{}
	}
	return a.Policy
}

// step names the flag or the command that helps.
func (a *Advisor) step(code cognito.Code, report *cognito.Report) string {
	switch code {
	case cognito.ErrIssuerMismatch:
		return a.issuerStep(report)
	case cognito.ErrKeyNotFound:
		return "poolguard jwks prints the keys of a user pool."
	case cognito.ErrSignatureInvalid:
		if a.policy().Keys != nil {
			return "Or --jwks has another key under the same name."
		}
	case cognito.ErrKeysUnavailable:
		return a.keysStep()
	case cognito.ErrTokenNotYetValid:
		return "--leeway allows for clocks that differ."
	case cognito.ErrTokenExpired:
		if report.Now.Sub(report.ExpiresAt) < 5*time.Minute && a.policy().Leeway == 0 {
			return "If the clocks differ, give the difference with --leeway."
		}
		if !a.AtGiven {
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

// keysStep is about key sets that are unavailable.
func (a *Advisor) keysStep() string {
	how := strings.ReplaceAll(explain.Unreachable(a.Cause, a.policy().Issuer), "\n ", "")
	switch {
	case a.policy().Keys != nil && !strings.Contains(how, "SSL_CERT_FILE"):
		return "Check that the address in --jwks is right and can be reached."
	case a.policy().Keys != nil || a.policy().Issuer != "":
		return how
	case how != "":
		how += " "
	}
	return how + "Check the ID of the user pool; or give the keys with --jwks FILE."
}

func (a *Advisor) issuerStep(report *cognito.Report) string {
	if region := replicaRegion(report.Issuer); region != "" && a.policy().Issuer == "" && slices.Contains(a.policy().UserPoolIDs, cognito.UserPoolID(report.Issuer)) {
		return "If the user pool is replicated to " + region + ", add --replica-region " + region + "."
	}
	shown := ""
	if !a.Inspecting {
		shown = "poolguard inspect shows the claim. "
	}
	if a.policy().Issuer != "" {
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
