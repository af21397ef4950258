package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/internal/report"
	"github.com/poolguard/poolguard/internal/terminal"
	"github.com/poolguard/poolguard/internal/terminalauth/account"
	"github.com/poolguard/poolguard/internal/terminalauth/selection"
	"github.com/poolguard/poolguard/internal/terminalauth/tokenstore"
	"github.com/poolguard/poolguard/internal/timewords"
)

func (p *program) whoami() *cobra.Command {
	var flags profileFlags
	var output string
	cmd := &cobra.Command{
		Use:   "whoami",
		Short: "Show who is signed in",
		Long: `Whoami verifies the tokens of a sign-in and shows who is signed in. Tokens that
expire soon are renewed first, as in poolguard token.

Exit status:

  0  shown
  1  not signed in, or a token was rejected
  2  the command line or configuration is wrong
  3  the user pool is unavailable, so there is no verdict`,
		Example: `  poolguard whoami
  poolguard whoami --profile robot -o json | jq -r .scopes[]`,
		Args:              noArguments,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.runWhoami(cmd.Context(), flags, output)
		},
	}
	flags.define(p, cmd)
	outputFlag(cmd, &output)
	return cmd
}

// A whoamiResult is the output of whoami -o json. Absent strings are left out.
type whoamiResult struct {
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
	Renewable  bool     `json:"renewable"` // without anybody signing in
	Storage    string   `json:"storage"`   // keyring or file
	File       string   `json:"file"`
}

func (p *program) runWhoami(ctx context.Context, flags profileFlags, output string) error {
	var found faults
	asJSON := readOutput(output, &found)
	if err := found.err(); err != nil {
		return err
	}
	c, err := p.existing(&flags)
	if err != nil {
		return err
	}
	a, err := p.account(c, p.keyRing())
	if err != nil {
		return err
	}
	held, err := a.Fresh(ctx, cognito.TokenUseAccess, defaultMinLeft)
	if err != nil {
		return signInFailure(ctx, c, err)
	}
	p.sayBegan("whoami", c, held)
	tokens, kept := held.Tokens, held.Kept
	who, err := a.Identify(ctx, tokens)
	if err != nil {
		return signInFailure(ctx, c, err)
	}
	if asJSON {
		return p.writeJSON(whoamiResult{
			Profile: c.Name, Machine: who.Machine, UserPool: who.UserPoolID, Issuer: who.Issuer, ClientID: who.ClientID,
			Subject: who.Subject, Username: who.Username, Email: who.Email, Groups: who.Groups, Scopes: who.Scopes,
			SignedInAt: report.Timestamp(tokens.SignedInAt.Truncate(time.Second)), ExpiresAt: report.Timestamp(who.ExpiresAt),
			Renewable: tokens.Refresh != "" || who.Machine, Storage: string(kept), File: c.Store(nil).Path(),
		})
	}
	return p.show(p.whoamiText(c, who, tokens, kept))
}

func (p *program) whoamiText(c *selection.Selection, who *account.Identity, tokens *tokenstore.Tokens, kept tokenstore.Kept) *terminal.Page {
	g := p.page()
	row := func(name, value string) {
		if value != "" {
			g.Entry(2, 11, g.Faint(name), g.Escape(value), terminal.Plain)
		}
	}
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
	row("profile", c.Name)
	now := p.now()
	signedIn := tokens.SignedInAt.Truncate(time.Second)
	row("signed in", report.Stamp(signedIn)+", "+timewords.Relative(signedIn, now))
	expires := "expires"
	if tokens.Refresh != "" || who.Machine {
		expires = "renews by"
	}
	row(expires, report.Stamp(who.ExpiresAt)+", "+timewords.Relative(who.ExpiresAt, now))
	where := terminal.Unbroken(g.Escape(c.Store(nil).Path())) + ", "
	if kept == tokenstore.InRing {
		where += "encrypted by the key ring"
	} else {
		where += "not encrypted"
	}
	g.Entry(2, 11, g.Faint("tokens"), where, terminal.Plain)
	return g
}
