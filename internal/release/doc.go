// Package release has the programs that make a release: sbom writes the list
// of what a built binary holds, archive packs files so that the same files
// always give the same bytes, modproxy serves a module as if it were released.
//
// It is a module of its own so that what these programs need never shows up
// among the requirements of the product. Nothing here is part of a release.
package release
