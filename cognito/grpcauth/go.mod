module github.com/poolguard/poolguard/cognito/grpcauth

go 1.26.0

require (
	github.com/poolguard/poolguard/cognito v0.0.0
	golang.org/x/oauth2 v0.37.0
	google.golang.org/genproto/googleapis/rpc v0.0.0-20261019180522-ce908d29299b
	google.golang.org/grpc v1.85.0
)

replace github.com/poolguard/poolguard/cognito => ../
