package report

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/internal/explain"
	"github.com/poolguard/poolguard/internal/terminal"
	"github.com/poolguard/poolguard/internal/timewords"
)

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
func (g *Writer) facts(r *cognito.Report) {
	var c factClaims
	if json.Unmarshal(r.Claims, &c) != nil {
		return // decoded before by stricter rules: this cannot be
	}
	access := r.TokenUse == cognito.TokenUseAccess
	user, client := c.text("cognito:username"), c.text("aud")
	if access {
		user, client = c.text("username"), c.text("client_id")
		if explain.IsMachine(r) {
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
	g.fact("groups", Names(c.texts("cognito:groups")))
	if access {
		g.fact("scopes", Names(strings.Fields(c.text("scope"))))
		audiences := c.texts("aud")
		if one := c.text("aud"); one != "" {
			audiences = []string{one}
		}
		g.fact("bound to", Names(audiences))
	}
	g.when("signed in", r.AuthTime, r.Now)
	g.when("issued", r.IssuedAt, r.Now)
	verb := "expires"
	if !r.Now.Before(r.ExpiresAt) {
		verb = "expired"
	}
	g.when(verb, r.ExpiresAt, r.Now)
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

func (g *Writer) fact(label, value string) {
	if value != "" {
		g.Entry(2, 11, g.Faint(label), g.Escape(value), terminal.Plain)
	}
}

// when writes a time as a stamp and in words.
func (g *Writer) when(label string, t, now time.Time) {
	if !t.IsZero() {
		g.fact(label, Stamp(t)+", "+timewords.Relative(t, now))
	}
}

// Names writes a list, quoting a name that would read as two.
func Names(list []string) string {
	shown := make([]string, 0, len(list))
	for _, name := range list {
		if name == "" || strings.ContainsAny(name, ", \"") {
			name = `"` + strings.ReplaceAll(name, `"`, `\"`) + `"`
		}
		shown = append(shown, name)
	}
	return strings.Join(shown, ", ")
}
