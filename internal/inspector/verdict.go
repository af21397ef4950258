package inspector

import (
	"strings"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/internal/explain"
	"github.com/poolguard/poolguard/internal/timewords"
	"github.com/poolguard/poolguard/internal/web"
)

// An adviser finds the words for the result.
type adviser struct {
	q      *question
	report *cognito.Report
	pools  []Pool
}

// verdict says the answer in words.
func (ad *adviser) verdict(a *answer) verdict {
	switch {
	case a.rejection != nil && a.rejection.Temporary():
		return verdict{
			Look: looksDoubt, Title: "Not verified", Code: string(a.rejection.Code()),
			Message: message(a.rejection), Advice: ad.advice(a.rejection.Code()),
		}
	case a.rejection != nil:
		return verdict{
			Look: looksBad, Title: "Rejected", Code: string(a.rejection.Code()),
			Message: message(a.rejection), Advice: ad.advice(a.rejection.Code()),
		}
	case a.noPools:
		return verdict{
			Look: looksDoubt, Title: "Not verified",
			Message: "There is no user pool here, so there are no keys to check the signature with.",
			Advice:  "Create a user pool first. The page shows the content of the token without it.",
		}
	}
	v := verdict{Look: looksGood, Title: "Valid " + ad.kind()}
	v.Message = "The user pool that it names issued it for an app client of the pool. It expires " +
		timewords.Relative(ad.report.ExpiresAt, ad.report.Now) + "."
	if ad.q.client != "" {
		v.Message = strings.Replace(v.Message, "an app client of the pool", "the app client that you named", 1)
	}
	v.Advice = "A token does not show whether its user has signed out."
	if explain.IsMachine(ad.report) {
		v.Advice = "It is the token of a machine, so it has no user."
	}
	return v
}

// message makes a sentence of the library's message. The name of a claim at its
// beginning keeps its spelling.
func message(e *cognito.Error) string {
	text := visible(e.Detail())
	if first, _, _ := strings.Cut(text, " "); first == e.Claim() {
		return text + "."
	}
	return web.Sentence(text)
}

func (ad *adviser) kind() string {
	if ad.report.TokenUse == cognito.TokenUseID {
		return "ID token"
	}
	return "access token"
}

// checkTitles are the titles of the checks.
var checkTitles = map[string]string{
	"size": "Size", "shape": "Shape", "algorithm": "Algorithm", "issuer": "Issuer", "key": "Key", "signature": "Signature",
	"token_use": "Token use", "client": "App client", "expiry": "Expiry", "not_before": "Not before", "audience": "Audience",
	"nonce": "Nonce", "revocation": "Revocation", "acr": "Strength of sign-in (acr)", "auth_time": "Age of sign-in (auth_time)",
	"scopes": "Scopes", "groups": "Groups", "claims": "Other claims",
}

// check says the result of a check in words. It does not repeat the advice of the
// verdict.
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
			row.Look = look{"doubt", "?", "unknown"}
		}
		if row.Code != advised {
			row.Advice = ad.advice(c.Code)
		}
	default: // it was not made
	}
	return row
}

// advice returns what to do about a failure, "" where the message says it all.
func (ad *adviser) advice(code cognito.Code) string {
	return explain.Advice(code, explain.Facts{Report: ad.report, Wanted: ad.q.use, Step: ad.step})
}

// step is what the reader of the page can do.
func (ad *adviser) step(code cognito.Code) string {
	switch code {
	case cognito.ErrIssuerMismatch:
		return ad.issuerStep()
	case cognito.ErrKeyNotFound:
		return "A local pool makes new keys when it starts again. Get a new token."
	case cognito.ErrKeysUnavailable:
		return "Try again; the log of the server has the cause."
	case cognito.ErrClientMismatch:
		if ad.q.client != "" {
			return "The form names another app client; leave the field empty to accept every app client of the pool."
		}
		return "To accept this one here, name it in the form."
	default:
		return ""
	}
}

func (ad *adviser) issuerStep() string {
	var known []string
	for _, pool := range ad.pools {
		known = append(known, pool.Issuer)
	}
	const most = 3
	if more := len(known) - most; more > 0 {
		known = append(known[:most], "others listed below")
	}
	return "This page checks the tokens of " + strings.Join(known, ", ") + ". For tokens of a pool on AWS, use poolguard verify."
}
