package config

import _ "embed" // of example.yaml

//go:embed example.yaml
var example string

// Example returns a valid file with every key, in use or in a comment.
func Example() string { return example }
