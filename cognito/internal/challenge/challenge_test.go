package challenge

import (
	"strings"
	"testing"
)

func TestErrorOfABearerChallengeIsRead(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		`Bearer error="invalid_token"`:                              "invalid_token",
		`bearer realm="a, b=c", error="invalid_token"`:              "invalid_token",
		`Bearer error=invalid_token, error_description="x"`:         "invalid_token",
		`Bearer error=invalid_token,realm=x`:                        "invalid_token",
		`error="invalid_token",error_description="x"`:               "invalid_token",
		`Bearer ERROR = "invalid_token"`:                            "invalid_token",
		`Bearer error="a\"b"`:                                       `a"b`,
		`Bearer error="a\\\"b"`:                                     `a\"b`,
		`Bearer realm="error=\"x\", error=y", ERROR = "a"`:          "a",
		`Bearer realm="error=\"invalid_token\""`:                    "",
		`Bearer error_description="x"`:                              "",
		`Basic error="invalid_token"`:                               "",
		`Bearer error="invalid_token", error="invalid_token"`:       "",
		`Bearer error="invalid_token", Error="other"`:               "",
		`Bearer error="invalid_token`:                               "",
		`Bearer error="invalid_token\`:                              "",
		`Bearer error="invalid_token" x`:                            "",
		`Bearer error="invalid_token", Basic realm="x"`:             "",
		`Bearer error="invalid_token",`:                             "",
		`Bearer realm=,error=x`:                                     "",
		`Bearer error`:                                              "",
		`Bearer =,=,==`:                                             "",
		`Bearer`:                                                    "",
		``:                                                          "",
		`error=`:                                                    "",
		`="invalid_token"`:                                          "",
		`Bearer error="invalid_token", error_description=two words`: "",
	} {
		if got := Bearer([]string{value})["error"]; got != want {
			t.Errorf("%s: %q, want %q", value, got, want)
		}
	}
}

func TestSeveralChallengesHaveNoParameters(t *testing.T) {
	t.Parallel()
	if got := Bearer([]string{`Bearer error="invalid_token"`, `Bearer error="invalid_token"`}); got != nil {
		t.Errorf("got %q", got)
	}
}

// What is read was in the challenge.
func FuzzBearer(f *testing.F) {
	for _, seed := range []string{`Bearer realm="x", error="invalid_token"`, `error=invalid_token`, `Bearer error="a\"b" , x=y`, `Basic realm="x"`, `Bearer error="`, `Bearer error=a, error="\`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		got := Bearer([]string{value})["error"]
		if !strings.Contains(strings.ReplaceAll(value, `\`, ""), strings.ReplaceAll(got, `\`, "")) || len(got) > len(value) {
			t.Fatalf("%q of %q", got, value)
		}
	})
}
