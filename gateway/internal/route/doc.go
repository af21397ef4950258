// Package route finds the first of many matches that a request's host, method and path fit.
//
// It owns the patterns of hosts and paths, the canonical form of a host, and the values of
// variables. The cost of [Table.Find] depends on the length of the host and of the path, and
// little on the number of matches. The package never decides what a match means; its callers
// do. The text of a path comes from package requestpath.
package route
