package main

import (
	"context"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/poolguard/poolguard/internal/tokencheck"
)

// policyFlags are the flags that verify and inspect share.
type policyFlags struct {
	tokencheck.Options
	profileFlags
	local  bool
	output string
}

// A policy is what the flags ask of a token.
type policy struct {
	tokencheck.Policy
	advisor tokencheck.Advisor
	json    bool
}

func (f *policyFlags) define(p *program, cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringArrayVar(&f.Pools, "pool", nil, "accept tokens of this user pool (repeatable)")
	flags.StringArrayVar(&f.Replicas, "replica-region", nil, "trust the replica of the pool in this Region (repeatable, with one --pool only)")
	flags.StringArrayVar(&f.ClientIDs, "client-id", nil, "accept tokens of this app client (repeatable)")
	flags.BoolVar(&f.AnyClient, "any-client", false, "accept tokens of every app client of the pool")
	flags.StringVar(&f.TokenUse, "token-use", "", "accept this kind of token: access, id or any")
	flags.StringArrayVar(&f.Groups, "group", nil, "require this group of the user (repeatable)")
	flags.StringArrayVar(&f.Scopes, "scope", nil, "require this scope (repeatable)")
	flags.StringArrayVar(&f.Audiences, "audience", nil, "accept tokens that are bound to this resource (repeatable)")
	flags.StringVar(&f.Nonce, "nonce", "", "require this nonce of the ID token")
	flags.StringVar(&f.Leeway, "leeway", "", "allow this difference between clocks, such as 30s (default 0)")
	flags.StringVar(&f.At, "at", "", "check the token at this time, RFC 3339 or Unix seconds (default now)")
	flags.StringVar(&f.KeysFrom, "jwks", "", "read the keys from here (with one --pool only)")
	flags.StringVar(&f.Issuer, "issuer", "", "trust this issuer instead of that of Amazon Cognito (with one --pool only)")
	place(flags, "pool", "ID", "replica-region", "REGION", "client-id", "ID", "token-use", "USE", "group", "NAME", "scope", "NAME", "audience", "URL",
		"nonce", "TEXT", "leeway", "DURATION", "at", "TIME", "jwks", "FILE|URL", "issuer", "URL")
	f.profileFlags.define(p, cmd)
	flags.BoolVar(&f.local, "local", false, "accept tokens of the pool of poolguard userpool serve on this machine")
	outputFlag(cmd, &f.output)
	completeWith(cmd, "token-use", "access\tan access token", "id\tan ID token", "any\teither")
	for _, name := range []string{"pool", "replica-region", "client-id", "group", "scope", "audience", "nonce", "leeway", "at", "issuer"} {
		completeWith(cmd, name)
	}
}

func outputFlag(cmd *cobra.Command, output *string) {
	cmd.Flags().StringVarP(output, "output", "o", "text", "write the output as text or json")
	place(cmd.Flags(), "output", "FORMAT")
	completeWith(cmd, "output", "text\tfor people", "json\tfor programs")
}

// readOutput reads --output and reports whether it is json.
func readOutput(output string, faults *faults) bool {
	if output != "text" && output != "json" {
		faults.add("--output must be text or json")
	}
	return output == "json"
}

// read checks the flags, all of them, and reads a key set file. verdict says that what
// makes a verdict possible must be there.
func (f *policyFlags) read(ctx context.Context, p *program, cmd *cobra.Command, verdict bool) (*policy, faults) {
	cmd.Flags().Visit(func(flag *pflag.Flag) {
		values := []string{flag.Value.String()}
		if list, ok := flag.Value.(pflag.SliceValue); ok {
			values = list.GetSlice()
		}
		f.Given = append(f.Given, tokencheck.Flag{Name: flag.Name, Values: values})
	})
	if err := f.fill(p, cmd, verdict); err != nil {
		return &policy{}, faults{err}
	}
	read, found := f.Read(ctx, verdict)
	wanted := &policy{Policy: *read}
	wanted.advisor = tokencheck.Advisor{Policy: &wanted.Policy, AtGiven: f.At != ""}
	faults := faults(found)
	wanted.json = readOutput(f.output, &faults)
	return wanted, faults
}
