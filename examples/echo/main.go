// Echo is an API with labstack/echo, which takes net/http middleware as it is.
package main

import (
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/labstack/echo/v5"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/bearer"
)

var (
	listen  = flag.String("listen", "127.0.0.1:8080", "address to listen on")
	pool    = flag.String("pool", "us-east-1_Local0001", "user pool ID")
	issuer  = flag.String("issuer", "http://127.0.0.1:9229/us-east-1_Local0001", `issuer of a local pool, "" for a pool on AWS`)
	clients = flag.String("clients", "local-client,local-machine", "app clients, separated by commas")
)

func main() {
	flag.Parse()
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	verifier, err := cognito.New(cognito.Config{UserPools: []cognito.UserPool{{
		ID: *pool, Issuer: *issuer, ClientIDs: strings.Split(*clients, ","),
	}}})
	if err != nil {
		return err
	}
	read := echo.WrapMiddleware(bearer.Require(verifier, cognito.RequireScopes("orders/read")))
	admin := echo.WrapMiddleware(bearer.Require(verifier, cognito.RequireGroups("admins")))

	e := echo.New()
	e.GET("/health", func(c *echo.Context) error { return c.String(http.StatusOK, "healthy\n") })
	e.GET("/orders", orders, read)
	e.Group("/admin", admin).GET("", report)

	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		return err
	}
	fmt.Printf("listening on http://%[1]s\ncurl -i -H \"Authorization: Bearer $(poolguard token)\" http://%[1]s/orders\n", listener.Addr())
	server := &http.Server{Handler: e, ReadHeaderTimeout: 10 * time.Second}
	return server.Serve(listener)
}

func orders(c *echo.Context) error {
	token, _ := bearer.AccessToken(c.Request().Context())
	return c.String(http.StatusOK, "orders of "+token.Subject()+"\n")
}

func report(c *echo.Context) error {
	token, _ := bearer.AccessToken(c.Request().Context())
	return c.String(http.StatusOK, "report for "+token.Username()+"\n")
}
