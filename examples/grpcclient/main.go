// Grpcclient calls the example grpc as a machine. Its credentials attach the token,
// which the source renews before it ends.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/local"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/poolguard/poolguard/cognito/grpcauth"
	"github.com/poolguard/poolguard/cognito/oauth"
)

var (
	service = flag.String("service", "127.0.0.1:8080", "where the service is, on this machine")
	domain  = flag.String("domain", "http://127.0.0.1:9229", "the pool's domain")
	client  = flag.String("client", "local-machine", "app client")
	secret  = flag.String("secret", "local-secret", "its secret; keep a real one off command lines")
)

func main() {
	flag.Parse()
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	source, err := oauth.NewClientCredentialsSource(oauth.ClientCredentialsConfig{
		App:    oauth.App{Domain: *domain, ClientID: *client, ClientSecret: oauth.Secret(*secret)},
		Scopes: []string{"orders/read"},
	})
	if err != nil {
		return err
	}
	// Local credentials connect to this machine alone. Elsewhere it is
	// credentials.NewTLS, without InsecureAllowPlaintext.
	token, err := grpcauth.NewCredentials(grpcauth.CredentialsConfig{Source: source, InsecureAllowPlaintext: true})
	if err != nil {
		return err
	}
	connection, err := grpc.NewClient(*service, grpc.WithTransportCredentials(local.NewCredentials()), grpc.WithPerRPCCredentials(token))
	if err != nil {
		return err
	}
	defer connection.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	answer := &wrapperspb.StringValue{}
	if err := connection.Invoke(ctx, "/orders.v1.Orders/List", &emptypb.Empty{}, answer); err != nil {
		return err
	}
	fmt.Println(answer.GetValue())

	stream, err := connection.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true}, "/orders.v1.Orders/Watch")
	if err != nil {
		return err
	}
	if err := errors.Join(stream.SendMsg(&emptypb.Empty{}), stream.CloseSend(), stream.RecvMsg(answer)); err != nil {
		return err
	}
	fmt.Println(answer.GetValue())
	return nil
}
