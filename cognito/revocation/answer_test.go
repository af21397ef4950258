package revocation

import (
	"net/http"
	"strings"
	"testing"
)

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
