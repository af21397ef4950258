// Package grpcauth verifies Cognito tokens in gRPC servers and sends them from gRPC
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
// Within a method, [AccessToken] and [IDToken] return the verified token. Calls of a
// method without a rule are refused, also health checks and reflection
// ("/grpc.reflection.v1.ServerReflection/*", and v1alpha). Calls whose method has no name
// of protobuf, such as "//shop.Orders/Cancel", are refused under every rule.
// [Interceptor.Check] finds methods without a rule, and rules without a method, when the
// program starts.
//
// Interceptors see the calls that arrive through a grpc.Server. Handlers that are called
// directly, as by grpc-gateway's Register...HandlerServer, are not protected.
//
// The package owns the wire: it finds the one credential of a call and the rule for its
// method, writes the status of a refusal, and ends a stream whose token expires. It never
// decides whether a token is good. The verifier does that.
//
// # Credentials
//
// A token comes in the metadata authorization, the header of that name. It is read by the
// rules of package bearer: one value, the word Bearer in any case, a token. Two spellings
// of the name authorization are two credentials. Other metadata is ignored. The verifier
// limits the length of a token. The server's setting grpc.MaxHeaderListSize limits all
// metadata of a call. Its default is 16 MiB, and 64 KiB is enough. A server reads the
// message of a unary call before it asks interceptors, up to grpc.MaxRecvMsgSize.
//
// # Refusals
//
// A refusal has one of three statuses: Unauthenticated without a good token,
// PermissionDenied for a good token that is not enough, and Unavailable if the token
// could not be checked. Two credentials or a malformed one are Unauthenticated. In
// package bearer they have the status 400, but InvalidArgument would be about the
// message. [Status] has the table.
//
// The text of a status is the code of package cognito, a colon and the reason. Its
// details are an ErrorInfo and, for a temporary fault, a RetryInfo
// (google/rpc/error_details.proto). The trailer www-authenticate has bearer's challenge.
// A server behind net/http (grpc.Server.ServeHTTP) accepts no trailer of that name and
// logs this. [CodeOf] reads the code on the client's side.
//
// # Streams
//
// The token of a stream is verified when the stream begins, with its requirements. The
// stream ends when the token expires: see Config.InsecureLetStreamsOutliveToken. It does
// not notice other changes, such as a revocation.
//
// # Clients
//
// [NewCredentials] adds tokens to every call of a connection, for example those of an
// oauth.ClientCredentialsSource, which renews them before they expire. It sends a token
// only over a connection whose transport reports encryption. A refused call is not sent
// again, since only its caller knows whether that is safe. The source replaces a revoked
// token only when it expires. A client of long streams opens a new stream when [CodeOf]
// returns cognito.ErrTokenExpired.
package grpcauth
