// Package identity writes the headers that describe a verified caller to the service
// behind the gateway.
//
// It owns the names of these headers, the presets for services that used oauth2-proxy or a
// load balancer before, and the encoding of the values. It also owns the rule which other
// spellings of a name a service could read as the same header.
//
// It never decides who the caller is: that is package authz. An allowed request carries
// every header, with an empty value where there is nothing to say, so that a header of the
// client never survives.
package identity
