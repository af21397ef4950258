package api

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// constraints gathers where a request is not of its shape, in Cognito's words: it
// looks at these before anything else, and names all of them. Values are repeated
// where they are no secrets, as Cognito does, and shortened.
// https://github.com/aws/aws-cdk/issues/7625 and its like show the messages.
type constraints []string

const (
	// maxFaults keeps the answer to a list that has everything wrong short: clients
	// have limits for headers.
	maxFaults = 10
	// maxListed bounds lists for which the model has no bound.
	maxListed = 100
)

// fail notes a fault. shown is the value as the message has it, or "".
func (c *constraints) fail(shown, member, constraint string) {
	if len(*c) == maxFaults {
		return
	}
	if shown != "" {
		shown += " "
	}
	*c = append(*c, fmt.Sprintf("Value %sat '%s' failed to satisfy constraint: %s", shown, lowerFirst(member), constraint))
}

func lowerFirst(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[size:]
}

func quoted(value string) string { return "'" + shorten(value) + "'" }

// shorten keeps an absurd value out of the answer and of the log.
func shorten(value string) string {
	const most = 256
	value = strings.ToValidUTF8(value, "\uFFFD")
	if utf8.RuneCountInString(value) <= most {
		return value
	}
	return string([]rune(value)[:most]) + "…"
}

// present requires a member of any form. Cognito distinguishes an empty string from a missing
// member; this server does not.
func (c *constraints) present(member string, is bool) {
	if !is {
		c.fail("null", member, "Member must not be null")
	}
}

// required wants a string, and one of its shape.
func (c *constraints) required(member, value string, s shape) {
	switch {
	case value != "":
		c.typed(member, value, s)
	case s.secret:
		c.fail("", member, "Member must not be null")
	default:
		c.present(member, false)
	}
}

// optional wants a string of its shape, or none.
func (c *constraints) optional(member, value string, s shape) {
	if value != "" {
		c.typed(member, value, s)
	}
}

// typed names everything that a string lacks. It is for what people type in: an
// empty one is not missing then, but breaks two constraints.
func (c *constraints) typed(member, value string, s shape) {
	shown := ""
	if !s.secret {
		shown = quoted(value)
	}
	n := utf8.RuneCountInString(value)
	if !s.match.MatchString(value) {
		c.fail(shown, member, "Member must satisfy regular expression pattern: "+s.pattern)
	}
	if n > s.max {
		c.fail(shown, member, fmt.Sprintf("Member must have length less than or equal to %d", s.max))
	}
	if n < s.min {
		c.fail(shown, member, fmt.Sprintf("Member must have length greater than or equal to %d", s.min))
	}
}

func (c *constraints) maxLength(member, value string, most int) {
	if utf8.RuneCountInString(value) > most {
		c.fail(quoted(value), member, fmt.Sprintf("Member must have length less than or equal to %d", most))
	}
}

func (c *constraints) oneOf(member, value string, allowed ...string) {
	if value != "" && !slices.Contains(allowed, value) {
		c.fail(quoted(value), member, "Member must satisfy enum value set: ["+strings.Join(allowed, ", ")+"]")
	}
}

// requiredOf is oneOf for a member that must be there.
func (c *constraints) requiredOf(member, value string, allowed ...string) {
	c.present(member, value != "")
	c.oneOf(member, value, allowed...)
}

// eachOf is oneOf for a list.
func (c *constraints) eachOf(member string, values []string, allowed ...string) {
	if slices.ContainsFunc(values, func(v string) bool { return !slices.Contains(allowed, v) }) {
		c.fail("'["+shorten(strings.Join(values, ", "))+"]'", member,
			"Member must satisfy constraint: [Member must satisfy enum value set: ["+strings.Join(allowed, ", ")+"]]")
	}
}

// each wants every string of a list to be of a shape.
func (c *constraints) each(member string, values []string, s shape) {
	for i, v := range values {
		c.required(fmt.Sprintf("%s.%d.member", member, i+1), v, s)
	}
}

func (c *constraints) atMost(member string, length, most int) {
	if length > most {
		c.fail("'["+strconv.Itoa(length)+" members]'", member, fmt.Sprintf("Member must have length less than or equal to %d", most))
	}
}

// attributeNames checks a list of them.
func (c *constraints) attributeNames(member string, names []string) {
	c.atMost(member, len(names), maxListed)
	c.each(member, names[:min(len(names), maxListed)], attributeNameShape)
}

func (c *constraints) between(member string, n *int, low, high int) {
	switch {
	case n == nil:
	case *n < low:
		c.fail(fmt.Sprintf("'%d'", *n), member, fmt.Sprintf("Member must have value greater than or equal to %d", low))
	case *n > high:
		c.fail(fmt.Sprintf("'%d'", *n), member, fmt.Sprintf("Member must have value less than or equal to %d", high))
	}
}

// limit checks how much of a list is asked for; 0 is as much as there may be.
func (c *constraints) limit(n int) { c.between("limit", &n, 0, maxPage) }

// parameters checks a map of AuthParameters or ChallengeResponses, whose values are
// secrets.
func (c *constraints) parameters(member string, values map[string]string) {
	c.atMost(member, len(values), maxListed)
	longest := map[string]int{"USERNAME": 128, "PASSWORD": 256, "NEW_PASSWORD": 256, "REFRESH_TOKEN": maxToken}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		limit, ok := longest[name]
		if !ok {
			limit = maxParameter
		}
		if len(name) > 256 || utf8.RuneCountInString(values[name]) > limit {
			c.fail("", member, fmt.Sprintf("Map value must satisfy constraint: [Member must have length less than or equal to %d]", limit))
		}
	}
}

// err is nil where the request is of its shape.
func (c constraints) err() error {
	switch len(c) {
	case 0:
		return nil
	case 1:
		return &Error{"InvalidParameterException", "1 validation error detected: " + c[0]}
	}
	return invalidParameter("%d validation errors detected: %s", len(c), strings.Join(c, "; "))
}
