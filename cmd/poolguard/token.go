package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/internal/report"
	"github.com/poolguard/poolguard/internal/terminalauth/wording"
)

// defaultMinLeft is long enough for a request, and short against the five minutes that
// Cognito's shortest tokens live.
const defaultMinLeft = time.Minute

type tokenFlags struct {
	profileFlags
	use, minLeft, output string
	id                   bool
}

func (p *program) token() *cobra.Command {
	var flags tokenFlags
	cmd := &cobra.Command{
		Use:   "token",
		Short: "Print a token of the sign-in, renewed if needed",
		Long: `Token prints the access token of a sign-in on standard output, and nothing else.
A token that expires in less than a minute is renewed first. If many processes
need a new token at the same time, one of them renews it for all. Token never
asks a question.

A profile of a machine needs no poolguard login, because the client secret is
enough. Token stores the first token as login does. If the token is not
encrypted there, token says so on standard error.

If the user pool is on this machine, token asks it first whether it still has
the key of the token: a local pool without --data has new keys at each start.

Exit status:

  0  printed
  1  not signed in, or the sign-in has ended
  2  the command line or configuration is wrong
  3  the token had to be renewed and the user pool is unavailable, or a local
     pool is not running; the sign-in stays as it was`,
		Example: `  curl -H "Authorization: Bearer $(poolguard token)" https://api.example.com/
  poolguard token --token-use id | poolguard inspect -
  poolguard token --profile robot --min-left 10m`,
		Args:              noArguments,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.runToken(cmd.Context(), flags)
		},
	}
	flags.define(p, cmd)
	set := cmd.Flags()
	set.StringVar(&flags.use, "token-use", "access", "print this kind of token: access or id")
	set.BoolVar(&flags.id, "id", false, "print the ID token; short for --token-use id")
	set.StringVar(&flags.minLeft, "min-left", defaultMinLeft.String(), "renew a token that expires sooner than this")
	place(set, "token-use", "USE", "min-left", "DURATION")
	outputFlag(cmd, &flags.output)
	completeWith(cmd, "token-use", "access\tfor APIs", "id\tthe user's identity")
	completeWith(cmd, "min-left")
	return cmd
}

// A tokenResult is the output of token -o json.
type tokenResult struct {
	Token     string `json:"token"`
	TokenUse  string `json:"token_use"`
	ExpiresAt string `json:"expires_at"`
}

func (p *program) runToken(ctx context.Context, flags tokenFlags) error {
	var found faults
	asJSON := readOutput(flags.output, &found)
	use := cognito.TokenUse(flags.use)
	if flags.id {
		use = cognito.TokenUseID
	}
	if use != cognito.TokenUseAccess && use != cognito.TokenUseID {
		found.add("--token-use must be access or id")
	}
	minLeft, err := time.ParseDuration(flags.minLeft)
	if err != nil || minLeft < 0 {
		found.add("--min-left must be a duration with its unit, such as 30s or 2m")
	}
	if err := found.err(); err != nil {
		return err
	}
	c, err := p.existing(&flags.profileFlags)
	if err != nil {
		return err
	}
	a, err := p.account(c, p.keyRing())
	if err != nil {
		return err
	}
	held, err := a.Fresh(ctx, use, minLeft)
	if err != nil {
		return failed(ctx, wording.FailureOf(err, c))
	}
	// A local pool that was started again has other keys. It would reject its own token.
	if c.Profile.OnThisMachine() {
		if _, err := a.Identify(ctx, held.Tokens); err != nil {
			return failed(ctx, wording.FailureOf(err, c))
		}
	}
	p.sayBegan("token", c, held)
	tokens := held.Tokens
	r := tokenResult{tokens.Access, string(use), report.Timestamp(tokens.AccessExpiresAt)}
	if use == cognito.TokenUseID {
		r.Token, r.ExpiresAt = tokens.ID, report.Timestamp(tokens.IDExpiresAt)
	}
	if asJSON {
		return p.writeJSON(r)
	}
	return p.write([]byte(r.Token + "\n")) // for a program: as it is
}
