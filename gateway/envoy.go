package gateway

import (
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"

	"github.com/poolguard/poolguard/gateway/internal/config"
	"github.com/poolguard/poolguard/gateway/internal/extauthz"
	"github.com/poolguard/poolguard/internal/serve"
	"github.com/poolguard/poolguard/internal/tlsfiles"
)

// newEnvoy returns the server of the listener envoy. It does TLS itself, because the check of
// the caller needs the certificate of the client.
func (g *Gateway) newEnvoy(f *config.File, source *tlsfiles.Source) *extauthz.Server {
	options := []grpc.ServerOption{
		grpc.MaxHeaderListSize(uint32(f.Limits.HeaderBytes)), //nolint:gosec // the file has at most a few megabytes
		grpc.ConnectionTimeout(serve.DefaultReadTimeout),
	}
	options = append(options, guardGRPC(g.panicked("envoy"))...)
	if g.traces != nil {
		options = append(options, grpc.ChainUnaryInterceptor(g.traces.Unary))
	}
	if source != nil {
		options = append(options, grpc.Creds(credentials.NewTLS(source.Config())))
	}
	return extauthz.NewServer(func() *extauthz.Checker { return g.current.Load().envoyGRPC }, options...)
}

// reportHealth makes the health checks of the listener envoy report what /readyz reports.
func (g *Gateway) reportHealth() {
	if g.envoy != nil {
		g.envoy.SetServing(g.notReady() == "")
	}
}
