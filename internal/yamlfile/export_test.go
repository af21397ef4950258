package yamlfile

import (
	"time"

	"github.com/goccy/go-yaml/lexer"
)

// MaxSteps is how many values a file can make the reader visit.
const MaxSteps = maxValues

// Guard returns why a text is not given to the parser, or "".
func Guard(text string) string {
	_, message := guard(lexer.Tokenize(text))
	return message
}

// ParseCounting is Parse, and returns how many values the reader visited.
func ParseCounting[T any](s *Schema[T], name string, text []byte, lookup Lookup) (document *Document[T], steps int, err error) {
	r := s.reader(text, lookup)
	document, err = s.read(r, name, text)
	return document, maxValues - r.left, err
}

// ParseDuration is parseDuration.
func ParseDuration(s string) (time.Duration, error) { return parseDuration(s) }

// ParseSize is parseSize.
func ParseSize(s string) (int64, error) { return parseSize(s) }

// Segments is segments.
func Segments(field string) []string { return segments(field) }
