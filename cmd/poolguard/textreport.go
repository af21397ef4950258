package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/internal/terminal"
	"github.com/poolguard/poolguard/internal/timewords"
)

// textOutcomes returns what writes outcomes for people. several says that tokens
// are numbered.
func (p *program) textOutcomes(policy *policy, several bool) func(*outcome) error {
	look := terminal.Detect(p.stdout, p.getenv)
	return func(o *outcome) error {
		g := &page{terminal.NewPage(look)}
		if o.number > 1 {
			g.Line("")
		}
		g.verdict(policy, o, several)
		if o.report != nil {
			if o.report.SignatureHeld() {
				g.Line("")
				if o.token != nil {
					g.fact("user pool", o.token.UserPoolID())
				}
				g.facts(o.report)
			}
			g.Heading("checks")
			g.checks(policy, o.report, verifying)
		}
		return p.show(g)
	}
}

// verdict writes the one thing that matters: whether the token is good, and if not,
// why and what to do. Only the verifier's answer decides; the report explains.
func (g *page) verdict(policy *policy, o *outcome, several bool) {
	number := ""
	if several {
		number = fmt.Sprintf("token %d  ", o.number)
	}
	switch {
	case o.unavailable():
		g.Line(number + g.Doubt(g.Sign("! ", "!! ")+"not judged: "+string(o.refusal.Code())))
		g.Paragraph(2, g.Escape(unjudged(o.refusal)))
		g.Advice(2, policy.hint(o.refusal.Code(), o.report))
	case o.refusal != nil:
		g.Line(number + g.Bad(g.Sign("✘ ", "no ")+"rejected: "+string(o.refusal.Code())))
		g.Paragraph(2, g.Escape(o.refusal.Message()))
		g.Advice(2, policy.hint(o.refusal.Code(), o.report))
	default:
		kind := "ID"
		if _, access := o.token.(*cognito.AccessToken); access {
			kind = "access"
		}
		g.Line(number + g.Good(g.Sign("✔ ", "ok ")+"valid "+kind+" token"))
	}
}

// factClaims are the claims that say who and what, as far as they can be shown.
type factClaims map[string]json.RawMessage

func (c factClaims) text(name string) string {
	var s string
	if json.Unmarshal(c[name], &s) != nil {
		return ""
	}
	return s
}

func (c factClaims) texts(name string) []string {
	var list []string
	if json.Unmarshal(c[name], &list) != nil {
		return nil
	}
	return list
}

// facts writes who and what the token is about. Its signature held.
func (g *page) facts(r *cognito.Report) {
	var c factClaims
	if json.Unmarshal(r.Claims, &c) != nil {
		return // decoded before by stricter rules: this cannot be
	}
	access := r.TokenUse == cognito.TokenUseAccess
	user, client := c.text("cognito:username"), c.text("aud")
	if access {
		user, client = c.text("username"), c.text("client_id")
		if isMachine(r) {
			user = "none, this is a machine's token"
		}
	}
	g.fact("user", user)
	if !access {
		g.fact("email", emailOf(c))
	}
	g.fact("subject", c.text("sub"))
	g.fact("client", client)
	g.fact("issuer", r.Issuer)
	g.fact("groups", names(c.texts("cognito:groups")))
	if access {
		g.fact("scopes", names(strings.Fields(c.text("scope"))))
		audiences := c.texts("aud")
		if one := c.text("aud"); one != "" {
			audiences = []string{one}
		}
		g.fact("bound to", names(audiences))
	}
	g.when("signed in", r.AuthTime, r.Now)
	g.when("issued", r.IssuedAt, r.Now)
	verb := "expires"
	if !r.Now.Before(r.ExpiresAt) {
		verb = "expired"
	}
	g.when(verb, r.ExpiresAt, r.Now)
}

// isMachine reports whether an access token is of no user: its client got it for
// itself.
func isMachine(r *cognito.Report) bool {
	var c factClaims
	if r.TokenUse != cognito.TokenUseAccess || json.Unmarshal(r.Claims, &c) != nil {
		return false
	}
	return c.text("username") == "" && c.text("sub") == c.text("client_id")
}

func emailOf(c factClaims) string {
	switch email := c.text("email"); {
	case email == "":
		return ""
	case string(c["email_verified"]) == "true":
		return email + " (verified)"
	default:
		return email + " (not verified)"
	}
}

func (g *page) fact(label, value string) {
	if value != "" {
		g.Entry(2, 11, g.Faint(label), g.Escape(value), terminal.Plain)
	}
}

// when writes a time as a stamp and in words.
func (g *page) when(label string, t, now time.Time) {
	if !t.IsZero() {
		g.fact(label, stampOf(t)+", "+timewords.Relative(t, now))
	}
}

// stampOf writes a time, also one that RFC 3339 cannot write.
func stampOf(t time.Time) string {
	if s := timestamp(t); s != "" {
		return s
	}
	return fmt.Sprintf("%d seconds after 1970", t.Unix())
}

// names writes a list, quoting a name that would read as two.
func names(list []string) string {
	shown := make([]string, 0, len(list))
	for _, name := range list {
		if name == "" || strings.ContainsAny(name, ", \"") {
			name = `"` + strings.ReplaceAll(name, `"`, `\"`) + `"`
		}
		shown = append(shown, name)
	}
	return strings.Join(shown, ", ")
}
