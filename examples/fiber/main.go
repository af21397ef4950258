// Fiber is an API with gofiber/fiber, which is not net/http: the verifier is called by
// hand, and package bearer finds the token and knows the answers.
package main

import (
	"flag"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/fiber/v3/middleware/adaptor"

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
	app := fiber.New()
	app.Get("/health", func(c fiber.Ctx) error { return c.SendString("healthy\n") })
	app.Get("/orders", protect(verifier, cognito.RequireScopes("orders/read")), func(c fiber.Ctx) error {
		return c.SendString("orders of " + fiber.Locals[*cognito.AccessToken](c, tokenKey{}).Subject() + "\n")
	})
	app.Get("/admin", protect(verifier, cognito.RequireGroups("admins")), func(c fiber.Ctx) error {
		return c.SendString("report for " + fiber.Locals[*cognito.AccessToken](c, tokenKey{}).Username() + "\n")
	})
	app.Hooks().OnListen(func(l fiber.ListenData) error {
		fmt.Printf("listening on http://%[1]s\ncurl -i -H \"Authorization: Bearer $(poolguard token)\" http://%[1]s/orders\n", net.JoinHostPort(l.Host, l.Port))
		return nil
	})
	return app.Listen(*listen, fiber.ListenConfig{DisableStartupMessage: true})
}

type tokenKey struct{}

// Protect calls the next handler with a verified token among the locals. Fiber reuses the
// memory of a request, so the header is copied, as string(b) does and c.Get does not.
func protect(verifier *cognito.Verifier, requirements ...cognito.Requirement) fiber.Handler {
	return func(c fiber.Ctx) error {
		header := http.Header{}
		for _, value := range c.Request().Header.PeekAll(fiber.HeaderAuthorization) {
			header.Add(fiber.HeaderAuthorization, string(value)) // Credential refuses two
		}
		raw, err := bearer.Credential(&http.Request{Header: header, URL: &url.URL{RawQuery: string(c.Request().URI().QueryString())}})
		var token *cognito.AccessToken
		if err == nil {
			token, err = verifier.VerifyAccessToken(c.Context(), raw, requirements...)
		}
		if err == nil {
			fiber.Locals(c, tokenKey{}, token)
			return c.Next()
		}
		return adaptor.HTTPHandlerFunc(func(w http.ResponseWriter, r *http.Request) { bearer.WriteError(w, r, err, "") })(c)
	}
}
