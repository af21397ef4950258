package tokencheck

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/internal/suggest"
)

// Options are what the operator asks of a token, as it was typed, by the names of the flags
// of poolguard verify and inspect. Most of them are texts, so that [Options.Read] reports
// all their faults at once.
type Options struct {
	Pools, Replicas, ClientIDs, Groups, Scopes, Audiences []string
	AnyClient                                             bool
	TokenUse, Nonce, Leeway, At, KeysFrom, Issuer         string
	// Given are the flags that were given, also those that are not about tokens, in their
	// order.
	Given []Flag
}

// A Flag is a flag that was given, with its texts.
type Flag struct {
	Name   string
	Values []string
}

// Read checks the options, all of them, and reads a key set file. complete says that what
// makes a verdict possible must be there. Each fault begins with the name of its flag, and
// none has a token in it.
func (o Options) Read(ctx context.Context, complete bool) (*Policy, []error) {
	r := reader{Options: o, policy: &Policy{}, spoilt: map[string]bool{}}
	r.values()
	if complete {
		r.mandatory()
	}
	r.names()
	r.source(ctx)
	r.times()
	r.tokenUse()
	p := r.policy
	p.UserPoolIDs, p.ClientIDs, p.AnyClient, p.Audiences = r.Pools, r.ClientIDs, r.AnyClient, r.Audiences
	p.ReplicaRegions, p.Issuer = r.Replicas, r.Issuer
	return p, r.faults
}

// A reader turns options into a policy.
type reader struct {
	Options
	policy *Policy
	faults []error
	spoilt map[string]bool // flags that need no further look
}

func (r *reader) add(format string, args ...any) {
	r.faults = append(r.faults, fmt.Errorf(format, args...))
}

func (r *reader) given(name string) bool {
	return slices.ContainsFunc(r.Given, func(f Flag) bool { return f.Name == name })
}

// values finds what no flag can be: empty, mostly a variable that was not set, or a
// token, which must not get into a message.
func (r *reader) values() {
	for _, flag := range r.Given {
		for _, v := range flag.Values {
			switch {
			case strings.TrimSpace(v) == "":
				r.spoil(flag.Name, "--%s is empty: check that the variable in it is set", flag.Name)
			case LooksLikeToken(v) && flag.Name != "nonce":
				r.spoil(flag.Name, "--%s contains a token, which is not shown here: give tokens as arguments", flag.Name)
			case strings.TrimRight(v, " \t\r\n") != v && flag.Name != "nonce" && flag.Name != "jwks":
				r.spoil(flag.Name, "--%s has white space at its end", flag.Name)
			}
		}
	}
}

// spoil notes one fault of a flag and ends the checks of it.
func (r *reader) spoil(flag, format string, args ...any) {
	if !r.spoilt[flag] {
		r.spoilt[flag] = true
		r.add(format, args...)
	}
}

// mandatory finds what verify cannot do without.
func (r *reader) mandatory() {
	if len(r.Pools) == 0 {
		r.spoil("pool", "--pool is missing: name the user pool that you trust, such as us-east-1_AbCdEfGhI, or select a profile with --profile, or the local user pool with --local")
	}
	if len(r.ClientIDs) == 0 && !r.AnyClient {
		r.spoil("client-id", "--client-id is missing: name the app clients that you accept, or skip that check with --any-client")
	}
	if r.TokenUse == "" {
		r.spoil("token-use", "--token-use is missing: give access, id or any")
	}
}

func (r *reader) names() {
	// One pool named twice is one pool; the library takes it for a mistake.
	r.Pools = unique(r.Pools)
	if len(r.ClientIDs) > 0 && r.AnyClient {
		r.add("--any-client and --client-id exclude each other: give one of them")
	}
	for _, list := range []struct {
		flag   string
		values []string
		probe  func(string) string
	}{
		{"pool", r.Pools, func(s string) string { return probePool(s, r.Issuer != "") }},
		{"client-id", r.ClientIDs, probeClientID},
		{"group", r.Groups, func(s string) string { return probeRequirement(cognito.RequireGroups(s)) }},
		{"scope", r.Scopes, func(s string) string { return probeRequirement(cognito.RequireScopes(s)) }},
		{"audience", r.Audiences, probeAudience},
	} {
		for _, value := range list.values {
			if r.spoilt[list.flag] {
				break
			}
			if reason := probeOf(list.probe, value); reason != "" {
				r.add("--%s %s", list.flag, reason)
			}
		}
	}
	if r.Nonce != "" {
		r.policy.Requirements = append(r.policy.Requirements, cognito.RequireNonce(r.Nonce))
	}
	if len(r.Scopes) > 0 {
		r.policy.Requirements = append(r.policy.Requirements, cognito.RequireScopes(r.Scopes...))
	}
	if len(r.Groups) > 0 {
		r.policy.Requirements = append(r.policy.Requirements, cognito.RequireGroups(r.Groups...))
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

func (r *reader) tokenUse() {
	switch use := r.TokenUse; use {
	case "access", "id":
		r.policy.TokenUse = cognito.TokenUse(use)
	case "any", "":
	default:
		near := ""
		if Repeatable(use) {
			near = suggest.DidYouMean("", use, []string{"access", "id", "any"})
		}
		r.spoil("token-use", "--token-use must be access, id or any%s", near)
	}
}
