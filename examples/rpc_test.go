package examples

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"connectrpc.com/connect"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/local"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/grpcauth"
)

const service = "/orders.v1.Orders/"

// unaryMethods has the method for each path of a trial; /orders is a stream, too.
var unaryMethods = map[string]string{"/orders": service + "List", "/admin": service + "Report"}

// statuses are those of gRPC, and so of connect, in the terms of HTTP.
var statuses = map[codes.Code]int{
	codes.OK: http.StatusOK, codes.Unauthenticated: http.StatusUnauthorized, codes.PermissionDenied: http.StatusForbidden,
	codes.Unavailable: http.StatusServiceUnavailable,
}

// asRPC is what there is in place of 400: see grpcauth.Status.
func asRPC(one trial) outcome {
	if one.want.status == http.StatusBadRequest {
		one.want.status = http.StatusUnauthorized
	}
	if one.path == "/admin" {
		one.want.body = ""
	}
	return one.want
}

// asConnect is asRPC for clients of gRPC at a connect service: net/http lets no
// WWW-Authenticate be a trailer (RFC 9110 §6.5.1), where gRPC has it.
func asConnect(one trial) outcome {
	one.want.challenge = ""
	return asRPC(one)
}

func checkGRPC(t *testing.T, all []trial, address string, seen func(trial) outcome) {
	t.Helper()
	connection, err := grpc.NewClient(address, grpc.WithTransportCredentials(local.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	with := func(t *testing.T, authorization []string) context.Context {
		t.Helper()
		return metadata.NewOutgoingContext(t.Context(), metadata.MD{"authorization": authorization})
	}
	outcomeOf := func(err error, answer *wrapperspb.StringValue, trailer metadata.MD) outcome {
		got := outcome{status: statuses[status.Code(err)], code: grpcauth.CodeOf(err), body: answer.GetValue()}
		if status.Code(err) == codes.Unknown || got.status == 0 {
			got.body = err.Error()
		}
		got.challenge = strings.Join(trailer["www-authenticate"], "\n")
		return got
	}
	unary := func(t *testing.T, path string, authorization []string) outcome {
		t.Helper()
		answer, trailer := &wrapperspb.StringValue{}, metadata.MD{}
		err := connection.Invoke(with(t, authorization), unaryMethods[path], &emptypb.Empty{}, answer, grpc.Trailer(&trailer))
		return outcomeOf(err, answer, trailer)
	}
	stream := func(t *testing.T, _ string, authorization []string) outcome {
		t.Helper()
		s, err := connection.NewStream(with(t, authorization), &grpc.StreamDesc{ServerStreams: true}, service+"Watch")
		if err != nil {
			t.Fatal(err)
		}
		answer := &wrapperspb.StringValue{}
		// What a refused call says of sending is that the stream has ended.
		_, _ = s.SendMsg(&emptypb.Empty{}), s.CloseSend()
		err = s.RecvMsg(answer)
		if err == nil {
			_ = s.RecvMsg(&wrapperspb.StringValue{}) // io.EOF
		}
		return outcomeOf(err, answer, s.Trailer())
	}
	t.Run("unary", func(t *testing.T) { check(t, all, unary, seen) })
	t.Run("stream", func(t *testing.T) { check(t, ofOrders(all), stream, seen) })
}

func ofOrders(all []trial) (some []trial) {
	for _, one := range all {
		if one.path == "/orders" {
			some = append(some, one)
		}
	}
	return some
}

func checkConnect(t *testing.T, all []trial, address string) {
	t.Helper()
	client := func(procedure string) *connect.Client[emptypb.Empty, wrapperspb.StringValue] {
		return connect.NewClient[emptypb.Empty, wrapperspb.StringValue](&http.Client{}, "http://"+address+procedure)
	}
	with := func(authorization []string) *connect.Request[emptypb.Empty] {
		request := connect.NewRequest(&emptypb.Empty{})
		request.Header()["Authorization"] = authorization
		return request
	}
	outcomeOf := func(err error, body string) outcome {
		var refused *connect.Error
		if !errors.As(err, &refused) {
			return outcome{status: http.StatusOK, body: body}
		}
		got := outcome{status: statuses[codes.Code(refused.Code())], challenge: refused.Meta().Get("WWW-Authenticate")}
		for _, detail := range refused.Details() {
			if value, err := detail.Value(); err == nil {
				if info, ok := value.(*errdetails.ErrorInfo); ok && info.GetDomain() == grpcauth.ErrorDomain {
					got.code = cognito.Code(info.GetMetadata()["code"])
				}
			}
		}
		return got
	}
	unary := func(t *testing.T, path string, authorization []string) outcome {
		t.Helper()
		answer, err := client(unaryMethods[path]).CallUnary(t.Context(), with(authorization))
		if err != nil {
			return outcomeOf(err, "")
		}
		return outcomeOf(nil, answer.Msg.GetValue())
	}
	stream := func(t *testing.T, _ string, authorization []string) outcome {
		t.Helper()
		s, err := client(service+"Watch").CallServerStream(t.Context(), with(authorization))
		if err != nil {
			return outcomeOf(err, "")
		}
		defer s.Close()
		var body string
		for s.Receive() {
			body += s.Msg().GetValue()
		}
		return outcomeOf(s.Err(), body)
	}
	t.Run("unary", func(t *testing.T) { check(t, all, unary, asRPC) })
	t.Run("stream", func(t *testing.T) { check(t, ofOrders(all), stream, asRPC) })
	t.Run("health", func(t *testing.T) {
		if got := request(t, address)(t, "/health", nil); got.status != http.StatusOK {
			t.Errorf("health: %+v", got)
		}
	})
}
