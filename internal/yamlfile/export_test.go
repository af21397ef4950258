package yamlfile

import "time"

// ParseDuration is parseDuration.
func ParseDuration(s string) (time.Duration, error) { return parseDuration(s) }

// ParseSize is parseSize.
func ParseSize(s string) (int64, error) { return parseSize(s) }

// Segments is segments.
func Segments(field string) []string { return segments(field) }
