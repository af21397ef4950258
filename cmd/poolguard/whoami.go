package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/internal/terminalauth/wording"
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
		return failed(ctx, wording.FailureOf(err, c))
	}
	p.sayBegan("whoami", c, held)
	who, err := a.Identify(ctx, held.Tokens)
	if err != nil {
		return failed(ctx, wording.FailureOf(err, c))
	}
	signIn := wording.SignIn{Selection: c, Identity: who, Held: held}
	if asJSON {
		return p.writeJSON(signIn.JSON())
	}
	g := p.page()
	signIn.Write(g, p.now())
	return p.show(g)
}
