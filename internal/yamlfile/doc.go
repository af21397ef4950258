// Package yamlfile reads a configuration file in YAML into a Go struct.
//
// A [Schema] lists the keys of the file. [Schema.Parse] returns all faults of a file at
// once, each with its line, column and path. Faults are errors of the YAML, unknown keys
// (with "did you mean"), values of the wrong kind, and what the schema's own check finds. A
// secret is text, {env: NAME} or {file: PATH}. [Schema.JSONSchema] and [Schema.Keys] make
// documents of the same keys.
//
// It owns the limits that stop a hostile file from using much memory or time. They bound
// the size, the depth, the keys and the values of a file; each use of an alias counts. The
// package knows no schema. It opens no file and reads no environment; the caller passes functions that do
// ([Lookup]). It never puts a secret into a fault.
package yamlfile
