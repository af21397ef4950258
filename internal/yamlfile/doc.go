// Package yamlfile reads a configuration file in YAML into a Go struct.
//
// A [Schema] lists the keys of the file. [Schema.Parse] returns all faults of a file at
// once, each with its line, column and path: faults of the YAML, unknown keys (with
// "did you mean"), values of the wrong kind, and those that the schema's own check
// finds. A secret is text, {env: NAME} or {file: PATH}.
//
// It owns the limits that keep a hostile file from using much memory or time: size,
// depth, number of keys, and number of values with each use of an alias counted. It
// knows no schema, opens no file and reads no environment; the caller passes functions
// that do ([Lookup]). It never puts a secret into a fault.
package yamlfile
