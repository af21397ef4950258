package report

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/internal/terminal"
	"github.com/poolguard/poolguard/internal/timewords"
)

// Inspection writes inspect's report for people.
func (g *Writer) Inspection(r *cognito.Report) {
	if !r.Decoded() {
		g.Line(g.Bad(g.Sign("✘ ", "no ") + "this cannot be decoded"))
		g.Heading("checks")
		g.checks(r, inspecting)
		return
	}
	g.trust(r)
	g.json("header", r.Header)
	g.json("claims", r.Claims)
	g.timeLine(r)
	g.Heading("checks")
	g.checks(r, inspecting)
}

// trust says first of all who vouches for what follows.
func (g *Writer) trust(r *cognito.Report) {
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
		g.Line(g.Good(g.Sign("✔ ", "ok ") + kind + ", and its signature holds"))
	case checked:
		g.Line(g.Bad(g.Sign("✘ ", "no ") + "this says it is " + kind + ", but its signature does not hold"))
		g.Paragraph(2, "The following is the content of the text. Do not trust it.")
	default:
		g.Line(g.Doubt(g.Sign("! ", "!! ") + "this says it is " + kind + "; its signature was not checked"))
		g.Paragraph(2, "The following is the content of the token. Anyone can have written it.")
		g.Advice(2, g.KeysHint)
	}
}

// unescapeSlashes takes back what Cognito does to every slash, for eyes: an address
// can then be copied. A backslash that is escaped itself stays.
var unescapeSlashes = strings.NewReplacer(`\\`, `\\`, `\/`, `/`)

// json writes an object indented, its members in the order of the token.
func (g *Writer) json(heading string, raw json.RawMessage) {
	var indented bytes.Buffer
	if json.Indent(&indented, raw, "    ", "  ") != nil {
		return // decoded before by stricter rules: this cannot be
	}
	g.Heading(heading)
	g.Line("    " + unescapeSlashes.Replace(terminal.EscapeJSON(indented.Bytes(), !g.Unicode)))
}

// A moment is a point of the time line.
type moment struct {
	at    time.Time
	label string
	now   bool
}

// timeLine draws the times of the token from the earliest to the latest, with the
// moment at which it was judged among them.
func (g *Writer) timeLine(r *cognito.Report) {
	moments := []moment{{r.Now, cmp.Or(g.Moment, "now"), true}}
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

	g.Heading("times")
	for n, m := range moments {
		sign, stamp := g.Sign("●", "*"), Stamp(m.at)
		if n > 0 && Stamp(m.at) != Stamp(moments[n-1].at) {
			g.Line("    " + g.Faint(g.Sign("│", "|")))
		}
		if m.now {
			sign, stamp = g.Strong(g.Sign("◆", "#")), Stamp(m.at.Truncate(time.Second))
			g.Line("    " + sign + " " + g.Strong(stamp+"  "+m.label))
			continue
		}
		gap := strings.Repeat(" ", max(0, len("2026-01-31T09:00:00Z")-len(stamp)))
		g.Line("    " + sign + " " + stamp + gap + "  " + m.label + ", " + timewords.Relative(m.at, r.Now))
	}
}
