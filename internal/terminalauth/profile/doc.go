// Package profile reads and writes the configuration file of the commands that sign
// in from the terminal: which user pool, which app client, and where they are, under
// names.
//
// It owns the file's keys, the way from a fault to its line and column, and that two
// processes which save at once lose nothing. A client secret is never in the file: a
// profile names the environment variable or the file that has it. It opens neither,
// and does not decide whether a pool or an address is a good one, which the packages
// that use them do.
package profile
