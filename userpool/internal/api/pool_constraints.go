package api

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// constraints gathers where a request is not of its shape, in Cognito's words: it
// looks at these before anything else, and names all of them. Other than
// memberFaults it repeats the values, as Cognito does where they are no secrets.
// https://github.com/aws/aws-cdk/issues/7625 and its like show the messages.
type constraints []string

func (c *constraints) fail(value, member, constraint string) {
	if value != "" {
		value += " "
	}
	*c = append(*c, fmt.Sprintf("Value %sat '%s' failed to satisfy constraint: %s", value, lowerFirst(member), constraint))
}

func lowerFirst(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[size:]
}

// shape is a string shape of the API.
type shape struct {
	min, max int
	pattern  string // as the API reference writes it
	match    *regexp.Regexp
}

func newShape(low, high int, pattern string) shape {
	return shape{low, high, pattern, regexp.MustCompile("^(?:" + pattern + ")$")}
}

// The shapes of https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/.
var (
	poolIDShape     = newShape(1, 55, `[\w-]+_[0-9a-zA-Z]+`)
	clientIDShape   = newShape(1, 128, `[\w+]+`)
	secretShape     = newShape(24, 64, `[\w+]+`)
	labelShape      = newShape(1, 128, `[\w\s+=,.@-]+`) // of pools and clients
	longLabelShape  = newShape(1, 256, `[\w\s+=,.@-]+`) // of resource servers
	groupNameShape  = newShape(1, 128, `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`)
	providerShape   = newShape(1, 32, `[\p{L}\p{M}\p{S}\p{N}\p{P}\p{Z}]+`)
	idpShape        = newShape(1, 40, `[\w\s+=.@-]+`)
	identifierShape = newShape(1, 256, `[\x21\x23-\x5B\x5D-\x7E]+`)
	scopeShape      = newShape(1, 256, `[\x21\x23-\x2E\x30-\x5B\x5D-\x7E]+`)
	urlShape        = newShape(1, 1024, `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`)
	attributeShape  = newShape(1, 20, `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`)
	arnShape        = newShape(20, 2048, `arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?`)
)

// required wants a string, and one of its shape.
func (c *constraints) required(member, value string, s shape) {
	if value == "" {
		c.fail("null", member, "Member must not be null")
		return
	}
	c.optional(member, value, s)
}

func (c *constraints) optional(member, value string, s shape) {
	if value != "" {
		c.value(member, "'"+value+"'", value, s)
	}
}

// hidden is optional for a secret, which no message shows.
func (c *constraints) hidden(member, value string, s shape) {
	if value != "" {
		c.value(member, "", value, s)
	}
}

func (c *constraints) value(member, shown, value string, s shape) {
	switch n := utf8.RuneCountInString(value); {
	case !s.match.MatchString(value):
		c.fail(shown, member, "Member must satisfy regular expression pattern: "+s.pattern)
	case n < s.min:
		c.fail(shown, member, fmt.Sprintf("Member must have length greater than or equal to %d", s.min))
	case n > s.max:
		c.fail(shown, member, fmt.Sprintf("Member must have length less than or equal to %d", s.max))
	}
}

func (c *constraints) maxLength(member, value string, most int) {
	if utf8.RuneCountInString(value) > most {
		c.fail("'"+value+"'", member, fmt.Sprintf("Member must have length less than or equal to %d", most))
	}
}

func (c *constraints) oneOf(member, value string, allowed ...string) {
	if value != "" && !slices.Contains(allowed, value) {
		c.fail("'"+value+"'", member, "Member must satisfy enum value set: ["+strings.Join(allowed, ", ")+"]")
	}
}

// eachOf is oneOf for a list.
func (c *constraints) eachOf(member string, values []string, allowed ...string) {
	if slices.ContainsFunc(values, func(v string) bool { return !slices.Contains(allowed, v) }) {
		c.fail("'["+strings.Join(values, ", ")+"]'", member,
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

func (c *constraints) between(member string, n *int, low, high int) {
	switch {
	case n == nil:
	case *n < low:
		c.fail(fmt.Sprintf("'%d'", *n), member, fmt.Sprintf("Member must have value greater than or equal to %d", low))
	case *n > high:
		c.fail(fmt.Sprintf("'%d'", *n), member, fmt.Sprintf("Member must have value less than or equal to %d", high))
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
