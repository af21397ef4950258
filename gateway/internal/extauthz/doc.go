// Package extauthz answers Envoy's filter ext_authz, over gRPC and over HTTP. Gateways with
// the filter ExternalAuth of the Gateway API use the same two protocols.
//
// It owns the reading of the original request, out of the attributes of a check or out of
// the HTTP request. It also owns the answers that Envoy understands: which headers are set,
// which are removed, the dynamic metadata. The order of Envoy is set, append, remove, so a
// header that is set is never among those to remove.
//
// It never decides: that is package authz. A request that a client can make is denied and
// never a fault, because Envoy can be configured to let requests through where a check
// fails.
package extauthz
