package api

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// The shapes of what is said of users.
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_SignUp.html
var (
	usernameShape      = newShape(1, 128, `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`)
	passwordShape      = newShape(1, 256, `[\S]+`)
	codeShape          = newShape(1, 2048, `[\S]+`)
	attributeNameShape = newShape(1, 32, `[\p{L}\p{M}\p{S}\p{N}\p{P}\t\n\r ]+`)
	attributeTextShape = newShape(0, 2048, `(?s:.*)`)
	filterShape        = newShape(0, 256, `(?s:.*)`)
	pageKeyShape       = newShape(0, 131072, `(?s:.*)`)
)

const (
	// maxListed bounds lists for which the model has no bound.
	maxListed = 100
	// maxFaults keeps the answer to a list that has everything wrong short: clients
	// have limits for headers.
	maxFaults = 10
)

// open checks a member whose value the refusal may show.
func (c *constraints) open(member, value string, s shape) {
	c.text(member, "'"+shorten(value)+"'", value, s)
}

// closed checks a member whose value no refusal shows. Cognito does so with user
// names and passwords. It shows codes, which here would get into the log.
func (c *constraints) closed(member, value string, s shape) { c.text(member, "", value, s) }

// text names everything that a value lacks, as Cognito does: an empty user name
// breaks two constraints. That a member is missing altogether is not told apart.
func (c *constraints) text(member, shown, value string, s shape) {
	fail := func(constraint string) {
		if shown == "" {
			*c = append(*c, fmt.Sprintf("Value at '%s' failed to satisfy constraint: Member must %s", member, constraint))
			return
		}
		c.fail(shown, member, "Member must "+constraint)
	}
	n := utf8.RuneCountInString(value)
	if !s.match.MatchString(value) {
		fail("satisfy regular expression pattern: " + s.pattern)
	}
	if n > s.max {
		fail(fmt.Sprintf("have length less than or equal to %d", s.max))
	}
	if n < s.min {
		fail(fmt.Sprintf("have length greater than or equal to %d", s.min))
	}
}

// shorten keeps an absurd value out of the answer's header and of the log.
func shorten(value string) string {
	const most = 128
	value = strings.ToValidUTF8(value, "\uFFFD")
	if utf8.RuneCountInString(value) <= most {
		return value
	}
	return string([]rune(value)[:most]) + "…"
}

// short checks that a list is no longer than it may be.
func (c *constraints) short(member string, n int) bool {
	c.atMost(member, n, maxListed)
	return n <= maxListed
}

// attributeNames checks a list of them.
func (c *constraints) attributeNames(member string, names []string) {
	if !c.short(member, len(names)) {
		return
	}
	for i, name := range names {
		if len(*c) > maxFaults {
			return
		}
		c.open(fmt.Sprintf("%s.%d.member", member, i+1), name, attributeNameShape)
	}
}

// limit checks how much of a list is asked for; 0 is as much as there may be.
func (c *constraints) limit(n int) { c.between("limit", &n, 0, maxPage) }
