// Package poolfile reads the configuration file of the local user pool, userpool.yaml.
//
// It owns the keys of the file: each is read into a field of [userpool.Config], and the
// faults that package userpool finds in the fields get the lines and columns of the keys.
// [Example] is a file with every key. Package yamlfile does the reading.
//
// It opens no file and reads no environment; the caller passes functions that do. It
// never puts a secret into an error.
package poolfile
