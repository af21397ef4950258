// Package requestpath reads the path of an HTTP request target in the one way that all
// proxies and servers agree on. It refuses every target that they read in different ways.
//
// It owns which targets are never accepted ([Parse]), and which are accepted only if a rule
// names their kind ([Class]). It owns the readings of the second kind, which must all select
// the same rule ([Path.Readings]). It knows no rules and no hosts, and decides about no
// request.
package requestpath
