// Package config reads the configuration file of the gateway, poolguard.yaml.
//
// It owns the keys of the file and their defaults. Package yamlfile reads each key into a
// field of [File]. The rules are those of package authz, and the headers those of package
// identity: a fault that these or package cognito find is reported with the line and the
// column of the key. [Example] is a file with every key.
//
// It opens no file and reads no environment; the caller passes functions that do. It
// never puts a secret into an error. Keys of the documents whose feature this version does
// not have are refused by name, so the file never has a key without an effect.
package config
