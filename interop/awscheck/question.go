package awscheck

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/aws/smithy-go"
)

// A Question is one behaviour of Cognito that is not documented.
type Question struct {
	// Name identifies the question, as in "tokens/machine-claims".
	Name string
	// Source says where the assumption comes from.
	Source string
	// Text is the question, for readers of the report.
	Text string
	// ask returns what the service does, in words that can be compared. An error means that the
	// question could not be asked.
	ask func(context.Context, *world) (string, error)
}

// Where the assumptions come from.
const (
	decision6 = "decision 6"
	decision7 = "decision 7"
	reports   = "reports of users, no document"
)

// errNotHere says that a service cannot be asked a question.
var errNotHere = errors.New("not available at this service")

// Questions returns all questions, in the order of the report.
func Questions() []Question {
	var all []Question
	for _, group := range [][]Question{
		tokenQuestions, discoveryQuestions, oauthQuestions, signInQuestions, refreshQuestions,
		factorQuestions, attributeQuestions, clientQuestions, poolQuestions,
	} {
		all = append(all, group...)
	}
	return all
}

// outcome describes the result of an API call: "accepted", or the exception with its message. It
// returns an error if the service did not answer.
func outcome(err error) (string, error) {
	var refused smithy.APIError
	switch {
	case err == nil:
		return "accepted", nil
	case errors.As(err, &refused):
		return refused.ErrorCode() + ": " + refused.ErrorMessage(), nil
	}
	return "", err
}

// outcomes describes several calls of one question.
func outcomes(calls ...namedCall) (string, error) {
	var lines []string
	for _, c := range calls {
		got, err := outcome(c.err)
		if err != nil {
			return "", fmt.Errorf("%s: %w", c.name, err)
		}
		lines = append(lines, c.name+" → "+got)
	}
	return strings.Join(lines, "; "), nil
}

type namedCall struct {
	name string
	err  error
}

// second drops the output of an API call.
func second[T any](_ T, err error) error { return err }

// Values that differ between two services, and between two runs.
var variable = []struct {
	pattern     *regexp.Regexp
	replacement string
}{
	{regexp.MustCompile(`arn:aws[a-z-]*:cognito-idp:[a-z0-9-]*:[0-9]*:userpool/[\w-]+`), "{arn}"},
	{regexp.MustCompile(`\b[a-z]{2,5}(?:-[a-z]+)+-\d_[0-9A-Za-z]+`), "{pool}"},
	{regexp.MustCompile(`\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b`), "{uuid}"},
	{regexp.MustCompile(`\b[0-9a-z]{26}\b`), "{client}"},
}

// comparable replaces what differs between two runs by its kind.
func (w *world) comparable(text string) string {
	if w.base != "" {
		text = strings.ReplaceAll(text, w.base, "{domain}")
	}
	for _, v := range variable {
		text = v.pattern.ReplaceAllString(text, v.replacement)
	}
	return text
}
