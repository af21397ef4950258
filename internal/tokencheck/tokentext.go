package tokencheck

import (
	"regexp"
	"strings"
)

// tokenText finds what is, or may be, a token or a good part of one: it begins as
// JSON does in base64, or two of its parts are as long as those of a token.
var tokenText = regexp.MustCompile(`\b(eyJ|ewo|eyA)[A-Za-z0-9_=-]{8,}[A-Za-z0-9_=.-]*|[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}[A-Za-z0-9_=.-]*`)

// LooksLikeToken reports whether text looks like a token and nothing else.
func LooksLikeToken(text string) bool {
	found := tokenText.FindString(text)
	return found != "" && strings.HasPrefix(text, found)
}

// WithoutTokens takes what may be a token out of a message of another package: pflag, the
// operating system and package net all quote what they were given.
func WithoutTokens(message string) string {
	return tokenText.ReplaceAllString(message, "(not shown: it may be a token)")
}

// Repeatable reports whether what was typed in the wrong place may be repeated in a
// message: it must not be a token, nor a part of one.
func Repeatable(text string) bool {
	return len(text) <= 40 && strings.Count(text, ".") < 2 && !strings.Contains(text, "eyJ") && !LooksLikeToken(text)
}
