package poolfile

import _ "embed" // of example.yaml

//go:embed example.yaml
var example string

// Example is a good file with every key that there is, in use or in a comment.
func Example() string { return example }
