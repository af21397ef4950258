package inspector

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/internal/timewords"
)

// A result is what came of a token, in the order in which the page shows it.
type result struct {
	Notes    []string // how the token was found in what was pasted
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

// A verdict is the one thing that matters, in words.
type verdict struct {
	Look    look
	Title   string
	Code    string // of the library, without the name of its package
	Message string
	Advice  string
}

// A look is how something came out, with a sign and a word that say the same.
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
		// This page has no checks of an application's own.
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

// distrust says why what follows counts for nothing, "" where it does count.
func distrust(r *cognito.Report) string {
	if r.SignatureHeld() {
		return ""
	}
	for _, c := range r.Checks {
		if c.Name == "signature" && c.Status == cognito.Failed {
			return "The signature does not hold. What follows is what the text says: it was changed, or somebody made it up."
		}
	}
	return "The signature was not checked. What follows is what the text says, and anybody can have written it."
}

func newPart(heading string, raw json.RawMessage, explain func(name string) (string, time.Time), now time.Time) part {
	p := part{Heading: heading, JSON: pretty(raw)}
	list, err := members(raw)
	if err != nil { // decoded before by stricter rules: this cannot be
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
