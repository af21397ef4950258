package gateway_test

import (
	"net/http"
	"strings"
	"testing"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	auth "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health/grpc_health_v1"

	"github.com/poolguard/poolguard/cognito/cognitotest"
)

func TestEnvoyAsksOverGRPCAndHTTP(t *testing.T) {
	t.Parallel()
	s := newStage(t, strings.Replace(orders, "ops: {listen: 127.0.0.1:0}", "ops: {listen: off}\nenvoy: {listen: 127.0.0.1:0}", 1)).run()
	connection, err := grpc.NewClient(s.addresses["envoy"], grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	health := grpc_health_v1.NewHealthClient(connection)
	s.await("health", func() bool {
		response, err := health.Check(t.Context(), &grpc_health_v1.HealthCheckRequest{})
		return err == nil && response.GetStatus() == grpc_health_v1.HealthCheckResponse_SERVING
	})
	token := s.issuer.Pool().AccessToken(cognitotest.Groups("staff"))
	for authorization, want := range map[string]int{"Bearer " + token: 200, "Bearer x": 401} {
		response, err := auth.NewAuthorizationClient(connection).Check(t.Context(), &auth.CheckRequest{Attributes: &auth.AttributeContext{
			Request: &auth.AttributeContext_Request{Http: &auth.AttributeContext_HttpRequest{
				Method: "GET", Host: "api.example.com", Path: "/orders/7", HeaderMap: &core.HeaderMap{
					Headers: []*core.HeaderValue{{Key: "authorization", RawValue: []byte(authorization)}},
				},
			}},
		}})
		if err != nil || (response.GetOkResponse() != nil) != (want == 200) || want != 200 && int(response.GetDeniedResponse().GetStatus().GetCode()) != want {
			t.Errorf("gRPC: got %v, %v, want %d", response, err, want)
		}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+s.addresses["forward_auth"]+"/ext-authz/orders/7", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", authorization)
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != want {
			t.Errorf("HTTP: got %d, want %d", answer.StatusCode, want)
		}
	}
	if !strings.Contains(s.log.String(), `"adapter":"envoy"`) || !strings.Contains(s.log.String(), `"adapter":"ext-authz"`) {
		t.Errorf("the decisions are not logged:\n%s", s.log)
	}
}
