// Package original makes the request that package authz decides about. An adapter has its
// parts: the method, the host and the target of the original request, and the headers of its
// client.
//
// It owns which of these headers count: Authorization, Origin, those of CORS preflights and
// those of a load balancer. Each adapter owns where it finds the method, the host and the
// target. The package never decides.
package original
