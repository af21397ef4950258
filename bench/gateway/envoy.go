package main

import (
	"context"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	auth "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/proto"
)

// check returns the question of Envoy about a request.
func check(header http.Header) *auth.CheckRequest {
	headers := map[string]string{}
	for name, values := range header {
		headers[strings.ToLower(name)] = values[0]
	}
	return &auth.CheckRequest{Attributes: &auth.AttributeContext{Request: &auth.AttributeContext_Request{
		Http: &auth.AttributeContext_HttpRequest{Method: http.MethodGet, Host: host, Path: target, Headers: headers},
	}}}
}

// dial connects to a server of Envoy's service.
func dial(address string) (auth.AuthorizationClient, *grpc.ClientConn, error) {
	connection, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return nil, nil, err
	}
	return auth.NewAuthorizationClient(connection), connection, nil
}

// keepCheck writes the answer of a server to a file.
func keepCheck(ctx context.Context, address, file string, question *auth.CheckRequest) error {
	client, connection, err := dial(address)
	if err != nil {
		return err
	}
	defer func() { _ = connection.Close() }() // it was used to the end
	answer, err := client.Check(ctx, question)
	if err != nil {
		return err
	}
	if answer.GetOkResponse() == nil {
		return errDenied
	}
	text, err := proto.Marshal(answer)
	if err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o600)
}

// envoy asks a server as many times as it answers. Envoy has a connection for each of its
// threads; here there are two.
func (s *stage) envoy(ctx context.Context, address string, question *auth.CheckRequest) (flow, error) {
	const threads = 2
	var (
		count  atomic.Int64
		failed atomic.Pointer[error]
		all    sync.WaitGroup
	)
	var connections []*grpc.ClientConn
	defer func() {
		for _, connection := range connections {
			_ = connection.Close() // as above
		}
	}()
	start := time.Now()
	for range threads {
		client, connection, err := dial(address)
		if err != nil {
			return flow{}, err
		}
		connections = append(connections, connection)
		for range max(1, s.options.connections/threads) {
			all.Go(func() {
				for time.Since(start) < s.options.turn && failed.Load() == nil {
					answer, err := client.Check(ctx, question)
					if err == nil && answer.GetOkResponse() == nil {
						err = errDenied
					}
					if err != nil {
						failed.Store(&err)
						return
					}
					count.Add(1)
				}
			})
		}
	}
	all.Wait()
	if err := failed.Load(); err != nil {
		return flow{}, *err
	}
	requests := float64(count.Load())
	return flow{requests: requests, perSecond: requests / time.Since(start).Seconds()}, nil
}
