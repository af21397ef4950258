// Package poolfile reads the configuration file of the local user pool, userpool.yaml.
//
// It owns the keys of the file. Package yamlfile reads each key into a field of
// [userpool.Config]. A fault that package userpool finds in a field is reported with the
// line and column of the key. [Example] is a file with every key.
//
// It opens no file and reads no environment; the caller passes functions that do. It
// never puts a secret into an error.
package poolfile
