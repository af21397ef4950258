package main

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

var service = grpc.ServiceDesc{
	ServiceName: "orders.v1.Orders",
	HandlerType: (*ordersServer)(nil),
	Methods: []grpc.MethodDesc{
		{MethodName: "List", Handler: unary("List", ordersServer.List)},
		{MethodName: "Report", Handler: unary("Report", ordersServer.Report)},
	},
	Streams: []grpc.StreamDesc{{StreamName: "Watch", ServerStreams: true, Handler: watch}},
}

type ordersServer interface {
	List(ctx context.Context) string
	Report(ctx context.Context) string
}

func unary(name string, method func(ordersServer, context.Context) string) grpc.MethodHandler {
	return func(server any, ctx context.Context, decode func(any) error, intercept grpc.UnaryServerInterceptor) (any, error) {
		request := &emptypb.Empty{}
		if err := decode(request); err != nil {
			return nil, err
		}
		info := &grpc.UnaryServerInfo{Server: server, FullMethod: "/orders.v1.Orders/" + name}
		return intercept(ctx, request, info, func(ctx context.Context, _ any) (any, error) {
			return wrapperspb.String(method(server.(ordersServer), ctx)), nil //nolint:errcheck // RegisterService saw to it
		})
	}
}

// Watch sends one order and ends.
func watch(server any, stream grpc.ServerStream) error {
	if err := stream.RecvMsg(&emptypb.Empty{}); err != nil {
		return err
	}
	return stream.SendMsg(wrapperspb.String(server.(ordersServer).List(stream.Context()))) //nolint:errcheck // RegisterService saw to it
}
