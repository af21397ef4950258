// Package profile reads and writes the configuration file of the commands that sign in
// from the terminal. Under each name it has a user pool, an app client and their
// addresses.
//
// It owns the keys of the file (package yamlfile reads them), and it makes sure that two
// processes that save at the same time lose nothing. A client secret is never in the
// file: a profile names the environment variable or the file that has it. The package
// opens neither, and does not decide whether a pool or an address is good; the packages
// that use them do.
package profile
