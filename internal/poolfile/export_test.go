package poolfile

import "encoding/json"

// KeyOf returns the path in the file of a field of userpool.Config, or "".
func KeyOf(field string) string { return schema.KeyOf(field) }

// JSON encodes a value for a comparison.
func JSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}
