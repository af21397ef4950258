package api

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// memberFaults gathers what is wrong with the members of a request, in the words of
// the AWS frameworks. Values are not repeated: most of them are secrets.
type memberFaults []string

func (c *memberFaults) add(member, format string, args ...any) {
	*c = append(*c, "Value at '"+member+"' failed to satisfy constraint: "+fmt.Sprintf(format, args...))
}

// Patterns and lengths are those of the API's shapes.
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_InitiateAuth.html
var (
	clientIDPattern = regexp.MustCompile(`^[\w+-]+$`) // with "-", which clients of a configuration may have
	poolIDPattern   = regexp.MustCompile(`^[\w-]+_[0-9a-zA-Z]+$`)
	tokenPattern    = regexp.MustCompile(`^[A-Za-z0-9-_=.]+$`)
	namePattern     = regexp.MustCompile(`^[\p{L}\p{M}\p{S}\p{N}\p{P}]+$`)
	codePattern     = regexp.MustCompile(`^[0-9]+$`)
)

// required checks a member that must be there.
func (c *memberFaults) required(member, value string, shortest, longest int, pattern *regexp.Regexp) {
	if value == "" {
		// An empty string and a missing one are told apart by Cognito, not here.
		c.add(member, "Member must not be null")
		return
	}
	c.optional(member, value, shortest, longest, pattern)
}

// optional checks a member that may be absent. pattern may be nil.
func (c *memberFaults) optional(member, value string, shortest, longest int, pattern *regexp.Regexp) {
	if value == "" {
		return
	}
	switch length := utf8.RuneCountInString(value); {
	case length > longest:
		c.add(member, "Member must have length less than or equal to %d", longest)
	case length < shortest:
		c.add(member, "Member must have length greater than or equal to %d", shortest)
	case pattern != nil && !pattern.MatchString(value):
		c.add(member, "Member must satisfy regular expression pattern: %s", strings.Trim(pattern.String(), "^$"))
	}
}

func (c *memberFaults) clientID(value string) { c.required("clientId", value, 1, 128, clientIDPattern) }

func (c *memberFaults) poolID(value string) { c.required("userPoolId", value, 1, 55, poolIDPattern) }

func (c *memberFaults) session(value string) { c.optional("session", value, 20, maxSession, nil) }

// secret is not held to the 24 characters that Cognito asks for: the secrets of a
// configuration may be shorter.
func (c *memberFaults) secret(value string) {
	c.optional("clientSecret", value, 1, maxSecret, clientSecretPattern)
}

var clientSecretPattern = regexp.MustCompile(`^[\x21-\x7e]+$`)

const (
	maxSession = 2048
	maxSecret  = 128
	maxToken   = 64 << 10
	// maxParameter bounds the values of AuthParameters and ChallengeResponses that
	// have no bound of their own. Cognito's is 131072.
	maxParameter = 8 << 10
	// maxParameters bounds how many of them there are: Cognito has a bound for
	// userAttributes only.
	maxParameters = 100
)

func (c *memberFaults) enum(member, value string, values []string) {
	switch {
	case value == "":
		c.add(member, "Member must not be null")
	case !slices.Contains(values, value):
		c.add(member, "Member must satisfy enum value set: [%s]", strings.Join(values, ", "))
	}
}

// parameters checks a map of AuthParameters or ChallengeResponses.
func (c *memberFaults) parameters(member string, values map[string]string) {
	if len(values) > maxParameters {
		c.add(member, "Member must have length less than or equal to %d", maxParameters)
	}
	longest := map[string]int{"USERNAME": 128, "PASSWORD": 256, "NEW_PASSWORD": 256, "REFRESH_TOKEN": maxToken}
	for name, value := range values {
		limit, ok := longest[name]
		if !ok {
			limit = maxParameter
		}
		if len(name) > 256 || utf8.RuneCountInString(value) > limit {
			c.add(member, "Map value must satisfy constraint: [Member must have length less than or equal to %d]", limit)
			return
		}
	}
}

// err returns the exception for what was gathered, or nil.
func (c memberFaults) err() error {
	switch len(c) {
	case 0:
		return nil
	case 1:
		return invalidParameter("1 validation error detected: %s", c[0])
	}
	return invalidParameter("%d validation errors detected: %s", len(c), strings.Join(c, "; "))
}

// parameter returns one of AuthParameters or ChallengeResponses, which must be
// there.
func parameter(values map[string]string, name string) (string, error) {
	if values[name] == "" {
		return "", invalidParameter("Missing required parameter %s", name)
	}
	return values[name], nil
}

// parametersOf returns several of them.
func parametersOf(values map[string]string, names ...string) ([]string, error) {
	found := make([]string, len(names))
	for i, name := range names {
		var err error
		if found[i], err = parameter(values, name); err != nil {
			return nil, err
		}
	}
	return found, nil
}
