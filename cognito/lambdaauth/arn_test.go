package lambdaauth

import (
	"regexp"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito/internal/configerror"
)

func TestParseMethodARN(t *testing.T) {
	for _, good := range []string{
		strings.Replace(stage, "abcdef1234/prod", "azAZ09/az_AZ-09", 1) + "GET/", stage + "GET/", stage + "GET/orders/1", stage + "OPTIONS/a:b/c", stage + "$connect", stage + "$default", stage + "GET/é",
		"arn:aws-us-gov:execute-api:us-gov-west-1:123456789012:a/$default/POST/x",
		"arn:aws-cn:execute-api:cn-north-1:123456789012:abc/test-invoke-stage/GET/x/*",
		"arn:aws-eusc:execute-api:eusc-de-east-1:123456789012:abc/ESTestInvoke-stage/GET//",
	} {
		if a, err := parseMethodARN(good); err != nil || a.stage+a.call != good {
			t.Errorf("%q: %+v, %v", good, a, err)
		}
	}
	bad := []string{
		"", "arn", stage, strings.TrimSuffix(stage, "/"), stage + "GET", stage + "get/x", stage + "*/x", stage + "ANY/x", stage + "$", stage + "$a/b", stage + "GET/\n", stage + "GET/\xff",
		stage + "GET/" + strings.Repeat("a", 1600), " " + stage + "GET/",
	}
	for old, list := range map[string][]string{
		"arn:aws:":     {"arn:*:", "arn::", "arn:aws-x:", "ARN:aws:", "arn:aws*:"},
		"execute-api":  {"*", "lambda", ""},
		"us-east-1":    {"*", "us-*-1", "", "us-east-", "US-EAST-1", "us-east-1a", "us-east-100"},
		"123456789012": {"*", "", "12345678901", "1234567890123", "12345678901?"},
		"abcdef1234":   {"*", "", "abc?", "abc/prod", "abc*", "a:b"},
		"/prod/":       {"/*/", "//", "/pr?d/", "/$default2/", "/${*}/", "/pr od/", "/" + strings.Repeat("a", 129) + "/"},
	} {
		for _, text := range list {
			bad = append(bad, strings.Replace(stage+"GET/x", old, text, 1))
		}
	}
	for _, arn := range bad {
		if arn == strings.Replace(stage+"GET/x", "abcdef1234", "abc/prod", 1) {
			continue // stage prod and then a method "prod": refused below
		}
		if a, err := parseMethodARN(arn); err == nil {
			t.Errorf("%q: %+v", arn, a)
		}
	}
}

// arnGrammar is the form of an ARN, written a second time.
var arnGrammar = regexp.MustCompile(`\Aarn:(aws|aws-us-gov|aws-cn|aws-eusc):execute-api:([a-z]{1,12}(?:-[a-z]{1,12}){1,2}-[0-9]{1,2}):[0-9]{12}:[A-Za-z0-9]{1,64}/(\$default|[A-Za-z0-9_-]{1,128})/((DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT)/[^\x00-\x1f\x7f-\x{9f}]*|\$[A-Za-z0-9_-]+)\z`)

func FuzzMethodARN(f *testing.F) {
	for _, s := range []string{"", stage + "GET/orders/1", stage + "$connect", stage + "GET/*", "arn:aws:execute-api:*:*:*/*/*/*", stage + "GET/\u0085", stage + "GET/\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := parseMethodARN(s)
		want := len(s) <= maxARN && arnGrammar.MatchString(s) && strings.ToValidUTF8(s, "\x00") == s
		if (err == nil) != want {
			t.Fatalf("%q: %v, want %v", s, err, want)
		}
		if err != nil {
			return
		}
		if a.stage+a.call != s || strings.ContainsAny(strings.Replace(a.stage, "/$default/", "", 1), "*?$") {
			t.Errorf("%q: %+v", s, a)
		}
		if p, ok := exactPolicy(a); ok {
			// It allows that call, and no other that could be made of it.
			if !p.allows(a.call) || p.allows(a.call+"x") || p.allows(a.call+"/x") {
				t.Errorf("%q: %+v", s, p)
			}
		}
	})
}

func FuzzRouteKey(f *testing.F) {
	for _, s := range []string{"", "GET /", "ANY /a/{b}/{c+}", "$connect", "GET /a*", "GET /{a+}/b", "GET //", "get /x", "GET /..", "GET /{}"} {
		f.Add(s, "GET/a/b/c")
	}
	f.Fuzz(func(t *testing.T, key, call string) {
		table := newTable([]Route{{Keys: []string{key}}}, configerror.In("lambdaauth", "Config"))
		for n := range table.entries {
			e := &table.entries[n]
			if strings.ContainsAny(e.method, "*?") || !e.calls().meets(globOf(e.glob())) {
				t.Errorf("%q: %+v", key, e)
			}
			if e.calls().meets(exactly(call)) && !globOf(e.glob()).meets(exactly(call)) {
				t.Errorf("%q matches %q, its resource %q does not", key, call, e.glob())
			}
		}
	})
}

// TestLimitsOfMethodARNsAreExact: the longest part is accepted and one byte more is not.
func TestLimitsOfMethodARNsAreExact(t *testing.T) {
	const arn = "arn:aws:execute-api:REGION:123456789012:API/STAGE/GET/"
	with := func(region, api, stage string) string {
		return strings.NewReplacer("REGION", region, "API", api, "STAGE", stage).Replace(arn)
	}
	long := func(n int) string { return strings.Repeat("z", n) }
	most := with("us-east-1", "a", "s")
	most += strings.Repeat("p", maxARN-len(most))
	for text, good := range map[string]bool{
		most:                                true,
		most + "p":                          false,
		with("us-east-1", long(64), "s"):    true,
		with("us-east-1", long(65), "s"):    false,
		with("us-east-1", "a", long(128)):   true,
		with("us-east-1", "a", long(129)):   false,
		with("us-east-12", "a", "s"):        true,
		with("us-east-123", "a", "s"):       false,
		with("us-"+long(12)+"-1", "a", ""):  false,
		with("us-"+long(12)+"-1", "a", "s"): true,
		with("us-"+long(13)+"-1", "a", "s"): false,
		with("us-a{-1", "a", "s"):           false,
		with("us-1", "a", "s"):              false,
		with("us-a-b-c-1", "a", "s"):        false,
		most[:len(most)-1] + "\x1f":         false,
		most[:len(most)-1] + " ":            true,
		most[:len(most)-1] + "\x7f":         false,
		most[:len(most)-2] + "\u009f":       false,
		most[:len(most)-2] + "\u00a0":       true,
	} {
		if _, err := parseMethodARN(text); (err == nil) != good {
			t.Errorf("%q: %v, want it accepted: %t", text, err, good)
		}
	}
}
