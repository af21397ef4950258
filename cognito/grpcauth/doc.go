// Package grpcauth verifies Cognito tokens in gRPC servers and attaches them in gRPC
// clients.
//
//	auth, err := grpcauth.New(grpcauth.Config{
//		Verifier: verifier,
//		Rules: []grpcauth.Rule{
//			{Methods: []string{"/shop.Orders/*"}, Require: []cognito.Requirement{cognito.RequireScopes("orders/read")}},
//			{Methods: []string{"/shop.Orders/Cancel"}, Require: []cognito.Requirement{cognito.RequireScopes("orders/write")}},
//			{Methods: []string{"/grpc.health.v1.Health/*"}, Allow: cognito.Anonymous},
//		},
//	})
//	server := grpc.NewServer(auth.ServerOptions()...)
//	shop.RegisterOrdersServer(server, orders)
//	err = auth.Check(server.GetServiceInfo())
//
// Within a method, [AccessToken] and [IDToken] return the verified token. A method
// that no rule names is refused, health checks and reflection
// ("/grpc.reflection.v1.ServerReflection/*", and v1alpha) too; [Interceptor.Check]
// finds such methods, and rules that name none, when the program starts.
//
// Interceptors see what comes through a grpc.Server. Handlers that are called without
// one, as by grpc-gateway's Register...HandlerServer, are open to everybody.
//
// It owns the wire: finding the one credential of a call, which rule is for it, the
// status of a refusal, and the end of a stream whose token expires. It never decides
// whether a token is good; that is the verifier's.
//
// # Credentials
//
// A token comes in the metadata authorization, which is the header of that name, read
// by the rules of package bearer: one value, the word Bearer in any case, a token.
// Other metadata is not looked at. The verifier bounds the token's length; how much
// metadata a call may bring at all is the server's setting, grpc.MaxHeaderListSize,
// 16 MiB where nothing is set: 64 KiB are plenty. A unary call's message is read
// before interceptors are asked, up to grpc.MaxRecvMsgSize.
//
// # Refusals
//
// The status of a refusal is Unauthenticated where there is no good token,
// PermissionDenied where the token is good but not enough, and Unavailable where
// that could not be found out. What is bearer's 400, two credentials or a malformed
// one, is Unauthenticated: InvalidArgument would speak of the message. [Status] has
// the table. The message is the code of package cognito, a colon, and what was wrong.
// Details are an ErrorInfo and, for what may be tried again, a RetryInfo
// (google/rpc/error_details.proto); the trailer www-authenticate has bearer's
// challenge, but where net/http serves (grpc.Server.ServeHTTP), which takes no trailer of
// that name and says so in its log. [CodeOf] reads the code on the other side.
//
// # Streams
//
// The token of a stream is judged when it begins, by its requirements too. The stream
// ends when the token does: see Config.InsecureLetStreamsOutliveToken. It does not
// notice what happens to the token in between, such as a revocation.
//
// # Clients
//
// [NewCredentials] attaches tokens to every call of a connection, for example those
// of an oauth.MachineSource, which renews them ahead of time. Nothing is sent over a
// connection that others can read. A call that is refused is not sent again: whether
// it may be, only its caller knows, and a token that was revoked is replaced by the
// source only when its time is over. A client of long streams opens them anew when
// [CodeOf] says cognito.ErrTokenExpired.
package grpcauth
