// Package requestpath reads the path of an HTTP request target in the one way that all
// proxies and servers agree on, and refuses every target that they read in different ways.
//
// It owns which targets are never accepted ([Parse]), which are accepted only where a rule
// names their kind ([Class]), and the readings of those, which must all select the same rule
// ([Path.Readings]). It knows no rules and no hosts, and decides about no request.
package requestpath
