// Web is a web application whose pages need a sign-in. Its sessions are in its memory.
package main

import (
	"flag"
	"fmt"
	"html/template"
	"net/http"
	"os"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/oauth"
	"github.com/poolguard/poolguard/cognito/signin"
)

var (
	listen = flag.String("listen", "localhost:8000", "address to listen on; the app client has http://ADDRESS/_auth/callback")
	pool   = flag.String("pool", "us-east-1_Local0001", "user pool ID")
	issuer = flag.String("issuer", "http://127.0.0.1:9229/us-east-1_Local0001", `issuer of a local pool, "" for a pool on AWS`)
	domain = flag.String("domain", "http://127.0.0.1:9229", "the pool's domain, where people sign in")
	client = flag.String("client", "local-client", "app client, without a secret")
)

func main() {
	flag.Parse()
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	verifier, err := cognito.New(cognito.Config{UserPools: []cognito.UserPool{{ID: *pool, Issuer: *issuer, ClientIDs: []string{*client}}}})
	if err != nil {
		return err
	}
	auth, err := signin.New(signin.Config{Verifier: verifier, Apps: []signin.App{{
		ExternalURL: "http://" + *listen,
		UserPoolID:  *pool,
		Issuer:      *issuer,
		Client:      oauth.App{Domain: *domain, ClientID: *client},
		SignOutURL:  "http://" + *listen + "/",
	}}})
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle(signin.Path, auth)
	mux.Handle("/", auth.Require()(http.HandlerFunc(page)))

	fmt.Printf("listening on http://%s\n", *listen)
	return (&http.Server{Addr: *listen, Handler: mux, ReadHeaderTimeout: 10 * time.Second}).ListenAndServe()
}

var text = template.Must(template.New("page").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Orders</title>
<h1>Orders</h1>
<p id="who">You are signed in as {{.Email}}.</p>
<p>This is <code>{{.Path}}</code>. <a href="/_auth/me">What the server knows about you</a></p>
<form method="post" action="/_auth/logout"><button id="sign-out">Sign out</button></form>
</html>`))

func page(w http.ResponseWriter, r *http.Request) {
	id, _ := signin.IDToken(r.Context())
	_ = text.Execute(w, map[string]string{"Email": id.Email(), "Path": r.URL.RequestURI()})
}
