// Mcp is a server of the Model Context Protocol. Its clients know only its URL. They find the user
// pool by the documents of package metadata.
package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/bearer"
	"github.com/poolguard/poolguard/cognito/metadata"
)

var (
	listen   = flag.String("listen", "localhost:8080", "address to listen on")
	public   = flag.String("public", "", `origin that clients use, "" for http://localhost and the port`)
	pool     = flag.String("pool", "us-east-1_Local0001", "user pool ID")
	issuer   = flag.String("issuer", "http://127.0.0.1:9229/us-east-1_Local0001", `issuer of a local pool, "" for a pool on AWS`)
	domain   = flag.String("domain", "http://127.0.0.1:9229", "the pool's domain, where people sign in")
	client   = flag.String("client", "local-client", "app client, without a secret, that all clients of the server share")
	callback = flag.String("callback", "http://localhost:3000/callback", "callback URL of the app client, which clients must use")
)

func main() {
	flag.Parse()
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		return err
	}
	_, port, _ := net.SplitHostPort(listener.Addr().String()) // net made it
	self, scope := cmp.Or(*public, "http://localhost:"+port), "orders/read"
	resource, err1 := metadata.NewResource(metadata.Resource{URL: self + "/mcp", AuthorizationServers: []string{self}, Scopes: []string{scope}})
	signIn, err2 := metadata.NewAuthorizationServer(metadata.AuthorizationServer{
		URL: self, Domain: *domain, ClientID: *client, RedirectURIs: []string{*callback}, Scopes: []string{scope},
	})
	verifier, err3 := cognito.New(cognito.Config{UserPools: []cognito.UserPool{{
		ID: *pool, Issuer: *issuer, ClientIDs: []string{*client}, Audiences: []string{self + "/mcp"},
	}}})
	if err := errors.Join(err1, err2, err3); err != nil {
		return err
	}
	protect, err := bearer.Middleware(bearer.Config{
		Verifier: verifier, ResourceMetadata: resource.MetadataURL(),
		Require: []cognito.Requirement{cognito.RequireAudience(self + "/mcp"), cognito.RequireScopes(scope)},
	})
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	resource.Register(mux)
	signIn.Register(mux)
	mux.Handle("/mcp", protect(forTools(tools())))
	fmt.Printf("listening on http://%s\n", listener.Addr())
	fmt.Printf("curl -i -X POST %[1]s/mcp\nMCP clients use %[1]s/mcp\n", self)
	return (&http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}).Serve(listener)
}
