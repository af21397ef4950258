package inspector

import (
	"errors"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito"
)

func TestTake(t *testing.T) {
	t.Parallel()
	const access, id, refresh = "eyJh.eyJi.c2ln", "eyJh.eyJk.c2ln", "a.b.c.d.e"
	const endpoint = `{"id_token":"` + id + `","access_token":"` + access + `","refresh_token":"` + refresh + `","expires_in":3600}`
	for _, tc := range []struct {
		text string
		use  cognito.TokenUse
		want string
		note string // in the notes; "" is that there are none
		err  error
	}{
		{text: access, want: access},
		{text: " \r\n" + access + "\n", want: access, note: "White space"},
		{text: "\ufeff" + access, want: access, note: "White space"},
		{text: "Bearer " + access, want: access, note: "“Bearer”"},
		{text: "bearer   " + access, want: access, note: "“Bearer”"},
		{text: "Authorization: Bearer " + access, want: access, note: "“Authorization:” before the token was removed. “Bearer”"},
		{text: "authorization:BEARER " + access, want: access, note: "“Bearer”"},
		{text: `"` + access + `"`, want: access, note: "quotes"},
		{text: `'Authorization: Bearer ` + access + `'`, want: access, note: "quotes"},
		{text: "Bearer “" + access + "”", want: access, note: "quotes"},
		{text: `"` + access, want: `"` + access},
		{text: "Bearer", want: "Bearer"},
		{text: "Basic abc", want: "Basic abc"},
		{text: "Bearer a b", want: "a b", note: "“Bearer”"},
		{text: access + "\r\n" + id, want: access + "\r\n" + id},
		{text: "Bearer\n" + access, want: "Bearer\n" + access},
		{text: "", err: errEmpty},
		{text: "\t\n", err: errEmpty},
		{text: endpoint, want: access, note: "The access_token of the answer was used. Not used: its id_token and its refresh_token"},
		{text: endpoint, use: cognito.TokenUseAccess, want: access, note: "access_token"},
		{text: endpoint, use: cognito.TokenUseID, want: id, note: "The id_token of the answer was used. Not used: its access_token and its refresh_token"},
		{text: `{"refresh_token":"` + refresh + `"}`, want: refresh, note: "The refresh_token of the answer was used."},
		{text: `{"id_token":"` + id + `"}`, use: cognito.TokenUseAccess, want: id, note: "id_token"},
		{text: `{"AuthenticationResult":{"AccessToken":"` + access + `","IdToken":"` + id + `"},"ChallengeParameters":{}}`, want: access, note: "AccessToken"},
		{text: `{"AuthenticationResult":null,"Session":"s"}`, err: errNoToken},
		{text: `{"access_token":5}`, err: errNoToken},
		{text: `{"access_token":""}`, err: errNoToken},
		{text: `{}`, err: errNoToken},
		{text: `{"access_token":"a","access_token":"b"}`, err: errRepeated},
		{text: `{"access_token":"a"`, err: errNoObject},
		{text: `{"access_token":"a"} x`, err: errNoObject},
		{text: `{access_token}`, err: errNoObject},
	} {
		got, err := take(tc.text, tc.use)
		if !errors.Is(err, tc.err) || (err == nil && got.token != tc.want) {
			t.Errorf("take(%q, %q) = %q, %v", tc.text, tc.use, got.token, err)
		}
		notes := strings.Join(got.notes, " ")
		if err == nil && (!strings.Contains(notes, tc.note) || (tc.note == "") != (notes == "")) {
			t.Errorf("take(%q, %q): %q", tc.text, tc.use, notes)
		}
	}
}

func TestPretty(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`"https:\/\/a\\/b"`:          `"https://a\\/b"`,
		`["a","b"]`:                  `["a","b"]`,
		"\"\u202e\U000e0041\u00a0\"": `"\u202e\udb40\udc41\u00a0"`,
		`{"a":[1,2,3],"b":{"c":"a string that makes it longer"}}`: "{\n  \"a\": [\n    1,\n    2,\n    3\n  ],\n  \"b\": {\n    \"c\": \"a string that makes it longer\"\n  }\n}",
	} {
		if got := pretty([]byte(in)); got != want {
			t.Errorf("pretty(%s) = %s", in, got)
		}
	}
	if got := visibleName("a\n\tb"); got != `a\n\u0009b` {
		t.Errorf("visibleName: %s", got)
	}
}
