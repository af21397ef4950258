// Package grpcauth verifies Cognito tokens in gRPC servers and attaches them in
// gRPC clients.
package grpcauth
