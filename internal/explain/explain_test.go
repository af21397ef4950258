package explain_test

import (
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/internal/explain"
)

// none are the codes without advice: the application made the rule that the token does
// not satisfy, and the message names it.
var none = map[cognito.Code]bool{cognito.ErrClaimMismatch: true, cognito.ErrAccessDenied: true}

func TestEveryCodeHasAdviceOrIsListedAsNeedingNone(t *testing.T) {
	t.Parallel()
	reports := []*cognito.Report{nil, {TokenUse: cognito.TokenUseID}, {TokenUse: cognito.TokenUseAccess}}
	for _, code := range cognito.Codes() {
		for _, report := range reports {
			for _, wanted := range []cognito.TokenUse{cognito.TokenUseAccess, cognito.TokenUseID} {
				same := report == nil || report.TokenUse == wanted
				if code == cognito.ErrTokenUseMismatch && same {
					continue // no mismatch
				}
				for _, given := range []bool{false, true} {
					advice := explain.Advice(code, explain.Facts{Report: report, Wanted: wanted, KeysGiven: given})
					if (advice == "") != none[code] {
						t.Errorf("%s: got %q", code, advice)
					}
					if advice != "" && (!strings.HasSuffix(advice, ".") || strings.Contains(advice, "--") || strings.ContainsAny(advice, "\"'`<")) {
						t.Errorf("%s: %q must be plain sentences without the words of one surface", code, advice)
					}
				}
			}
		}
	}
}

func TestAdviceDependsOnWhatIsKnown(t *testing.T) {
	t.Parallel()
	id, access := &cognito.Report{TokenUse: cognito.TokenUseID}, &cognito.Report{TokenUse: cognito.TokenUseAccess}
	machine := &cognito.Report{TokenUse: cognito.TokenUseAccess, Claims: []byte(`{"sub":"app","client_id":"app"}`)}
	for name, test := range map[string]struct {
		code  cognito.Code
		facts explain.Facts
		want  string
	}{
		"access token wanted":       {cognito.ErrTokenUseMismatch, explain.Facts{Report: id, Wanted: cognito.TokenUseAccess}, "This is an ID token."},
		"ID token wanted":           {cognito.ErrTokenUseMismatch, explain.Facts{Report: access, Wanted: cognito.TokenUseID}, "This is an access token."},
		"scope of an ID token":      {cognito.ErrScopeMissing, explain.Facts{Report: id}, "ID tokens have no scopes"},
		"scope":                     {cognito.ErrScopeMissing, explain.Facts{Report: access}, "Ask for the scope"},
		"group of a machine":        {cognito.ErrGroupMissing, explain.Facts{Report: machine}, "The token of a machine has no groups"},
		"group of a user":           {cognito.ErrGroupMissing, explain.Facts{Report: access}, "Add the user to the group"},
		"nonce, access wanted":      {cognito.ErrNonceMismatch, explain.Facts{Wanted: cognito.TokenUseAccess}, "Only ID tokens have a nonce"},
		"nonce, access found":       {cognito.ErrNonceMismatch, explain.Facts{Report: access}, "Only ID tokens have a nonce"},
		"nonce":                     {cognito.ErrNonceMismatch, explain.Facts{Report: id}, "The nonce must be"},
		"key of a given set":        {cognito.ErrKeyNotFound, explain.Facts{KeysGiven: true}, "The keys must be those"},
		"key of the pool":           {cognito.ErrKeyNotFound, explain.Facts{}, "The user pool does not publish"},
		"a code of another package": {"quota_exceeded", explain.Facts{}, ""},
	} {
		got := explain.Advice(test.code, test.facts)
		if !strings.HasPrefix(got, test.want) || test.want == "" && got != "" {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}

func TestStepFollowsTheAdvice(t *testing.T) {
	t.Parallel()
	step := func(code cognito.Code) string {
		if code == cognito.ErrTokenRevoked || code == cognito.ErrAccessDenied {
			return "Press the button."
		}
		return ""
	}
	for code, want := range map[cognito.Code]string{
		cognito.ErrTokenRevoked:   "Sign in again to get a new token. Press the button.",
		cognito.ErrAccessDenied:   "Press the button.",
		cognito.ErrClientMismatch: "Accept tokens only from app clients that you know.",
	} {
		if got := explain.Advice(code, explain.Facts{Step: step}); got != want {
			t.Errorf("%s: got %q, want %q", code, got, want)
		}
	}
}

func TestMachineIsRecognizedByItsClaims(t *testing.T) {
	t.Parallel()
	for claims, want := range map[string]bool{
		`{"sub":"app","client_id":"app"}`:                  true,
		`{"sub":"app","client_id":"app","username":"kim"}`: false,
		`{"sub":"app","client_id":"app","username":""}`:    false,
		`{"sub":"app","client_id":"app","username":null}`:  false,
		`{"sub":"app","client_id":"app","username":1}`:     false,
		`{"sub":"5f7a2c9e","client_id":"app"}`:             false,
		`{}`:                                               false,
		`{"sub":1,"client_id":1}`:                          false,
		`not JSON`:                                         false,
	} {
		if got := explain.IsMachine(&cognito.Report{TokenUse: cognito.TokenUseAccess, Claims: []byte(claims)}); got != want {
			t.Errorf("%s: got %v", claims, got)
		}
	}
	if explain.IsMachine(&cognito.Report{TokenUse: cognito.TokenUseID, Claims: []byte(`{"sub":"app","client_id":"app"}`)}) {
		t.Error("an ID token is never a machine's")
	}
}
