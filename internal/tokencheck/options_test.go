package tokencheck

import (
	"context"
	"crypto/x509"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/keyset"
)

const goodPool = "us-east-1_AbCdEfGhI"

// good are options that make a verdict possible.
func good() Options {
	return Options{Pools: []string{goodPool}, ClientIDs: []string{"web"}, TokenUse: "access"}
}

func TestEachFaultNamesItsFlag(t *testing.T) {
	const token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln"
	empty := filepath.Join(t.TempDir(), "empty.json")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		change func(*Options)
		want   string
	}{
		"no pool":            {func(o *Options) { o.Pools = nil }, "--pool is missing: "},
		"no client":          {func(o *Options) { o.ClientIDs = nil }, "--client-id is missing: "},
		"no use":             {func(o *Options) { o.TokenUse = "" }, "--token-use is missing: "},
		"both clients":       {func(o *Options) { o.AnyClient = true }, "--any-client and --client-id exclude each other"},
		"pool":               {func(o *Options) { o.Pools = []string{"x"} }, `--pool "x" `},
		"use":                {func(o *Options) { o.TokenUse = "acess" }, "--token-use must be access, id or any; did you mean access?"},
		"scope":              {func(o *Options) { o.Scopes = []string{"a b"} }, "--scope "},
		"leeway":             {func(o *Options) { o.Leeway = "5" }, "--leeway must be a duration with its unit"},
		"negative leeway":    {func(o *Options) { o.Leeway = "-5s" }, "--leeway is negative (-5s)"},
		"long leeway":        {func(o *Options) { o.Leeway = "99999999999h" }, "--leeway is too long"},
		"time":               {func(o *Options) { o.At = "soon" }, "--at must be like 2026-01-31T09:00:00Z"},
		"issuer":             {func(o *Options) { o.Issuer = "ftp://x" }, "--issuer "},
		"another pool":       {func(o *Options) { o.Issuer = "http://127.0.0.1:1/us-east-1_Other0001" }, "--issuer is for the user pool us-east-1_Other0001, and --pool names another one"},
		"keys":               {func(o *Options) { o.KeysFrom = empty }, "--jwks "},
		"replica and issuer": {func(o *Options) { o.Issuer, o.Replicas = "http://127.0.0.1:1/"+goodPool, []string{"eu-west-1"} }, "--replica-region and --issuer exclude each other"},
		"several pools": {func(o *Options) {
			o.Pools, o.Issuer = append(o.Pools, "us-east-1_Other0001"), "http://127.0.0.1:1/x"
			o.Given = []Flag{{"issuer", []string{o.Issuer}}}
		}, "--issuer works with one --pool only"},
		"empty": {func(o *Options) { o.Groups, o.Given = []string{""}, []Flag{{"group", []string{""}}} }, "--group is empty: check that the variable in it is set"},
		"space": {func(o *Options) { o.ClientIDs, o.Given = []string{"web "}, []Flag{{"client-id", []string{"web "}}} }, "--client-id has white space at its end"},
		"token": {func(o *Options) { o.Pools, o.Given = []string{token}, []Flag{{"pool", []string{token}}} }, "--pool contains a token, which is not shown here"},
	} {
		o := good()
		test.change(&o)
		_, faults := o.Read(t.Context(), true)
		if len(faults) != 1 || !strings.HasPrefix(faults[0].Error(), test.want) {
			t.Errorf("%s: got %v, want one fault that begins with %q", name, faults, test.want)
		}
		if strings.Contains(errors.Join(faults...).Error(), "eyJ") {
			t.Errorf("%s: the fault shows a token", name)
		}
	}
}

func TestOptionsBecomeAPolicy(t *testing.T) {
	o := good()
	o.Pools = append(o.Pools, goodPool) // one pool named twice is one pool
	o.Scopes, o.Groups, o.Nonce, o.Leeway, o.At, o.Audiences = []string{"s"}, []string{"g"}, "n", "30s", "1769850000", []string{"https://api.example.com"}
	p, faults := o.Read(t.Context(), true)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	if !slices.Equal(p.UserPoolIDs, []string{goodPool}) || p.TokenUse != cognito.TokenUseAccess || len(p.Requirements) != 3 ||
		p.Leeway != 30*time.Second || !p.At.Equal(time.Unix(1769850000, 0)) || p.Keys != nil || !slices.Equal(p.Audiences, o.Audiences) {
		t.Errorf("got %+v", p)
	}
	if p, faults := (Options{}).Read(t.Context(), false); len(faults) > 0 || p.TokenUse != "" {
		t.Errorf("inspect without flags: %v", faults)
	}
}

func TestAdviceNamesTheFlagThatHelps(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		advisor Advisor
		code    cognito.Code
		report  cognito.Report
		want    string
	}{
		"client":                  {Advisor{}, cognito.ErrClientMismatch, cognito.Report{}, "add --client-id for it"},
		"just expired":            {Advisor{}, cognito.ErrTokenExpired, cognito.Report{Now: now, ExpiresAt: now.Add(-time.Minute)}, "--leeway"},
		"long expired":            {Advisor{}, cognito.ErrTokenExpired, cognito.Report{Now: now, ExpiresAt: now.Add(-time.Hour)}, "--at"},
		"other use":               {Advisor{}, cognito.ErrTokenUseMismatch, cognito.Report{TokenUse: cognito.TokenUseID}, "add --token-use id"},
		"replica":                 {Advisor{Policy: &Policy{UserPoolIDs: []string{goodPool}}}, cognito.ErrIssuerMismatch, cognito.Report{Issuer: "https://cognito-idp.eu-west-1.amazonaws.com/" + goodPool}, "add --replica-region eu-west-1"},
		"own issuer":              {Advisor{Policy: &Policy{Issuer: "http://127.0.0.1:1/x"}}, cognito.ErrIssuerMismatch, cognito.Report{}, "in --issuer, if you trust it"},
		"issuer":                  {Advisor{Inspecting: true}, cognito.ErrIssuerMismatch, cognito.Report{}, "digits of --pool"},
		"keys of AWS":             {Advisor{}, cognito.ErrKeysUnavailable, cognito.Report{}, "give the keys with --jwks FILE"},
		"keys of AWS, no network": {Advisor{Cause: errors.New("no route to host")}, cognito.ErrKeysUnavailable, cognito.Report{}, "set HTTPS_PROXY where a proxy is needed. Check the ID"},
		"keys, local pool":        {Advisor{Policy: &Policy{Issuer: "http://127.0.0.1:9229/x"}, Cause: errors.New("connection refused")}, cognito.ErrKeysUnavailable, cognito.Report{}, "This starts the local user pool there: poolguard userpool serve"},
		"keys, other authority":   {Advisor{Cause: x509.UnknownAuthorityError{}}, cognito.ErrKeysUnavailable, cognito.Report{}, "Set SSL_CERT_FILE"},
		"--jwks, other authority": {Advisor{Policy: &Policy{Keys: &keyset.Static{}}, Cause: x509.UnknownAuthorityError{}}, cognito.ErrKeysUnavailable, cognito.Report{}, "Set SSL_CERT_FILE"},
		"--jwks, not there":       {Advisor{Policy: &Policy{Keys: &keyset.Static{}}, Cause: errors.New("no route to host")}, cognito.ErrKeysUnavailable, cognito.Report{}, "the address in --jwks is right"},
		"malformed paste":         {Advisor{}, cognito.ErrTokenMalformed, cognito.Report{}, "The argument is empty"},
	} {
		if got := test.advisor.Advice(test.code, &test.report); !strings.Contains(got, test.want) {
			t.Errorf("%s: got %q, want %q in it", name, got, test.want)
		}
	}
}

func FuzzOptions(f *testing.F) {
	f.Add(goodPool, "access", "30s", "2026-01-31T09:00:00Z", "http://127.0.0.1:1/"+goodPool)
	f.Add("", "acess", "-1ns", "1769850000.25", "::")
	f.Add("eyJhbGciOiJSUzI1NiJ9.x.y", "eyJhbGciOiJSUzI1NiJ9.x.y", "1e9h", "9e99", "eyJhbGciOiJSUzI1NiJ9.x.y")
	f.Fuzz(func(t *testing.T, pool, use, leeway, at, issuer string) {
		o := Options{Pools: []string{pool}, ClientIDs: []string{"web"}, TokenUse: use, Leeway: leeway, At: at, Issuer: issuer}
		for name, text := range map[string]string{"pool": pool, "token-use": use, "leeway": leeway, "at": at, "issuer": issuer} {
			if text != "" {
				o.Given = append(o.Given, Flag{name, []string{text}})
			}
		}
		p, faults := o.Read(context.Background(), true)
		for _, fault := range faults {
			if !strings.HasPrefix(fault.Error(), "--") {
				t.Errorf("%q does not begin with a flag", fault)
			}
		}
		if len(faults) > 0 {
			return
		}
		// What has no fault is good for a verifier.
		if _, err := New(*p, time.Now); err != nil || p.Leeway < 0 {
			t.Errorf("%+v: %v", p, err)
		}
	})
}
