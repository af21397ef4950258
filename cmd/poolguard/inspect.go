package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/poolguard/poolguard/internal/explain"
	"github.com/poolguard/poolguard/internal/report"
)

func (p *program) inspect() *cobra.Command {
	var flags policyFlags
	cmd := &cobra.Command{
		Use:   "inspect [flags] [--] TOKEN",
		Short: "Decode a token and explain it",
		Long: `Inspect decodes a token and shows its content and the result of every check,
even after a failed one. Give the token as the argument, or - to read it from
standard input. Inspect trusts nothing and needs no network. All flags are
optional: they say what to compare the token with. Only an address in --jwks is
contacted. Without --jwks inspect does not check the signature, and anyone can
have written what it shows. --profile and --local stand for the flags about a
user pool, as in poolguard verify.

JSON output is one object with decoded, signature_held, judged_at, header,
claims and checks. Each check has name, status (passed, failed or not checked),
code and detail.

Exit status:

  0  the token can be decoded, whatever the checks say
  1  it cannot
  2  the command line is wrong

To decide whether to accept a token, use verify.`,
		Example: `  poolguard inspect - < token.txt
  poolguard inspect --pool us-east-1_AbCdEfGhI --scope orders/read - < token.txt
  poolguard inspect --jwks jwks.json -o json - < token.txt | jq .claims`,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			policy, faults := flags.read(cmd.Context(), p, cmd, false)
			switch {
			case len(args) == 0:
				faults.add("no token was given: give one, or - to read it from standard input")
			case len(args) > 1:
				faults.add("%s", explain.WithoutBearer(args, "inspect takes one token"))
			}
			if err := faults.err(); err != nil {
				return err
			}
			return p.runInspect(cmd.Context(), policy, args[0])
		},
	}
	flags.define(p, cmd)
	return cmd
}

func (p *program) runInspect(ctx context.Context, policy *policy, arg string) error {
	p.sayAnyClient("inspect", policy)
	l, err := p.oneToken(ctx, arg)
	if err != nil {
		return errors.Join(ctx.Err(), &failure{statusUsage, err})
	}
	policy.advisor.Inspecting, policy.advisor.Given = true, l.given("To read the token from it: poolguard inspect - < FILE")
	found, err := policy.Inspect(ctx, l.Text, p.now())
	switch {
	case err != nil:
		return &failure{statusUsage, err}
	case ctx.Err() != nil:
		return ctx.Err()
	case policy.json:
		err = p.writeJSON(report.NewInspection(found))
	default:
		w := p.reporter(policy)
		w.Inspection(found)
		err = p.show(w.Page)
	}
	if err == nil && !found.Decoded() {
		err = &failure{status: statusRejected}
	}
	return err
}
