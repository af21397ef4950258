package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/poolguard/poolguard/cognito/keyset"
	"github.com/poolguard/poolguard/internal/explain"
	"github.com/poolguard/poolguard/internal/keylist"
	"github.com/poolguard/poolguard/internal/keysource"
	"github.com/poolguard/poolguard/internal/poolserve"
	"github.com/poolguard/poolguard/internal/tokencheck"
	"github.com/poolguard/poolguard/userpool"
)

func (p *program) jwks() *cobra.Command {
	format := ""
	cmd := &cobra.Command{
		Use:   "jwks [flags] POOL|URL|FILE",
		Short: "Show the keys of a user pool",
		Long: `Jwks shows the public keys that verify the tokens of a user pool. Name a user
pool, the address of a key set, or a file. For a user pool, jwks asks the
original issuer first, and the updated issuer if the original one has no keys.
To name a file that looks like a user pool ID, write ./NAME.

The table shows every key of the set, and why a key cannot be used. JSON (a JWK
Set, RFC 7517) and PEM contain the usable keys only.

Exit status:

  0  there is a usable key
  1  there is none
  2  the command line is wrong or the file cannot be used
  3  the keys at an address are unavailable`,
		Example: `  poolguard jwks us-east-1_AbCdEfGhI
  poolguard jwks us-east-1_AbCdEfGhI --format json > jwks.json
  poolguard jwks jwks.json --format pem
  poolguard jwks http://127.0.0.1:9229/us-east-1_Local0001/.well-known/jwks.json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			from, err := readJWKSArgs(args, format)
			if err != nil {
				return err
			}
			return p.runJWKS(cmd.Context(), from, format)
		},
	}
	cmd.Flags().StringVar(&format, "format", "table", "show the keys as table, json or pem")
	place(cmd.Flags(), "format", "FORMAT")
	completeWith(cmd, "format", "table\tall keys", "json\ta JWK Set of the usable keys", "pem\tthe usable keys")
	return cmd
}

// readJWKSArgs returns the addresses to ask in turn, or the one file to read.
func readJWKSArgs(args []string, format string) (from []string, err error) {
	var faults faults
	switch {
	case len(args) == 0:
		faults.add("no key set was named: give a user pool, the address of a key set, or a file")
	case len(args) > 1:
		faults.add("jwks takes one user pool, address or file")
	case strings.TrimSpace(args[0]) == "":
		faults.add("the argument is empty: give a user pool, the address of a key set, or a file")
	case tokencheck.LooksLikeToken(args[0]):
		faults.add("the argument is a token, which has no keys: give a user pool, the address of a key set, or a file")
	case keysource.IsURL(args[0]):
		if _, err := keysource.At(keyset.RemoteConfig{URL: args[0]}); err != nil {
			faults.add("the address %w", err)
		}
		from = []string{args[0]}
	default:
		from = keysource.Named(args[0])
	}
	if format != "table" && format != "json" && format != "pem" {
		faults.add("--format must be table, json or pem")
	}
	return from, faults.err()
}

func (p *program) runJWKS(ctx context.Context, from []string, format string) error {
	found, err := keysource.First(ctx, from)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil && keysource.IsURL(from[0]):
		if how := explain.Unreachable(err, from[0]); how != "" {
			err = fmt.Errorf("%w\n%s", err, how)
		}
		if local := userpool.DefaultPool().ID; slices.Equal(from, keysource.Named(local)) {
			err = fmt.Errorf("%w\nThe local user pool has this ID. This shows its keys:\n  poolguard jwks %s/%s/.well-known/jwks.json", err, poolserve.DefaultURL, local)
		}
		return &failure{statusUnavailable, err}
	case err != nil: // a file is configuration, as it is for verify
		return &failure{statusUsage, err}
	case found.Skipped != nil:
		p.notice("poolguard jwks", fmt.Sprintf("these are the keys of the updated issuer; those of the original issuer are unavailable: %v", found.Skipped))
	}
	return p.showKeys(found.JWKS, found.Source, format)
}

func (p *program) showKeys(jwks []byte, source, format string) error {
	keys, err := keylist.Read(jwks)
	if err != nil {
		return &failure{statusUnavailable, err}
	}
	var text []byte
	usable := keylist.Usable(keys)
	switch format {
	case "json":
		text, err = keylist.JWKS(usable)
	case "pem":
		text, err = keylist.PEM(usable)
	default:
		g := p.page()
		keylist.Write(g, keys, source)
		text = []byte(g.String())
	}
	if err != nil {
		return &failure{statusUsage, err}
	}
	if err := p.write(text); err != nil {
		return err
	}
	switch {
	case len(usable) > 0:
		return nil
	case format == "table": // which said so
		return &failure{status: statusRejected}
	}
	return &failure{statusRejected, errors.New("the key set has no usable key; --format table shows why")}
}
