package main

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/internal/timewords"
)

// inspection writes inspect's report for people.
func (g *page) inspection(policy *policy, r *cognito.Report) {
	if !r.Decoded() {
		g.line(g.bad(g.sign("✘ ", "no ") + "this cannot be decoded"))
		g.heading("checks")
		g.checks(policy, r, inspecting)
		return
	}
	g.trust(policy, r)
	g.json("header", r.Header)
	g.json("claims", r.Claims)
	g.timeLine(policy, r)
	g.heading("checks")
	g.checks(policy, r, inspecting)
}

// trust says first of all who vouches for what follows.
func (g *page) trust(policy *policy, r *cognito.Report) {
	kind := "a token of no known kind"
	switch r.TokenUse {
	case cognito.TokenUseAccess:
		kind = "an access token"
	case cognito.TokenUseID:
		kind = "an ID token"
	}
	checked := slices.ContainsFunc(r.Checks, func(c cognito.Check) bool {
		return c.Name == "signature" && c.Status == cognito.Failed
	})
	switch {
	case r.SignatureHeld():
		g.line(g.good(g.sign("✔ ", "ok ") + kind + ", and its signature holds"))
	case checked:
		g.line(g.bad(g.sign("✘ ", "no ") + "this says it is " + kind + ", but its signature does not hold"))
		g.paragraph("What follows is what the text says. Do not trust it.")
	default:
		g.line(g.doubt(g.sign("! ", "!! ") + "this says it is " + kind + "; its signature was not checked"))
		g.paragraph("What follows is what the text says, and anybody can have written it.")
		if policy.keys == nil {
			g.advice(2, "Give the user pool's keys with --jwks to have it checked, or verify the token.")
		}
	}
}

// unescapeSlashes takes back what Cognito does to every slash, for eyes: an address
// can then be copied. A backslash that is escaped itself stays.
var unescapeSlashes = strings.NewReplacer(`\\`, `\\`, `\/`, `/`)

// json writes an object indented, its members in the order of the token.
func (g *page) json(heading string, raw json.RawMessage) {
	var indented bytes.Buffer
	if json.Indent(&indented, raw, "    ", "  ") != nil {
		return // decoded before by stricter rules: this cannot be
	}
	g.heading(heading)
	g.line("    " + unescapeSlashes.Replace(escapeJSON(indented.Bytes(), !g.unicode)))
}

// A moment is a point of the time line.
type moment struct {
	at    time.Time
	label string
	now   bool
}

// timeLine draws the times of the token from the earliest to the latest, with the
// moment at which it was judged among them.
func (g *page) timeLine(policy *policy, r *cognito.Report) {
	judged := "now"
	if policy.policyFlags.at != "" {
		judged = "judged here (--at)"
	}
	moments := []moment{{r.Now, judged, true}}
	add := func(t time.Time, ahead, past string) {
		if t.IsZero() {
			return
		}
		label := past
		if r.Now.Before(t) {
			label = ahead
		}
		moments = append(moments, moment{at: t, label: label})
	}
	add(r.AuthTime, "signs in (auth_time)", "signed in (auth_time)")
	add(r.IssuedAt, "is issued (iat)", "issued (iat)")
	add(r.NotBefore, "is valid from then (nbf)", "valid since (nbf)")
	add(r.ExpiresAt, "expires (exp)", "expired (exp)")
	slices.SortStableFunc(moments, func(a, b moment) int { return a.at.Compare(b.at) })

	g.heading("times")
	for n, m := range moments {
		sign, stamp := g.sign("●", "*"), stampOf(m.at)
		if n > 0 && stampOf(m.at) != stampOf(moments[n-1].at) {
			g.line("    " + g.faint(g.sign("│", "|")))
		}
		if m.now {
			sign, stamp = g.strong(g.sign("◆", "#")), stampOf(m.at.Truncate(time.Second))
			g.line("    " + sign + " " + g.strong(stamp+"  "+m.label))
			continue
		}
		gap := strings.Repeat(" ", max(0, len("2026-01-31T09:00:00Z")-len(stamp)))
		g.line("    " + sign + " " + stamp + gap + "  " + m.label + ", " + timewords.Relative(m.at, r.Now))
	}
}
