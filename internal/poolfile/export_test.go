package poolfile

import (
	"encoding/json"
	"time"
)

// ParseDuration is parseDuration.
func ParseDuration(s string) (time.Duration, error) { return parseDuration(s) }

// KeyOf is the file's key of a field, or "".
func KeyOf(field string) string { return keyOf[field] }

// JSON encodes a value for a comparison.
func JSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// Segments is segments.
func Segments(field string) []string { return segments(field) }
