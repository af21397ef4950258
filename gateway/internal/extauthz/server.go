package extauthz

import (
	"context"
	"net"
	"net/http"

	auth "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
)

// maxCheckBytes bounds a check: the headers of a request, and a body where Envoy is
// configured to send it, which is not read.
const maxCheckBytes = 4 << 20

// A Server is a gRPC server with a [Checker] and grpc.health.v1.
type Server struct {
	grpc   *grpc.Server
	health *health.Server
}

// NewServer returns a server that asks current for the checker of each check. Its health
// checks report that it is not serving until [Server.SetServing]; checks are answered from
// the start. The options are those of the listener, such as [grpc.Creds].
func NewServer(current func() *Checker, options ...grpc.ServerOption) *Server {
	s := &Server{
		grpc:   grpc.NewServer(append([]grpc.ServerOption{grpc.MaxRecvMsgSize(maxCheckBytes)}, options...)...),
		health: health.NewServer(),
	}
	auth.RegisterAuthorizationServer(s.grpc, service{current: current})
	grpc_health_v1.RegisterHealthServer(s.grpc, s.health)
	s.SetServing(false)
	return s
}

// A service hands each check to the checker of the moment.
type service struct {
	auth.UnimplementedAuthorizationServer
	current func() *Checker
}

func (s service) Check(ctx context.Context, r *auth.CheckRequest) (*auth.CheckResponse, error) {
	return s.current().Check(ctx, r)
}

// SetServing sets what health checks report, for the server and for the service
// envoy.service.auth.v3.Authorization.
func (s *Server) SetServing(serving bool) {
	status := grpc_health_v1.HealthCheckResponse_NOT_SERVING
	if serving {
		status = grpc_health_v1.HealthCheckResponse_SERVING
	}
	s.health.SetServingStatus("", status)
	s.health.SetServingStatus(auth.Authorization_ServiceDesc.ServiceName, status)
}

// Serve answers on a listener until Shutdown or Close is called. Then it returns
// [http.ErrServerClosed], as a server of HTTP does.
func (s *Server) Serve(l net.Listener) error {
	if err := s.grpc.Serve(l); err != nil {
		return err
	}
	return http.ErrServerClosed
}

// Shutdown accepts no more connections, and returns when the checks under way have ended, or
// when ctx ends.
func (s *Server) Shutdown(ctx context.Context) error {
	ended := make(chan struct{})
	go func() {
		s.grpc.GracefulStop()
		close(ended)
	}()
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Close ends all connections.
func (s *Server) Close() error {
	s.grpc.Stop()
	return nil
}
