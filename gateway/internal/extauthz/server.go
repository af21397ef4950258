package extauthz

import (
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
	*grpc.Server
	health *health.Server
}

// NewServer returns a server that is not serving by its health checks until
// [Server.SetServing]. Checks are answered from the start. The options are those of the
// listener, such as [grpc.Creds].
func NewServer(checker *Checker, options ...grpc.ServerOption) *Server {
	s := &Server{
		Server: grpc.NewServer(append([]grpc.ServerOption{grpc.MaxRecvMsgSize(maxCheckBytes)}, options...)...),
		health: health.NewServer(),
	}
	auth.RegisterAuthorizationServer(s.Server, checker)
	grpc_health_v1.RegisterHealthServer(s.Server, s.health)
	s.SetServing(false)
	return s
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
