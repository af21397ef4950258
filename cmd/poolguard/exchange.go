package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/poolguard/poolguard/cognito/oauth"
	"github.com/poolguard/poolguard/internal/exchange"
	"github.com/poolguard/poolguard/internal/inputlines"
	"github.com/poolguard/poolguard/internal/terminalauth/selection"
	"github.com/poolguard/poolguard/internal/terminalauth/wording"
)

type exchangeFlags struct {
	exchange.Options
	secretFile string
}

func (p *program) exchange() *cobra.Command {
	var f exchangeFlags
	cmd := &cobra.Command{
		Use:   "exchange",
		Short: "Exchange an authorization code for tokens, to debug a sign-in",
		Long: `Exchange sends an authorization code to the token endpoint of a user pool and
prints the answer with the names of the endpoint: access_token, id_token,
refresh_token, token_type and expires_in. It stores nothing. A code works once,
for five minutes, and only with the redirect URI and the PKCE verifier of its
sign-in.

With --pool, exchange also verifies the tokens, and verification has the result
for each one as poolguard verify -o json prints it. Without --pool it does not
verify them. Exchange never checks state and nonce, so do not use it to sign
users in.

With --code - exchange reads the code from standard input. Then the code does
not appear in the list of processes.

Exit status:

  0  there are tokens, and those that were verified are valid
  1  the pool refused, or a token is not valid
  2  the command line is wrong
  3  the pool or its keys are unavailable`,
		Example: `  poolguard exchange --domain https://auth.example.com \
      --client-id 1example23456789 --code "$CODE" \
      --redirect-uri https://app.example.com/callback | jq -r .id_token`,
		Args:              noArguments,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.runExchange(cmd.Context(), cmd, f)
		},
	}
	set := cmd.Flags()
	set.SortFlags = false
	set.StringVar(&f.Domain, "domain", "", "use the OAuth endpoints at this URL")
	set.StringVar(&f.ClientID, "client-id", "", "the app client of the sign-in")
	set.StringVar(&f.secretFile, "client-secret-file", "", "read the client secret from this file")
	set.StringVar(&f.RedirectURI, "redirect-uri", "", "the redirect URI of the sign-in")
	set.StringVar(&f.Code, "code", "", "the code, or - to read it from standard input")
	set.StringVar(&f.Verifier, "code-verifier", "", "the PKCE verifier of the sign-in, if it had a challenge")
	set.StringVar(&f.Pool, "pool", "", "verify the tokens: they must be from this user pool")
	set.StringArrayVar(&f.Replicas, "replica-region", nil, "trust the replica of the pool in this Region (repeatable, with --pool)")
	set.StringVar(&f.Issuer, "issuer", "", "trust this issuer instead of that of Amazon Cognito (with --pool)")
	place(set, "domain", "URL", "client-id", "ID", "client-secret-file", "FILE", "redirect-uri", "URL", "code", "CODE",
		"code-verifier", "TEXT", "pool", "ID", "replica-region", "REGION", "issuer", "URL")
	for _, name := range []string{"domain", "client-id", "redirect-uri", "code", "code-verifier", "pool", "replica-region", "issuer"} {
		completeWith(cmd, name)
	}
	return cmd
}

func (p *program) runExchange(ctx context.Context, cmd *cobra.Command, f exchangeFlags) error {
	run, err := p.readExchange(ctx, cmd, &f)
	if err != nil {
		return err
	}
	answer, err := run.Run(ctx)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if refused, ok := errors.AsType[*oauth.Error](err); ok {
		if err := p.writeJSON(exchange.NewRefusal(refused)); err != nil {
			return err
		}
		return failed(ctx, wording.OAuthFailure(refused))
	}
	if err != nil {
		return &failure{statusUsage, err}
	}
	if !run.Verifies() {
		p.notice("poolguard exchange", "the tokens were not verified; give --pool to verify them")
		return p.writeJSON(answer)
	}
	outcomes := run.Verify(ctx, answer)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err := p.writeJSON(answer); err != nil {
		return err
	}
	return tallied(outcomes)
}

// readExchange checks the flags, all of them, and reads what they name.
func (p *program) readExchange(ctx context.Context, cmd *cobra.Command, f *exchangeFlags) (*exchange.Exchange, error) {
	f.Given = given(cmd.Flags())
	found := faults(f.Check())
	if f.secretFile != "" {
		secret, err := selection.ReadSecret(f.secretFile, readSecretFile)
		if err != nil {
			found.add("--client-secret-file: %w", err)
		}
		f.Secret = secret
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	if f.Code == "-" {
		code, err := p.oneCode(ctx)
		if err != nil {
			return nil, &failure{statusUsage, err}
		}
		f.Code = code
	}
	run, err := exchange.New(&f.Options, p.now)
	if err != nil {
		return nil, &failure{statusUsage, err}
	}
	return run, nil
}

func (p *program) oneCode(ctx context.Context) (string, error) {
	for l, err := range inputlines.Read(ctx, p.stdin) {
		if err == nil && l.Cut {
			err = errors.New("the line is too long for a code")
		}
		if err != nil {
			return "", fmt.Errorf("standard input: %w", reasonOf(err))
		}
		return l.Text, nil
	}
	return "", errors.New("standard input contains no code")
}
