package inspector

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/internal/timewords"
)

// A result is the outcome for a token, in the order of the page.
type result struct {
	Notes    []string // how the token was found in the pasted text
	Verdict  verdict
	Refresh  bool // it is a refresh token, which the page explains
	Checks   []check
	Decoded  bool
	Trusted  bool // its signature held
	Distrust string
	Timeline *timeline
	Header   part
	Claims   part
}

// A verdict is the outcome in a few words.
type verdict struct {
	Look    look
	Title   string
	Code    string // of the library, without the name of its package
	Message string
	Advice  string
}

// A look is how the page shows an outcome: a style class, with a sign and a word of the
// same meaning.
type look struct{ Class, Sign, Word string }

var (
	looksGood   = look{"good", "✓", "passed"}
	looksBad    = look{"bad", "✗", "failed"}
	looksDoubt  = look{"doubt", "?", ""}
	looksSilent = look{"silent", "–", "not checked"}
)

// A check is one row of the checks.
type check struct {
	Title  string
	Look   look
	Code   string
	Reason string
	Advice string
}

// A part is the header or the claims.
type part struct {
	Heading string // the id of its heading, which names its table
	Rows    []row
	JSON    string
}

// A row is a member of a part.
type row struct {
	Name    string
	Value   string
	Tall    bool   // of several lines
	When    string // of a time, in words
	Meaning string
}

func newResult(q *question, a *answer, pools []Pool) *result {
	r := a.report
	res := &result{Decoded: r.Decoded(), Trusted: r.SignatureHeld()}
	adviser := adviser{q: q, report: r, pools: pools}
	res.Verdict = adviser.verdict(a)
	res.Refresh = res.Verdict.Code == string(cognito.ErrEncryptedToken)
	for _, c := range r.Checks {
		// This page has no checks that an application adds.
		if c.Name != "custom" || c.Status != cognito.NotChecked {
			res.Checks = append(res.Checks, adviser.check(c, res.Verdict.Code))
		}
	}
	if !res.Decoded {
		return res
	}
	res.Distrust = distrust(r)
	res.Timeline = newTimeline(r)
	res.Header = newPart("header-heading", r.Header, func(name string) (string, time.Time) { return headerMeanings[name], time.Time{} }, r.Now)
	times := map[string]time.Time{"auth_time": r.AuthTime, "iat": r.IssuedAt, "nbf": r.NotBefore, "exp": r.ExpiresAt}
	res.Claims = newPart("claims-heading", r.Claims, func(name string) (string, time.Time) { return meaning(name, r.TokenUse), times[name] }, r.Now)
	return res
}

// distrust says why the claims are not trusted, "" where they are.
func distrust(r *cognito.Report) string {
	if r.SignatureHeld() {
		return ""
	}
	for _, c := range r.Checks {
		if c.Name == "signature" && c.Status == cognito.Failed {
			return "The signature is not valid. The token was changed, or it is forged. Do not trust the claims below."
		}
	}
	return "The signature was not checked. Anyone can write such a token. Do not trust the claims below."
}

func newPart(heading string, raw json.RawMessage, explain func(name string) (string, time.Time), now time.Time) part {
	p := part{Heading: heading, JSON: pretty(raw)}
	list, err := members(raw)
	if err != nil { // impossible: stricter rules decoded it before
		return p
	}
	for _, m := range list {
		text, at := explain(m.name)
		r := row{Name: visibleName(m.name), Value: pretty(m.value), Meaning: text}
		r.Tall = strings.Contains(r.Value, "\n")
		if !at.IsZero() {
			r.When = stamp(at) + ", " + timewords.Relative(at, now)
		}
		p.Rows = append(p.Rows, r)
	}
	return p
}
