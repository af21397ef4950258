package revocation

import (
	"net/http"
	"strings"
	"testing"
)

func TestChallengeError(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		`Bearer error="invalid_token"`:                              "invalid_token",
		`bearer realm="a, b=c", error="invalid_token"`:              "invalid_token",
		`Bearer error=invalid_token, error_description="x"`:         "invalid_token",
		`error="invalid_token",error_description="x"`:               "invalid_token",
		`Bearer ERROR = "invalid_token"`:                            "invalid_token",
		`Bearer error="a\"b"`:                                       `a"b`,
		`Bearer realm="error=\"invalid_token\""`:                    "",
		`Bearer error_description="x"`:                              "",
		`Basic error="invalid_token"`:                               "",
		`Bearer error="invalid_token", error="invalid_token"`:       "",
		`Bearer error="invalid_token`:                               "",
		`Bearer error="invalid_token" x`:                            "",
		`Bearer error="invalid_token", Basic realm="x"`:             "",
		`Bearer error="invalid_token",`:                             "",
		`Bearer`:                                                    "",
		``:                                                          "",
		`error=`:                                                    "",
		`="invalid_token"`:                                          "",
		`Bearer error="invalid_token", error_description=two words`: "",
	} {
		if got := challengeError([]string{value}); got != want {
			t.Errorf("%s: %q, want %q", value, got, want)
		}
	}
	if got := challengeError([]string{`Bearer error="invalid_token"`, `Bearer error="invalid_token"`}); got != "" {
		t.Errorf("two challenges: %q", got)
	}
}

// FuzzAnswers reads answers as both endpoints' : a good one names the subject, and one
// against the token has a status that such have.
func FuzzAnswers(f *testing.F) {
	const subject = "5f7a2c9e"
	f.Add(200, "application/json", "", `{"sub":"5f7a2c9e"}`)
	f.Add(200, "application/x-amz-json-1.1", "", `{"Username":"a","UserAttributes":[{"Name":"sub","Value":"5f7a2c9e"}]}`)
	f.Add(401, "application/json", `Bearer error="invalid_token"`, `{"error":"invalid_token"}`)
	f.Add(401, "text/html", `error=invalid_token, error_description="a \"b\""`, ``)
	f.Add(400, "application/x-amz-json-1.1", "", `{"__type":"a#NotAuthorizedException","message":"Access Token has been revoked"}`)
	f.Add(400, "application/x-amz-json-1.1", "", `{"__type":"UserNotFoundException"}`)
	f.Add(503, "text/html; charset", "Basic", `<html>`)
	f.Fuzz(func(t *testing.T, status int, mediaType, challenge, body string) {
		header := http.Header{"Content-Type": {mediaType}, "Www-Authenticate": {challenge}}
		info, infoErr := readUserInfo(status, header, []byte(body), subject)
		user, userErr := readGetUser(status, header, []byte(body), subject)
		if (info == 0) != (infoErr != nil) || (user == 0) != (userErr != nil) {
			t.Fatal("an answer and an error, or neither", info, infoErr, user, userErr)
		}
		for _, a := range []answer{info, user} {
			// Any letter of JSON may be escaped.
			if a == answerGood && (status != http.StatusOK || (!strings.Contains(body, subject) && !strings.Contains(body, `\`))) {
				t.Fatal("good, without the subject")
			}
		}
		if (info != 0 && info != answerGood && status != http.StatusUnauthorized) || (user != 0 && user != answerGood && status != http.StatusBadRequest) {
			t.Fatal("revoked by the status", status)
		}
	})
}

// FuzzChallenge reads challenges: what comes out was in there.
func FuzzChallenge(f *testing.F) {
	for _, seed := range []string{`Bearer realm="x", error="invalid_token"`, `error=invalid_token`, `Bearer error="a\"b" , x=y`, `Basic realm="x"`, `Bearer error="`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		if got := challengeError([]string{value}); !strings.Contains(strings.ReplaceAll(value, `\`, ""), strings.ReplaceAll(got, `\`, "")) || len(got) > len(value) {
			t.Fatalf("%q of %q", got, value)
		}
	})
}
