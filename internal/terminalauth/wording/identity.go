package wording

import (
	"time"

	"github.com/poolguard/poolguard/internal/report"
	"github.com/poolguard/poolguard/internal/terminal"
	"github.com/poolguard/poolguard/internal/terminalauth/account"
	"github.com/poolguard/poolguard/internal/terminalauth/selection"
	"github.com/poolguard/poolguard/internal/terminalauth/tokenstore"
	"github.com/poolguard/poolguard/internal/timewords"
)

// A SignIn is a sign-in that whoami shows.
type SignIn struct {
	Selection *selection.Selection
	Identity  *account.Identity
	Held      *account.Held
}

// A SignInJSON is a [SignIn] for programs. Absent strings are left out.
type SignInJSON struct {
	Profile    string   `json:"profile"`
	Machine    bool     `json:"machine"`
	UserPool   string   `json:"user_pool"`
	Issuer     string   `json:"issuer"`
	ClientID   string   `json:"client_id"`
	Subject    string   `json:"subject"`
	Username   string   `json:"username,omitempty"`
	Email      string   `json:"email,omitempty"`
	Groups     []string `json:"groups"`
	Scopes     []string `json:"scopes"`
	SignedInAt string   `json:"signed_in_at,omitempty"`
	ExpiresAt  string   `json:"expires_at"`
	Renewable  bool     `json:"renewable"` // without a user who signs in
	Storage    string   `json:"storage"`   // keyring or file
	File       string   `json:"file"`
}

// JSON returns the form for programs.
func (s SignIn) JSON() SignInJSON {
	who := s.Identity
	return SignInJSON{
		Profile: s.Selection.Name, Machine: who.Machine, UserPool: who.UserPoolID, Issuer: who.Issuer, ClientID: who.ClientID,
		Subject: who.Subject, Username: who.Username, Email: who.Email, Groups: who.Groups, Scopes: who.Scopes,
		SignedInAt: report.Timestamp(s.signedInAt()), ExpiresAt: report.Timestamp(who.ExpiresAt),
		Renewable: s.renewable(), Storage: string(s.Held.Kept), File: s.Selection.Store(nil).Path(),
	}
}

func (s SignIn) signedInAt() time.Time { return s.Held.Tokens.SignedInAt.Truncate(time.Second) }

func (s SignIn) renewable() bool { return s.Held.Tokens.Refresh != "" || s.Identity.Machine }

// Write writes the form for people. now is the present time.
func (s SignIn) Write(g *terminal.Page, now time.Time) {
	row := func(name, value string) {
		if value != "" {
			g.Entry(2, 11, g.Faint(name), g.Escape(value), terminal.Plain)
		}
	}
	who := s.Identity
	title := who.Username
	if who.Machine {
		title = "the machine " + who.ClientID
	}
	g.Line(g.Strong(g.Escape(title)))
	row("email", who.Email)
	row("subject", who.Subject)
	row("groups", report.Names(who.Groups))
	row("scopes", report.Names(who.Scopes))
	row("user pool", who.UserPoolID)
	row("client", who.ClientID)
	row("profile", s.Selection.Name)
	row("signed in", report.Stamp(s.signedInAt())+", "+timewords.Relative(s.signedInAt(), now))
	expires := "expires"
	if s.renewable() {
		expires = "renews by"
	}
	row(expires, report.Stamp(who.ExpiresAt)+", "+timewords.Relative(who.ExpiresAt, now))
	where := terminal.Unbroken(g.Escape(s.Selection.Store(nil).Path())) + ", "
	if s.Held.Kept == tokenstore.InRing {
		where += "encrypted by the key ring"
	} else {
		where += "not encrypted"
	}
	g.Entry(2, 11, g.Faint("tokens"), where, terminal.Plain)
}
