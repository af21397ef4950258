package cognito_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

const (
	tooManyNames = "a, b"
	anyList      = "[a, b]"
)

func TestListsOfEveryFormatAreRead(t *testing.T) {
	for _, test := range []struct {
		format cognito.ListFormat
		text   string
		want   []string // nil: an error
	}{
		{cognito.ListArray, `["a","b,c","[d]","e f"]`, []string{"a", "b,c", "[d]", "e f"}},
		{cognito.ListArray, `[]`, []string{}},
		{cognito.ListArray, `["a",1]`, nil},
		{cognito.ListArray, `"a"`, nil},
		{cognito.ListArray, ``, nil},
		{cognito.ListArray, `["a"]x`, nil},
		{cognito.ListArray, `null`, nil},
		{cognito.ListArray, `[null]`, nil},
		{cognito.ListJSON, `null`, nil},
		{cognito.ListArray, `[""]`, nil},
		{cognito.ListArray, `["a\n"]`, nil},
		{cognito.ListArray, `[" a"]`, nil},
		{cognito.ListJSON, `["a","b,c"]`, []string{"a", "b,c"}},
		{cognito.ListJSON, `[a, b]`, nil},
		{cognito.ListJSON, `a`, nil},
		{cognito.ListCommas, `a,b`, []string{"a", "b"}},
		{cognito.ListCommas, `a, b, c`, []string{"a", "b", "c"}},
		{cognito.ListCommas, `a b`, []string{"a b"}},
		{cognito.ListCommas, ``, []string{}},
		{cognito.ListCommas, `a,,b`, nil},
		{cognito.ListCommas, `a,`, nil},
		{cognito.ListCommas, `,`, nil},
		{cognito.ListCommas, `a, b,c`, nil},
		{cognito.ListCommas, `a,  b`, nil},
		{cognito.ListCommas, `[a,b]`, nil},
		{cognito.ListCommas, `[a],b`, nil},
		{cognito.ListCommas, `"a","b"`, nil},
		{cognito.ListCommas, "a\x00,b", nil},
		{cognito.ListCommas, "a\xff,b", nil},
		{cognito.ListBrackets, anyList, []string{"a", "b"}},
		{cognito.ListBrackets, `[Domain Users, b]`, []string{"Domain Users", "b"}},
		{cognito.ListBrackets, `[a]`, []string{"a"}},
		{cognito.ListBrackets, `a b`, []string{"a b"}},
		{cognito.ListBrackets, `[]`, []string{}},
		{cognito.ListBrackets, ``, []string{}},
		{cognito.ListBrackets, tooManyNames, nil},
		{cognito.ListBrackets, `[a,b]`, nil},
		{cognito.ListBrackets, `[a,b, c]`, nil},
		{cognito.ListBrackets, `[a, [b]]`, nil},
		{cognito.ListBrackets, `[a], [b]`, nil},
		{cognito.ListBrackets, `[a`, nil},
		{cognito.ListBrackets, `a]`, nil},
		{cognito.ListBrackets, `["a", "b"]`, nil},
		{cognito.ListBrackets, `[a, ]`, nil},
		{cognito.ListSpaces, `[a b c]`, []string{"a", "b", "c"}},
		{cognito.ListSpaces, `[a]`, []string{"a"}},
		{cognito.ListSpaces, `[]`, []string{}},
		{cognito.ListSpaces, ``, []string{}},
		{cognito.ListSpaces, `a b`, nil},
		{cognito.ListSpaces, anyList, nil},
		{cognito.ListSpaces, `[a  b]`, nil},
		{cognito.ListSpaces, `[a [b] c]`, nil},
		{cognito.ListSpaces, `[ a]`, nil},
		{"", `["a"]`, nil},
		{"comma", `a,b`, nil},
	} {
		got, err := cognito.ParseList(test.text, test.format)
		if (err == nil) != (test.want != nil) || err == nil && !slices.Equal(got.Slice(), test.want) {
			t.Errorf("%s %q: got %q, %v; want %q", test.format, test.text, got.Slice(), err, test.want)
		}
		if err != nil && got.Len() != 0 {
			t.Errorf("%s %q: names beside an error", test.format, test.text)
		}
	}
}

// TestNameWithASeparatorIsNotTwoGroups: a user who may name a group must not get into
// another one, as far as the format can tell.
func TestNameWithASeparatorIsNotTwoGroups(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier := newVerifier(t, issuer, nil)
	for name, test := range map[string]struct {
		value  any
		format cognito.ListFormat
		want   cognito.Code
	}{
		"array":                      {[]string{"x,admins", "[admins]", "x admins"}, cognito.ListArray, cognito.ErrClaimMismatch},
		"JSON":                       {`["x,admins","[admins]"]`, cognito.ListJSON, cognito.ErrClaimMismatch},
		"a comma in brackets":        {"[x,admins, y]", cognito.ListBrackets, cognito.ErrClaimInvalid},
		"a single name with a comma": {"x, admins", cognito.ListBrackets, cognito.ErrClaimInvalid},
		"brackets in brackets":       {"[x, [admins]]", cognito.ListBrackets, cognito.ErrClaimInvalid},
		"SAML read as API Gateway's": {"[x, admins]", cognito.ListSpaces, cognito.ErrClaimInvalid},
		"API Gateway's read as SAML": {"[x admins]", cognito.ListBrackets, cognito.ErrClaimMismatch},
		"JSON read as commas":        {`["admins","x"]`, cognito.ListCommas, cognito.ErrClaimInvalid},
		"an array read as text":      {[]string{"admins"}, cognito.ListCommas, cognito.ErrClaimInvalid},
		"text read as an array":      {`["admins"]`, cognito.ListArray, cognito.ErrClaimInvalid},
		"null in JSON":               {"null", cognito.ListJSON, cognito.ErrClaimInvalid},
		"null for an array":          {nil, cognito.ListArray, cognito.ErrClaimInvalid},
		"absent":                     {nil, cognito.ListBrackets, cognito.ErrClaimInvalid}, // null
		"there, in brackets":         {"[x, admins]", cognito.ListBrackets, ""},
		"there, single":              {"admins", cognito.ListBrackets, ""},
		"there, after spaces":        {"[x admins]", cognito.ListSpaces, ""},
		"there, after commas":        {"x,admins", cognito.ListCommas, ""},
		"there, in JSON":             {`["admins"]`, cognito.ListJSON, ""},
		"there, in an array":         {[]string{"admins"}, cognito.ListArray, ""},
		"another case":               {"Admins", cognito.ListBrackets, cognito.ErrClaimMismatch},
		"empty":                      {"[]", cognito.ListBrackets, cognito.ErrClaimMismatch},
		"a part of a name":           {"[superadmins, admins2]", cognito.ListBrackets, cognito.ErrClaimMismatch},
	} {
		t.Run(name, func(t *testing.T) {
			raw := issuer.Pool().IDToken(cognitotest.Claim("custom:groups", test.value))
			checkRequirement(t, verifier, raw, cognito.RequireListed("custom:groups", test.format, "admins", "owners"), test.want)
			checkRequirement(t, verifier, raw, cognito.RequireListed("custom:other", test.format, "admins"), cognito.ErrClaimMismatch)
		})
	}
}

func TestAbsentListIsReportedAsAbsent(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier := newVerifier(t, issuer, nil)
	_, err := verifier.VerifyIDToken(t.Context(), issuer.Pool().IDToken(), cognito.RequireListed("custom:none", cognito.ListCommas, "a"))
	refused, ok := errors.AsType[*cognito.Error](err)
	if !ok || refused.Message() != `the claim "custom:none" is absent` {
		t.Errorf("got %v", err)
	}
}

func TestUnknownFormatIsAnErrorWithoutTheClaimToo(t *testing.T) {
	t.Parallel()
	issuer := cognitotest.NewIssuer()
	verifier, err := cognito.New(issuer.Config())
	if err != nil {
		t.Fatal(err)
	}
	token, err := verifier.VerifyAccessToken(t.Context(), issuer.Pool().AccessToken())
	if err != nil {
		t.Fatal(err)
	}
	if names, err := token.List("absent", "nonsense"); err == nil {
		t.Errorf("got %v and no error", names)
	}
}

func TestListOfATokenIsRead(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier := newVerifier(t, issuer, nil)
	id, err := verifier.VerifyIDToken(t.Context(), issuer.Pool().IDToken(cognitotest.Claim("custom:groups", anyList)))
	if err != nil {
		t.Fatal(err)
	}
	access, err := verifier.VerifyAccessToken(t.Context(), issuer.Pool().AccessToken(cognitotest.Groups("a,b", "c")))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := id.List("custom:groups", cognito.ListBrackets); err != nil || !slices.Equal(got.Slice(), []string{"a", "b"}) {
		t.Errorf("got %q, %v", got.Slice(), err)
	}
	if got, err := id.List("custom:none", cognito.ListBrackets); err != nil || got.Len() != 0 {
		t.Errorf("got %q, %v", got.Slice(), err)
	}
	if got, err := id.List("custom:groups", cognito.ListSpaces); err == nil || got.Len() != 0 || !strings.Contains(err.Error(), `the claim "custom:groups" has brackets`) {
		t.Errorf("got %q, %v", got.Slice(), err)
	}
	if got, err := access.List("cognito:groups", cognito.ListArray); err != nil || !slices.Equal(got.Slice(), []string{"a,b", "c"}) {
		t.Errorf("got %q, %v", got.Slice(), err)
	}
}

func TestFaultyListRequirementIsReported(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier := newVerifier(t, issuer, nil)
	raw := issuer.Pool().IDToken(cognitotest.Claim("custom:groups", "admins"))
	for name, requirement := range map[string]cognito.Requirement{
		"no format":      cognito.RequireListed("custom:groups", "", "admins"),
		"unknown format": cognito.RequireListed("custom:groups", "comma", "admins"),
		"no claim":       cognito.RequireListed("", cognito.ListCommas, "admins"),
		"no names":       cognito.RequireListed("custom:groups", cognito.ListCommas),
		"an empty name":  cognito.RequireListed("custom:groups", cognito.ListCommas, "admins", ""),
	} {
		if requirement.Err() == nil {
			t.Errorf("%s is no fault", name)
		}
		checkRequirement(t, verifier, raw, requirement, cognito.ErrClaimMismatch)
	}
	names := []string{"owners"}
	requirement := cognito.RequireListed("custom:groups", cognito.ListCommas, names...)
	names[0] = "admins"
	checkRequirement(t, verifier, raw, requirement, cognito.ErrClaimMismatch)
	_, err := verifier.VerifyIDToken(t.Context(), raw, cognito.RequireListed("custom:groups", cognito.ListCommas, "owners"))
	_, absent := verifier.VerifyIDToken(t.Context(), raw, cognito.RequireListed("custom:none", cognito.ListCommas, "owners"))
	checkMessage(t, absent, cognito.ErrClaimMismatch, `the claim "custom:none" is absent`)
	checkMessage(t, err, cognito.ErrClaimMismatch, `the claim "custom:groups" must have "owners"; the token has "admins"`)
}

// FuzzParseList checks that every name is a piece of the text between separators, that the
// unambiguous formats give back what was put in, and that no text is a list with names that
// another reader would find elsewhere.
func FuzzParseList(f *testing.F) {
	for _, text := range []string{"", "a,b", "a, b", "[a, b]", "[a b c]", `["a","b"]`, "[a], [b]", "a]", "[[a]]", "[a,b, c]", "\x00"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, format := range []cognito.ListFormat{cognito.ListCommas, cognito.ListBrackets, cognito.ListSpaces} {
			set, err := cognito.ParseList(text, format)
			if err != nil && set.Len() != 0 {
				t.Fatalf("%s: %q has names beside an error", format, text)
			}
			for name := range set.All() {
				if name == "" || strings.ContainsAny(name, `[]"`) || strings.ContainsAny(name, "\x00\n\x1b") || !strings.Contains(text, name) {
					t.Fatalf("%s: %q has the name %q", format, text, name)
				}
				if strings.Contains(name, ",") || format == cognito.ListSpaces && strings.Contains(name, " ") {
					t.Fatalf("%s: %q has the separator in the name %q", format, text, name)
				}
			}
		}
		if !utf8.ValidString(text) {
			return
		}
		array, err := json.Marshal([]string{text, "b"})
		if err != nil {
			t.Fatal(err)
		}
		if set, err := cognito.ParseList(string(array), cognito.ListJSON); err == nil && (set.Len() != 2 || !set.Has(text)) {
			t.Fatalf("%s has %q", array, set.Slice())
		}
	})
}

// A SAML provider's groups are in one claim, as text.
func ExampleRequireListed() {
	issuer := cognitotest.NewIssuer()
	verifier, err := cognito.New(issuer.Config())
	if err != nil {
		fmt.Println(err)
		return
	}
	raw := issuer.Pool().IDToken(cognitotest.Claim("custom:groups", "[staff, admins]"))
	token, err := verifier.VerifyIDToken(context.Background(), raw, cognito.RequireListed("custom:groups", cognito.ListBrackets, "admins"))
	if err != nil {
		fmt.Println(err)
		return
	}
	groups, err := token.List("custom:groups", cognito.ListBrackets)
	fmt.Println(groups, err)
	// Output: staff admins <nil>
}
