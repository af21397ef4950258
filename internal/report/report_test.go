package report

import (
	"bytes"
	"regexp"
	"testing"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/internal/terminal"
)

// Colours change nothing but the colour: without their codes a page is the same,
// so that columns and line ends are where they are.
func TestColourIsOnlyColour(t *testing.T) {
	codes := regexp.MustCompile("\x1b\\[[0-9]+m")
	i := cognitotest.NewIssuer()
	for name, token := range map[string]string{
		"good":    i.Pool().AccessToken(),
		"expired": i.Pool().AccessToken(cognitotest.Expired()),
		"refresh": i.Pool().RefreshToken(),
	} {
		report, err := cognito.Inspect(t.Context(), token, cognito.InspectOptions{UserPoolIDs: []string{"eu-west-1_Other"}, Now: i.Clock().Now()})
		if err != nil {
			t.Fatal(err)
		}
		pages := map[bool]string{}
		for _, colour := range []bool{false, true} {
			g := &Writer{Page: terminal.NewPage(terminal.Style{Colour: colour, Unicode: true}), Hint: noHint}
			g.Inspection(report)
			pages[colour] = g.String()
		}
		if bytes.ContainsRune([]byte(pages[false]), '\x1b') || !codes.MatchString(pages[true]) {
			t.Errorf("%s: colours are where they should not be, or not where they should", name)
		}
		if got := codes.ReplaceAllString(pages[true], ""); got != pages[false] {
			t.Errorf("%s: got %s\nwant %s", name, got, pages[false])
		}
	}
}

func noHint(cognito.Code, *cognito.Report) string { return "" }

func TestOutcomeWithoutATokenIsNotCountedAsValid(t *testing.T) {
	for name, test := range map[string]struct {
		outcome Outcome
		want    Tally
	}{
		"a token":               {Outcome{Token: &cognito.AccessToken{}}, Tally{Valid: 1}},
		"a refusal":             {Outcome{Refusal: cognito.NewError(cognito.ErrTokenExpired, "")}, Tally{Rejected: 1}},
		"a token and a refusal": {Outcome{Token: &cognito.AccessToken{}, Refusal: cognito.NewError(cognito.ErrTokenExpired, "")}, Tally{Rejected: 1}},
		"no verdict":            {Outcome{Refusal: cognito.NewError(cognito.ErrKeysUnavailable, "")}, Tally{Unavailable: 1}},
		"nothing":               {Outcome{}, Tally{Rejected: 1}},
		"a nil access token":    {Outcome{Token: (*cognito.AccessToken)(nil)}, Tally{Rejected: 1}},
		"a nil ID token":        {Outcome{Token: (*cognito.IDToken)(nil)}, Tally{Rejected: 1}},
	} {
		var got Tally
		got.Add(&test.outcome)
		if got != test.want || test.outcome.Number != 1 {
			t.Errorf("%s: got %+v with the number %d, want %+v", name, got, test.outcome.Number, test.want)
		}
	}
}
