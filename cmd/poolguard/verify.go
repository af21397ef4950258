package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/poolguard/poolguard/internal/report"
	"github.com/poolguard/poolguard/internal/tokencheck"
)

func (p *program) verify() *cobra.Command {
	var flags policyFlags
	cmd := &cobra.Command{
		Use:   "verify [flags] [--] TOKEN...",
		Short: "Verify tokens",
		Long: `Verify checks tokens: signature, issuer, kind of token, app client, times, and
everything else that the flags require. Give tokens as arguments. Or give - and
verify reads tokens from standard input, one per line: then they do not appear
in the list of processes or in the history of the shell. The output never
contains a token.

Every --client-id is valid for every --pool. A token that is bound to a resource
(RFC 8707) needs a matching --audience. Other tokens need no --audience.

With --profile, the flags that are left out come from a profile of poolguard
login: its user pool, app client and issuer, and --token-use access. Without
--pool, verify uses the profile if there is only one, and says so on standard
error. --local stands for the same flags, for the pool of poolguard userpool
serve on this machine.

JSON output has one object per token, on a line of its own. Verify writes it as
soon as the token is checked.

Exit status:

  0  all tokens are valid
  1  a token was rejected
  2  the command line or configuration is wrong, for example a --jwks file
  3  the keys of a user pool are unavailable, for example because a --jwks
     address does not answer: there is no verdict

If several apply, 2 comes before 3, and 3 before 1.`,
		Example: `  poolguard verify --pool us-east-1_AbCdEfGhI --client-id 1example23456789 \
      --token-use access --scope orders/read - < token.txt
  poolguard verify --pool us-east-1_AbCdEfGhI --any-client --token-use any \
      --at 2026-01-31T09:00:00Z -o json - < tokens.txt | jq .error.code
  poolguard verify --local --token-use id - < token.txt
  poolguard token | poolguard verify -`,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			policy, faults := flags.read(cmd.Context(), p, cmd, true)
			checkTokens(args, &faults)
			if err := faults.err(); err != nil {
				return err
			}
			return p.runVerify(cmd.Context(), policy, args)
		},
	}
	flags.define(p, cmd)
	return cmd
}

func (p *program) runVerify(ctx context.Context, policy *policy, args []string) error {
	checker, err := tokencheck.New(policy.Policy, p.now)
	if err != nil {
		return &failure{statusUsage, err}
	}
	p.sayAnyClient("verify", policy)
	write := p.textOutcomes(policy, len(args) > 1 || args[0] == "-")
	if policy.json {
		write = p.jsonOutcomes()
	}
	var all report.Tally
	for l, err := range p.tokens(ctx, args) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return &failure{statusUsage, fmt.Errorf("standard input: %w", reasonOf(err))}
		}
		policy.advisor.Given = l.given("To read tokens from it: poolguard verify [flags] - < FILE")
		o := checker.Check(ctx, l.Line)
		if ctx.Err() != nil { // the result may be the end of the wait
			return ctx.Err()
		}
		all.Add(o)
		if err := write(o); err != nil {
			return err
		}
	}
	if all.Count() == 0 {
		return &failure{statusUsage, errNoInput}
	}
	if !policy.json && all.Count() > 1 {
		if err := p.say("\n" + all.String()); err != nil {
			return err
		}
	}
	return tallied(&all)
}

// sayAnyClient warns that the app client is not checked.
func (p *program) sayAnyClient(command string, policy *policy) {
	if policy.AnyClient {
		whose := "of the user pool"
		if len(policy.UserPoolIDs) > 0 {
			whose = "of " + strings.Join(policy.UserPoolIDs, ", ")
		}
		p.notice("poolguard "+command, fmt.Sprintf("--any-client: the app client is not checked; tokens of every client %s are accepted", whose))
	}
}

// tallied is the exit status: an outcome without a verdict counts more than a rejection.
func tallied(t *report.Tally) error {
	switch {
	case t.Unavailable > 0:
		return &failure{status: statusUnavailable}
	case t.Rejected > 0:
		return &failure{status: statusRejected}
	}
	return nil
}

// reporter returns what writes reports as text.
func (p *program) reporter(policy *policy) *report.Writer {
	w := &report.Writer{Page: p.page(), Hint: policy.advisor.Advice}
	if policy.Keys == nil {
		w.KeysHint = "To check the signature, give the keys of the user pool with --jwks, or use poolguard verify."
	}
	if policy.advisor.AtGiven {
		w.Moment = "checked here (--at)"
	}
	return w
}

// textOutcomes returns what writes outcomes as text.
func (p *program) textOutcomes(policy *policy, several bool) func(*report.Outcome) error {
	return func(o *report.Outcome) error {
		policy.advisor.Cause = nil
		if o.Unavailable() {
			policy.advisor.Cause = o.Refusal.Unwrap()
		}
		w := p.reporter(policy)
		w.Outcome(o, several)
		return p.show(w.Page)
	}
}

// jsonOutcomes returns what writes outcomes as JSON. The cause of a missing verdict names
// addresses, so it is not part of the JSON: it goes to standard error, once.
func (p *program) jsonOutcomes() func(*report.Outcome) error {
	var said []string
	return func(o *report.Outcome) error {
		if o.Refusal == nil {
			return p.writeJSON(report.NewValid(o.Token))
		}
		if why := report.Cause(o.Refusal); o.Unavailable() && why != "" && !slices.Contains(said, why) {
			said = append(said, why)
			p.notice("poolguard verify", fmt.Sprintf("token %d: %s", o.Number, why))
		}
		return p.writeJSON(report.NewRejected(o))
	}
}
