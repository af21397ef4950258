// Package tlsfiles serves TLS with certificates from files that change while the server
// runs.
//
// It owns the reading and checking of a certificate, its key and the authorities of
// clients ([Open]), and the change from old files to new ones without a new listener
// ([Source.Reload]). A file that cannot be used changes nothing.
//
// It does not watch the files: the caller decides when to read them again.
package tlsfiles
