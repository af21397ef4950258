package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/spf13/cobra"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/oauth"
	"github.com/poolguard/poolguard/internal/inputlines"
	"github.com/poolguard/poolguard/internal/report"
	"github.com/poolguard/poolguard/internal/terminalauth/selection"
	"github.com/poolguard/poolguard/internal/terminalauth/wording"
)

type exchangeFlags struct {
	domain, clientID, secretFile, redirectURI, code, verifier, pool, issuer string
	replicas                                                                []string
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
	set.StringVar(&f.domain, "domain", "", "use the OAuth endpoints at this URL")
	set.StringVar(&f.clientID, "client-id", "", "the app client of the sign-in")
	set.StringVar(&f.secretFile, "client-secret-file", "", "read the client secret from this file")
	set.StringVar(&f.redirectURI, "redirect-uri", "", "the redirect URI of the sign-in")
	set.StringVar(&f.code, "code", "", "the code, or - to read it from standard input")
	set.StringVar(&f.verifier, "code-verifier", "", "the PKCE verifier of the sign-in, if it had a challenge")
	set.StringVar(&f.pool, "pool", "", "verify the tokens: they must be from this user pool")
	set.StringArrayVar(&f.replicas, "replica-region", nil, "trust the replica of the pool in this Region (repeatable, with --pool)")
	set.StringVar(&f.issuer, "issuer", "", "trust this issuer instead of that of Amazon Cognito (with --pool)")
	place(set, "domain", "URL", "client-id", "ID", "client-secret-file", "FILE", "redirect-uri", "URL", "code", "CODE",
		"code-verifier", "TEXT", "pool", "ID", "replica-region", "REGION", "issuer", "URL")
	for _, name := range []string{"domain", "client-id", "redirect-uri", "code", "code-verifier", "pool", "replica-region", "issuer"} {
		completeWith(cmd, name)
	}
	return cmd
}

// An exchangeResult is what the token endpoint says, by its names, and what became of
// the verification.
type exchangeResult struct {
	AccessToken  string                     `json:"access_token"`
	IDToken      string                     `json:"id_token,omitempty"`
	RefreshToken string                     `json:"refresh_token,omitempty"`
	TokenType    string                     `json:"token_type"`
	ExpiresIn    int64                      `json:"expires_in,omitempty"`
	Verification map[string]json.RawMessage `json:"verification,omitempty"`
}

// An exchangeRefusal is the output where there are no tokens.
type exchangeRefusal struct {
	Error struct {
		Code        oauth.Code `json:"code"`
		Message     string     `json:"message"`
		Reported    string     `json:"reported,omitempty"`
		Description string     `json:"description,omitempty"`
	} `json:"error"`
}

func (p *program) runExchange(ctx context.Context, cmd *cobra.Command, f exchangeFlags) error {
	request, verifier, err := p.readExchange(ctx, cmd, &f)
	if err != nil {
		return err
	}
	tokens, err := oauth.ExchangeUnverified(ctx, request)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var refused *oauth.Error
	if errors.As(err, &refused) {
		var out exchangeRefusal
		out.Error.Code, out.Error.Message = refused.Code(), refused.Message()
		out.Error.Reported, out.Error.Description = refused.Reported(), refused.Description()
		if err := p.writeJSON(out); err != nil {
			return err
		}
		return failed(ctx, wording.OAuthFailure(refused))
	}
	if err != nil {
		return exchangeFaults(err)
	}
	out := exchangeResult{
		AccessToken: string(tokens.RawAccess), IDToken: string(tokens.RawID), RefreshToken: string(tokens.Refresh),
		TokenType: "Bearer", ExpiresIn: int64(tokens.ExpiresIn.Seconds()),
	}
	if verifier == nil {
		p.notice("poolguard exchange", "the tokens were not verified; give --pool to verify them")
		return p.writeJSON(out)
	}
	failed := verifyExchanged(ctx, verifier, &out)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err := p.writeJSON(out); err != nil {
		return err
	}
	return failed
}

// readExchange checks the flags, all of them, and reads what they name.
func (p *program) readExchange(ctx context.Context, cmd *cobra.Command, f *exchangeFlags) (oauth.CodeExchange, *cognito.Verifier, error) {
	var found faults
	for _, must := range []string{"domain", "client-id", "redirect-uri", "code"} {
		if !cmd.Flags().Changed(must) {
			found.add("--%s is missing", must)
		}
	}
	for _, name := range []string{"domain", "client-id", "client-secret-file", "redirect-uri", "code", "code-verifier", "pool", "issuer"} {
		if flag := cmd.Flags().Lookup(name); flag.Changed && strings.TrimSpace(flag.Value.String()) == "" {
			// Without --pool nothing is verified: that must not come of a variable that is not set.
			found.add("--%s is empty: check that the variable in it is set", name)
		}
	}
	if f.issuer != "" && f.pool == "" {
		found.add("--issuer needs --pool")
	}
	if len(f.replicas) > 0 && f.pool == "" {
		found.add("--replica-region needs --pool")
	}
	request := oauth.CodeExchange{
		App:         oauth.App{Domain: f.domain, ClientID: f.clientID, Now: p.now},
		RedirectURL: f.redirectURI, Code: oauth.Secret(f.code), CodeVerifier: oauth.Secret(f.verifier),
	}
	if f.secretFile != "" {
		secret, err := selection.ReadSecret(f.secretFile, readSecretFile)
		if err != nil {
			found.add("--client-secret-file: %w", err)
		}
		request.App.ClientSecret = secret
	}
	if err := found.err(); err != nil {
		return request, nil, err
	}
	if f.code == "-" {
		code, err := p.oneCode(ctx)
		if err != nil {
			return request, nil, &failure{statusUsage, err}
		}
		request.Code = code
	}
	if f.pool == "" {
		return request, nil, nil
	}
	verifier, err := cognito.New(cognito.Config{
		UserPools: []cognito.UserPool{{ID: f.pool, ClientIDs: []string{f.clientID}, ReplicaRegions: f.replicas, Issuer: f.issuer}},
		Now:       p.now, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil { // before the code is spent
		return request, nil, &failure{statusUsage, errors.New("--pool, --replica-region, --client-id or --issuer: " + err.Error())}
	}
	return request, verifier, nil
}

func (p *program) oneCode(ctx context.Context) (oauth.Secret, error) {
	for l, err := range inputlines.Read(ctx, p.stdin) {
		if err == nil && l.Cut {
			err = errors.New("the line is too long for a code")
		}
		if err != nil {
			return "", fmt.Errorf("standard input: %w", reasonOf(err))
		}
		return oauth.Secret(l.Text), nil
	}
	return "", errors.New("standard input contains no code")
}

// exchangeFaults names faults by the flags that they come from.
func exchangeFaults(err error) error {
	flags := strings.NewReplacer("oauth: CodeExchange.App.ClientSecret", "--client-secret-file", "oauth: CodeExchange.App.ClientID", "--client-id",
		"oauth: CodeExchange.App.Domain", "--domain", "oauth: CodeExchange.RedirectURL", "--redirect-uri",
		"oauth: CodeExchange.CodeVerifier", "--code-verifier", "oauth: CodeExchange.Code", "--code")
	return &failure{statusUsage, errors.New(flags.Replace(err.Error()))}
}

// verifyExchanged adds what becomes of each token, in the words of poolguard verify,
// and returns the exit status: no verdict weighs more than a bad one.
func verifyExchanged(ctx context.Context, verifier *cognito.Verifier, out *exchangeResult) error {
	out.Verification = map[string]json.RawMessage{}
	var all report.Tally
	judge := func(name string, token report.Token, err error) {
		o := &report.Outcome{}
		var result any
		if err != nil {
			if !errors.As(err, &o.Refusal) {
				o.Refusal = cognito.NewError(cognito.ErrCheckUnavailable, err.Error())
			}
			result = report.Rejected{Error: report.Failure{Code: o.Refusal.Code(), Message: cmp.Or(o.Refusal.Message(), "refused")}}
		} else {
			o.Token = token
			result = report.NewValid(token)
		}
		all.Add(o)
		if text, err := json.Marshal(result); err == nil {
			out.Verification[name] = text
		}
	}
	access, err := verifier.VerifyAccessToken(ctx, out.AccessToken)
	judge("access", access, err)
	if out.IDToken != "" {
		id, err := verifier.VerifyIDToken(ctx, out.IDToken)
		judge("id", id, err)
	}
	return tallied(&all)
}
