package main

import (
	"context"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/keyset"
)

// policyFlags are the flags that verify and inspect share, as they were typed.
// They are strings, so all their faults are reported at once.
type policyFlags struct {
	pools, replicas, clientIDs, groups, scopes, audiences []string
	anyClient                                             bool
	tokenUse, nonce, leeway, at, keysFrom, issuer, output string
}

// A policy is what the flags ask of a token.
type policy struct {
	policyFlags
	use          cognito.TokenUse // "" for either
	requirements []cognito.Requirement
	leeway       time.Duration
	at           time.Time // zero for the present
	keys         keyset.Source
	json         bool
	inspecting   bool // the claims are shown even if the signature is not verified
	given        line // what is judged, for the hints: tokens come one after the other
}

func (f *policyFlags) define(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringArrayVar(&f.pools, "pool", nil, "accept tokens of this user pool (repeatable)")
	flags.StringArrayVar(&f.replicas, "replica-region", nil, "trust the replica of the pool in this Region (repeatable, with one --pool only)")
	flags.StringArrayVar(&f.clientIDs, "client-id", nil, "accept tokens of this app client (repeatable)")
	flags.BoolVar(&f.anyClient, "any-client", false, "accept tokens of every app client of the pool")
	flags.StringVar(&f.tokenUse, "token-use", "", "accept this kind of token: access, id or any")
	flags.StringArrayVar(&f.groups, "group", nil, "require this group of the user (repeatable)")
	flags.StringArrayVar(&f.scopes, "scope", nil, "require this scope (repeatable)")
	flags.StringArrayVar(&f.audiences, "audience", nil, "accept tokens that are bound to this resource (repeatable)")
	flags.StringVar(&f.nonce, "nonce", "", "require this nonce of the ID token")
	flags.StringVar(&f.leeway, "leeway", "", "allow this difference between clocks, such as 30s (default 0)")
	flags.StringVar(&f.at, "at", "", "check the token at this time, RFC 3339 or Unix seconds (default now)")
	flags.StringVar(&f.keysFrom, "jwks", "", "read the keys from here (with one --pool only)")
	flags.StringVar(&f.issuer, "issuer", "", "trust this issuer instead of that of Amazon Cognito (with one --pool only)")
	place(flags, "pool", "ID", "replica-region", "REGION", "client-id", "ID", "token-use", "USE", "group", "NAME", "scope", "NAME", "audience", "URL",
		"nonce", "TEXT", "leeway", "DURATION", "at", "TIME", "jwks", "FILE|URL", "issuer", "URL")
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

// read checks the flags, all of them, and reads a key set file. complete says that
// what makes a verdict possible must be there.
func (f *policyFlags) read(ctx context.Context, cmd *cobra.Command, complete bool) (*policy, faults) {
	r := policyReader{policy: &policy{policyFlags: *f}, flags: cmd.Flags(), spoilt: map[string]bool{}}
	r.values()
	if complete {
		r.mandatory()
	}
	r.names()
	r.source(ctx)
	r.times()
	r.tokenUse()
	r.json = readOutput(f.output, &r.faults)
	return r.policy, r.faults
}

// A policyReader turns flags into a policy.
type policyReader struct {
	*policy
	flags  *pflag.FlagSet
	faults faults
	spoilt map[string]bool // flags that need no further look
}

// values finds what no flag can be: empty, mostly a variable that was not set, or a
// token, which must not get into a message.
func (r *policyReader) values() {
	r.flags.Visit(func(flag *pflag.Flag) {
		values := []string{flag.Value.String()}
		if list, ok := flag.Value.(pflag.SliceValue); ok {
			values = list.GetSlice()
		}
		for _, v := range values {
			switch {
			case strings.TrimSpace(v) == "":
				r.spoil(flag.Name, "--%s is empty: check that the variable in it is set", flag.Name)
			case isToken(v) && flag.Name != "nonce":
				r.spoil(flag.Name, "--%s contains a token, which is not shown here: give tokens as arguments", flag.Name)
			case strings.TrimRight(v, " \t\r\n") != v && flag.Name != "nonce" && flag.Name != "jwks":
				r.spoil(flag.Name, "--%s has white space at its end", flag.Name)
			}
		}
	})
}

// spoil notes one fault of a flag and ends the checks of it.
func (r *policyReader) spoil(flag, format string, args ...any) {
	if !r.spoilt[flag] {
		r.spoilt[flag] = true
		r.faults.add(format, args...)
	}
}

// mandatory finds what verify cannot do without.
func (r *policyReader) mandatory() {
	if len(r.pools) == 0 {
		r.spoil("pool", "--pool is missing: name the user pool that you trust, such as us-east-1_AbCdEfGhI")
	}
	if len(r.clientIDs) == 0 && !r.anyClient {
		r.spoil("client-id", "--client-id is missing: name the app clients that you accept, or skip that check with --any-client")
	}
	if r.policyFlags.tokenUse == "" {
		r.spoil("token-use", "--token-use is missing: give access, id or any")
	}
}

func (r *policyReader) names() {
	// One pool named twice is one pool; the library takes it for a mistake.
	r.pools = unique(r.pools)
	if len(r.clientIDs) > 0 && r.anyClient {
		r.faults.add("--any-client and --client-id exclude each other: give one of them")
	}
	for _, list := range []struct {
		flag   string
		values []string
		probe  func(string) string
	}{
		{"pool", r.pools, probePool},
		{"client-id", r.clientIDs, probeClientID},
		{"group", r.groups, func(s string) string { return probeRequirement(cognito.RequireGroups(s)) }},
		{"scope", r.scopes, func(s string) string { return probeRequirement(cognito.RequireScopes(s)) }},
		{"audience", r.audiences, probeAudience},
	} {
		for _, value := range list.values {
			if r.spoilt[list.flag] {
				break
			}
			if reason := probeOf(list.probe, value); reason != "" {
				r.faults.add("--%s %s", list.flag, reason)
			}
		}
	}
	if r.nonce != "" {
		r.requirements = append(r.requirements, cognito.RequireNonce(r.nonce))
	}
	if len(r.scopes) > 0 {
		r.requirements = append(r.requirements, cognito.RequireScopes(r.scopes...))
	}
	if len(r.groups) > 0 {
		r.requirements = append(r.requirements, cognito.RequireGroups(r.groups...))
	}
}

// probeOf makes the reason name the value, where it does not yet.
func probeOf(probe func(string) string, value string) string {
	reason := probe(value)
	if reason == "" || strings.Contains(reason, strconv.Quote(value)) || len(value) > 100 {
		return reason
	}
	return strconv.Quote(value) + " " + reason
}

func unique(list []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, s := range list {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}

func (r *policyReader) tokenUse() {
	switch use := r.policyFlags.tokenUse; use {
	case "access", "id":
		r.use = cognito.TokenUse(use)
	case "any", "":
	default:
		near := ""
		if sayable(use) {
			near = didYouMean("", use, []string{"access", "id", "any"})
		}
		r.spoil("token-use", "--token-use must be access, id or any%s", near)
	}
}

func (r *policyReader) times() {
	if text := r.policyFlags.leeway; text != "" {
		leeway, err := time.ParseDuration(text)
		if err != nil && durationForm.MatchString(text) {
			r.spoil("leeway", "--leeway is too long: at most 2562047h")
		} else if err != nil {
			r.spoil("leeway", "--leeway must be a duration with its unit, such as 30s or 2m")
		} else if leeway < 0 {
			r.spoil("leeway", "--leeway is negative (%s)", leeway)
		}
		r.leeway = leeway
	}
	if text := r.policyFlags.at; text != "" {
		at, err := parseTime(text)
		if err != nil {
			r.spoil("at", "--at %v", err)
		}
		r.at = at
	}
}

// durationForm is that of [time.ParseDuration], which does not tell a duration that
// it cannot hold from what is none.
var durationForm = regexp.MustCompile(`^[-+]?(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+$`)

// latest is the last time that a token can name, in Unix seconds.
const latest = 1 << 53

// parseTime reads a time as people write it or as a token has it, which a fraction
// may be part of.
func parseTime(text string) (time.Time, error) {
	if strings.Trim(text, "0123456789.") == "" {
		seconds, err := strconv.ParseFloat(text, 64)
		if err != nil || seconds > latest {
			return time.Time{}, errors.New("is not a number of seconds from 0 to 2^53")
		}
		whole := int64(seconds)
		return time.Unix(whole, int64((seconds-float64(whole))*1e9)).UTC(), nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, errors.New("must be like 2026-01-31T09:00:00Z, or in Unix seconds")
	}
	return t.UTC(), nil
}
