// Package serve listens on addresses and answers HTTP on them.
//
// It owns the opening of listeners on TCP addresses and on Unix sockets ([Listen],
// [ListenLocalhost]), the time-outs of HTTP servers, and the running of several servers
// together: they start at once, and they stop together, with time for the requests
// under way ([New], [Group.Run]). A server may speak another protocol ([Protocol]), and has a
// bound of its connections.
//
// It never decides about a request: that is the handler of each [Server]. It reads no
// certificate: TLS comes in as a [crypto/tls.Config].
package serve
