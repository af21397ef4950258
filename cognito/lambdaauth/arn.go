package lambdaauth

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// A methodARN names the target of a request, as API Gateway writes it in methodArn and
// routeArn:
//
//	arn:aws:execute-api:us-east-1:123456789012:abcdef1234/prod/GET/orders/1
//
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-control-access-using-iam-policies-to-invoke-api.html
type methodARN struct {
	// stage is everything up to the slash after the stage. It has no wildcard.
	stage string
	// call is the rest: a method, a slash and a path, or a name such as $connect. The
	// client chose the path. It may contain any character of a path.
	call string
}

// maxARN is the longest methodArn. For longer ones, API Gateway answers 414 by itself:
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
const maxARN = 1600

var partitions = []string{"aws", "aws-us-gov", "aws-cn", "aws-eusc"}

// parseMethodARN reads the ARN strictly. Its parts become the first part of the resources
// in a policy. A wildcard in them, for example as the stage, would allow too much. Only
// the path may have a wildcard, and the policy takes care of that.
func parseMethodARN(s string) (methodARN, error) {
	if len(s) > maxARN {
		return methodARN{}, fmt.Errorf("is too long: got %d characters, want at most %d", len(s), maxARN)
	}
	parts := strings.SplitN(s, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" || parts[2] != "execute-api" {
		return methodARN{}, errors.New("is not of the form arn:partition:execute-api:region:account:api/stage/method/path")
	}
	resource := strings.SplitN(parts[5], "/", 3)
	switch {
	case !slices.Contains(partitions, parts[1]):
		return methodARN{}, errors.New("has an unknown partition")
	case !isRegion(parts[3]):
		return methodARN{}, errors.New("has an invalid region")
	case len(parts[4]) != 12 || !consistsOf(parts[4], isDigit):
		return methodARN{}, errors.New("has an invalid account")
	case len(resource) != 3:
		return methodARN{}, errors.New("lacks the stage or the method")
	case len(resource[0]) > 64 || !consistsOf(resource[0], isAlphanumeric):
		return methodARN{}, errors.New("has an invalid API ID")
	case resource[1] != "$default" && (len(resource[1]) > 128 || !consistsOf(resource[1], isStageByte)):
		return methodARN{}, errors.New("has an invalid stage")
	}
	a := methodARN{stage: s[:len(s)-len(resource[2])], call: resource[2]}
	return a, checkCall(a.call)
}

// checkCall checks the part after the stage: METHOD/path, or $name.
func checkCall(call string) error {
	method, path, found := strings.Cut(call, "/")
	switch name, special := strings.CutPrefix(call, "$"); {
	case special && consistsOf(name, isStageByte):
		return nil
	case !found || !slices.Contains(methods, method):
		return errors.New("has an invalid method")
	case !utf8.ValidString(path) || strings.ContainsFunc(path, isControl):
		return errors.New("has a path with control characters or broken UTF-8")
	}
	return nil
}

// isRegion accepts the form of names such as us-east-1, us-gov-west-1 and
// eusc-de-east-1.
func isRegion(s string) bool {
	words := strings.Split(s, "-")
	last := len(words) - 1
	if last < 2 || last > 3 || len(words[last]) > 2 || !consistsOf(words[last], isDigit) {
		return false
	}
	for _, word := range words[:last] {
		if len(word) > 12 || !consistsOf(word, func(c byte) bool { return c >= 'a' && c <= 'z' }) {
			return false
		}
	}
	return true
}

// consistsOf reports whether s has bytes, and only bytes that is accepts.
func consistsOf(s string, is func(byte) bool) bool {
	for n := range len(s) {
		if !is(s[n]) {
			return false
		}
	}
	return s != ""
}

func isControl(c rune) bool { return c < 0x20 || c >= 0x7f && c < 0xa0 }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isAlphanumeric(c byte) bool {
	return isDigit(c) || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

func isStageByte(c byte) bool { return isAlphanumeric(c) || c == '_' || c == '-' }
