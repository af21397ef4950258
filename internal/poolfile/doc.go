// Package poolfile reads the configuration file of the local user pool, userpool.yaml.
//
// It owns the file's keys and the way from a fault to its line and column: those of
// the YAML, those of a key or a kind of value, and those that package userpool finds
// in what was read. All come back at once ([Error]). [Example] is a file with every
// key that there is.
//
// It opens no file and knows no environment: a secret that the file only names is had
// from its caller ([Surroundings]). It never puts a secret into an error.
package poolfile
