package grpcauth_test

import (
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	testpb "google.golang.org/grpc/interop/grpc_testing"
	"google.golang.org/grpc/status"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/grpcauth"
)

// lookalikes are names that a proxy behind the server can take for /shop.Orders/Cancel.
var lookalikes = []string{
	"//shop.Orders/Cancel", "/./shop.Orders/Cancel", "/x/../shop.Orders/Cancel", "/shop.Orders/x/../Cancel", "/shop.Orders/./Cancel", "/shop.Orders//Cancel",
	"/shop%2eOrders/Cancel", "/shop%2EOrders/Cancel", "/shop.Orders/%43ancel", "/shop.Orders%2fCancel/", "/shop.Orders%2fx/Cancel",
	"/shop.Orders/Cancel?x=1", "/shop.Orders/Cancel;v=1", "/shop.Orders/Cancel#x", "/shop.Orders;v=1/Cancel",
	"/shop.Orders/Cancel ", "/ shop.Orders/Cancel", "/shop.Orders /Cancel", "/shop.Orders/Cancel/", "/shop.Orders/Cancel/.", "/x/shop.Orders/Cancel",
	"/shop..Orders/Cancel", "/.shop.Orders/Cancel", "/shop.Orders./Cancel", "/shop.Orders/Cancel.", `/shop.Orders\Cancel/x`, `/shop.Orders/x\..\Cancel`,
	"/https://api.example.com/shop.Orders/Cancel",
}

// TestLookalikePathsAreRefused: in a server with a handler for unknown services, no
// spelling of a method's name slips from its own rule to a weaker one.
func TestLookalikePathsAreRefused(t *testing.T) {
	t.Parallel()
	reached := grpc.UnknownServiceHandler(func(any, grpc.ServerStream) error { return status.Error(codes.NotFound, "reached") })
	w := newWorld(t, grpcauth.Config{Rules: []grpcauth.Rule{
		{Methods: []string{"/shop.Orders/Cancel"}, Require: []cognito.Requirement{cognito.RequireScopes("orders/write")}},
		{Methods: []string{"/shop.Orders/*"}},
		{Methods: []string{"*"}, Allow: cognito.Anonymous},
	}}, option{server: []grpc.ServerOption{reached}})
	call := func(method string) error {
		return w.conn.Invoke(w.access(), method, &testpb.Empty{}, &testpb.Empty{})
	}
	if err := call("/shop.Orders/List"); status.Code(err) != codes.NotFound {
		t.Errorf("a method of the service: %v", err)
	}
	if err := call("/shop.Other/List"); status.Code(err) != codes.NotFound {
		t.Errorf("a method of another service: %v", err)
	}
	if err := call("/shop.Orders/Cancel"); grpcauth.CodeOf(err) != cognito.ErrScopeMissing {
		t.Errorf("the method itself: %v", err)
	}
	for _, method := range lookalikes {
		if err := call(method); grpcauth.CodeOf(err) != cognito.ErrAccessDenied {
			t.Errorf("%q: %v", method, err)
		}
	}
}

// TestCheckReportsNamesThatAreRefused: a service that no rule can name.
func TestCheckReportsNamesThatAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, grpcauth.Config{Rules: allMethods()})
	services := w.server.GetServiceInfo()
	services["shop-orders"] = grpc.ServiceInfo{Methods: []grpc.MethodInfo{{Name: "Cancel"}}}
	want := `grpcauth: the method "/shop-orders/Cancel" has a name that is not one of protobuf, so every call is refused; rename it`
	if err := w.auth.Check(services); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
