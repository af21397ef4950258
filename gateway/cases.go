package gateway

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/poolguard/poolguard/gateway/internal/authz"
	"github.com/poolguard/poolguard/gateway/internal/cases"
	"github.com/poolguard/poolguard/gateway/internal/config"
	"github.com/poolguard/poolguard/gateway/internal/keygen"
)

// A Result is the result of one case of [Test].
type Result struct {
	Name string
	// Differences has a line for each expectation that does not hold. A case without one
	// passed.
	Differences []string
}

// Test decides about the requests of a file of cases by the rules of a configuration file,
// and compares the decisions with those that the cases expect. name is what errors call the
// file of cases; docs/gateway.md has its keys. Tokens are made as the cases describe them,
// and no network is used. Cases for load balancers are not supported.
func Test(ctx context.Context, c Config, name string, text []byte) ([]Result, error) {
	document, err := c.read()
	if err != nil {
		return nil, err
	}
	all, err := cases.Parse(name, text)
	if err != nil {
		return nil, err
	}
	signer, err := cases.NewSigner()
	if err != nil {
		return nil, err
	}
	policy, err := policyFor(document, signer)
	if err != nil {
		return nil, err
	}
	var results []Result
	for n := range all {
		result, err := try(ctx, policy, signer, document.File, &all[n])
		if err != nil {
			return nil, fmt.Errorf("%s: cases[%d]: %w", name, n, err)
		}
		results = append(results, result)
	}
	return results, nil
}

// policyFor returns the rules, which trust the signer instead of the user pools.
func policyFor(d *config.Document, signer *cases.Signer) (*authz.Policy, error) {
	keys, err := signer.Keys()
	if err != nil {
		return nil, err
	}
	verifier, err := d.Verifier(config.Process{Keys: keys})
	if err != nil {
		return nil, err
	}
	balancers, err := d.Balancers(config.Process{})
	if err != nil {
		return nil, err
	}
	return d.Policy(verifier, balancers)
}

func try(ctx context.Context, policy *authz.Policy, signer *cases.Signer, f *config.File, c *cases.Case) (Result, error) {
	result := Result{Name: c.Name}
	header := http.Header{}
	for name, value := range c.Request.Headers {
		header.Set(name, value)
	}
	if c.Token != nil {
		token, err := signer.Sign(c.Token, f, time.Now())
		if err != nil {
			return result, err
		}
		header.Set("Authorization", "Bearer "+token)
	}
	question := Question{Method: c.Request.Method, URL: c.Request.URL, Header: header}
	request, err := question.request()
	if err != nil {
		return result, err
	}
	d := policy.Decide(ctx, &request)
	differ := func(what, got, want string) {
		result.Differences = append(result.Differences, fmt.Sprintf("%s: got %q, want %q", what, got, want))
	}
	if want := c.Expect.Allowed; want != nil && *want != d.Allowed {
		differ("allowed", strconv.FormatBool(d.Allowed), strconv.FormatBool(*want))
	}
	if want := c.Expect.Rule; want != nil && *want != d.Rule {
		differ("rule", d.Rule, *want)
	}
	if want := c.Expect.Code; want != nil && *want != string(d.Code()) {
		differ("code", string(d.Code()), *want)
	}
	return result, nil
}

// NewKey returns a new secret of a kind: session, jwt or token.
func NewKey(kind string) ([]byte, error) { return keygen.Make(kind) }

// KeyKinds returns the kinds that [NewKey] knows.
func KeyKinds() []string { return keygen.Kinds() }
