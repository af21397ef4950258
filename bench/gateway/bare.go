package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	auth "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
)

// A bareServer gives the same answer to every request: the one that the gateway gave to the
// request that is measured.
type bareServer struct {
	kind, address, answer string
}

// An httpAnswer is the answer of the server of the kind http.
type httpAnswer struct {
	Status int
	Header http.Header
}

func (b *bareServer) run(ctx context.Context) error {
	answer, err := os.ReadFile(b.answer)
	if err != nil {
		return err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", b.address)
	if err != nil {
		return err
	}
	switch b.kind {
	case "http":
		return serveHTTP(ctx, l, answer)
	case "grpc":
		return serveGRPC(ctx, l, answer)
	}
	return fmt.Errorf("-serve %s: want http or grpc", b.kind)
}

func serveHTTP(ctx context.Context, l net.Listener, text []byte) error {
	var answer httpAnswer
	if err := json.Unmarshal(text, &answer); err != nil {
		return err
	}
	server := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		header := w.Header()
		for name, values := range answer.Header {
			header[name] = values
		}
		w.WriteHeader(answer.Status)
	})}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func serveGRPC(ctx context.Context, l net.Listener, text []byte) error {
	answer := &auth.CheckResponse{}
	if err := proto.Unmarshal(text, answer); err != nil {
		return err
	}
	server := grpc.NewServer()
	auth.RegisterAuthorizationServer(server, bareChecker{answer: answer})
	stop := context.AfterFunc(ctx, server.Stop)
	defer stop()
	return server.Serve(l)
}

type bareChecker struct {
	auth.UnimplementedAuthorizationServer
	answer *auth.CheckResponse
}

// Check implements the service of Envoy.
func (c bareChecker) Check(context.Context, *auth.CheckRequest) (*auth.CheckResponse, error) {
	return c.answer, nil
}
