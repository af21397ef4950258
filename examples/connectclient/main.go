// Connectclient calls the example connect as a machine, by unary call and stream. Its
// transport attaches the token, which the source renews before it ends.
package main

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"
	"time"

	"connectrpc.com/connect"
	"golang.org/x/oauth2"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/poolguard/poolguard/cognito/oauth"
)

var (
	service = flag.String("service", "http://127.0.0.1:8080", "where the service is; https where it is not on this machine")
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
	authorized := &http.Client{
		Transport: &oauth2.Transport{Source: source},
		// The transport would send the token along to wherever the service points.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	list := connect.NewClient[emptypb.Empty, wrapperspb.StringValue](authorized, *service+"/orders.v1.Orders/List")
	answer, err := list.CallUnary(ctx, connect.NewRequest(&emptypb.Empty{}))
	if err != nil {
		return err
	}
	fmt.Println(answer.Msg.GetValue())

	watch := connect.NewClient[emptypb.Empty, wrapperspb.StringValue](authorized, *service+"/orders.v1.Orders/Watch")
	stream, err := watch.CallServerStream(ctx, connect.NewRequest(&emptypb.Empty{}))
	if err != nil {
		return err
	}
	defer stream.Close()
	for stream.Receive() {
		fmt.Println(stream.Msg().GetValue())
	}
	return stream.Err()
}
