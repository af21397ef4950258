package cognito

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
)

func TestParsePoolID(t *testing.T) {
	for _, id := range []string{"us-east-1_AbCdEfGhI", "us-gov-west-1_a", "eusc-de-east-1_Z9", "ap-southeast-2_0", "mx-central-1_x", "us-isob-east-1_x", "us-east-10_a",
		"us-abcdefghijkl-1_a", "us-azaz-1_azAZ09", "us-east-1_" + strings.Repeat("a", 45)} {
		p, err := parsePoolID(id)
		if err != nil || p.text != id || p.region != strings.Split(id, "_")[0] {
			t.Errorf("%q: %+v, %v", id, p, err)
		}
	}
	for _, id := range []string{
		"", "us-east-1", "us-east-1_", "_AbC", "us-east-1_Ab_C", "us-east-1_Ab-C", "us-east-1_Ab/C", "us-east-1_Ab.C", "us-east-1_Ab C",
		"US-EAST-1_AbC", "us-east_AbC", "us-1_AbC", "us-east-1-2_AbC", "us-east-x_AbC", "us-east-100_AbC", "east-1_AbC", "a-b-1_AbC",
		" us-east-1_AbC", "us-east-1_AbC\n", "us-east-1_AbC#", "us-east-1_ÄbC", "us-east-1_AbC?x=y", "us--1_AbC", "-us-east-1_AbC",
		"evil.example/us-east-1_AbC", "us-east-1_" + strings.Repeat("a", 60), "us-east-1_" + strings.Repeat("a", 46), "cn-north-1_AbC", "us-xxxxxxxxxxxxx-1_AbC",
		"us-a-b-east-1_AbC", "us-east-1_Ab{", "us-east-1_Ab`", "us-east-1_Ab@", "us-east-1_Ab[", "us-east-1_Ab:", "us-{-1_Ab", "us-`-1_Ab",
	} {
		if p, err := parsePoolID(id); err == nil {
			t.Errorf("%q was accepted as %+v", id, p)
		}
	}
}

func TestIssuersOfAPool(t *testing.T) {
	p, err := parsePoolID("us-gov-west-1_AbC")
	if err != nil {
		t.Fatal(err)
	}
	original, updated := p.issuers()
	if original != "https://cognito-idp.us-gov-west-1.amazonaws.com/us-gov-west-1_AbC" ||
		updated != "https://issuer-cognito-idp.us-gov-west-1.amazonaws.com/us-gov-west-1_AbC" ||
		p.fipsAddress(p.region) != "https://cognito-idp-fips.us-gov-west-1.amazonaws.com/us-gov-west-1_AbC" {
		t.Errorf("got %s, %s, %s", original, updated, p.fipsAddress(p.region))
	}
}

// FuzzParsePoolID checks that whatever is accepted stays one path segment under one
// of Amazon's hosts, and is no more than Cognito's API allows.
func FuzzParsePoolID(f *testing.F) {
	for _, id := range []string{"us-east-1_AbCdEfGhI", "eusc-de-east-1_Z9", "us-east-1_", "a_b", "us-east-1_a/../b", "us-east-1_a@b"} {
		f.Add(id)
	}
	api := regexp.MustCompile(`^[\w-]+_[0-9a-zA-Z]+$`) // UserPoolId in the API reference
	f.Fuzz(func(t *testing.T, s string) {
		p, err := parsePoolID(s)
		if err != nil {
			return
		}
		if !api.MatchString(s) || len(s) > 55 {
			t.Fatalf("accepted %q", s)
		}
		for _, issuer := range append([]string{}, first(p.issuers()), second(p.issuers()), p.fipsAddress(p.region)) {
			u, err := url.Parse(issuer)
			if err != nil || u.Path != "/"+s || u.User != nil || u.RawQuery != "" || !strings.HasSuffix(u.Host, "."+p.region+".amazonaws.com") {
				t.Fatalf("%q became %q (%v)", s, issuer, err)
			}
		}
	})
}

func first(a, _ string) string  { return a }
func second(_, b string) string { return b }
