package bearer_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/bearer"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

func ExampleRequire() {
	issuer := cognitotest.NewIssuer() // in place of Amazon Cognito
	verifier, err := cognito.New(issuer.Config())
	if err != nil {
		fmt.Println(err)
		return
	}
	orders := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, _ := bearer.AccessToken(r.Context())
		fmt.Fprintf(w, "the orders of %s", token.Username())
	})
	mux := http.NewServeMux()
	mux.Handle("GET /orders", bearer.Require(verifier, cognito.RequireScopes("orders/read"))(orders))

	for _, raw := range []string{
		issuer.Pool().AccessToken(cognitotest.Scopes("orders/read")),
		issuer.Pool().AccessToken(cognitotest.Scopes("openid")),
	} {
		r := httptest.NewRequest(http.MethodGet, "/orders", nil)
		r.Header.Set("Authorization", "Bearer "+raw)
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		fmt.Println(w.Code, w.Body)
		fmt.Println(w.Header().Get("WWW-Authenticate"))
	}
	// Output:
	// 200 the orders of anaya
	//
	// 403 {"error":{"code":"scope_missing","message":"the scope \"orders/read\" is missing; the token has \"openid\""}}
	//
	// Bearer realm="cognito", error="insufficient_scope", error_description="the scope 'orders/read' is missing; the token has 'openid'", scope="orders/read"
}

// A page for everybody, with a word for those who are known.
func ExampleMiddleware() {
	issuer := cognitotest.NewIssuer()
	verifier, err := cognito.New(issuer.Config())
	if err != nil {
		fmt.Println(err)
		return
	}
	greet, err := bearer.Middleware(bearer.Config{Verifier: verifier, TokenUse: cognito.TokenUseID, Optional: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	handler := greet(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := "stranger"
		if token, ok := bearer.IDToken(r.Context()); ok {
			name = token.Email()
		}
		fmt.Fprintf(w, "hello %s", name)
	}))
	for _, header := range []string{"", "Bearer " + issuer.Pool().IDToken(), "Bearer " + issuer.Pool().IDToken(cognitotest.Expired())} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		if header != "" {
			r.Header.Set("Authorization", header)
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		fmt.Printf("%d %.50s\n", w.Code, w.Body)
	}
	// Output:
	// 200 hello stranger
	// 200 hello anaya@example.com
	// 401 {"error":{"code":"token_expired","message":"the to
}

// Another adapter reads the credential, and answers, as the middleware does.
func ExampleCredential() {
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := bearer.Credential(r); err != nil {
			bearer.WriteError(w, r, err, "gateway")
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("Authorization", "Bearer one, Bearer two")
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	fmt.Println(w.Code, w.Header().Get("WWW-Authenticate"))
	// Output: 400 Bearer realm="gateway", error="invalid_request", error_description="what follows the word Bearer in the Authorization header is not one token"
}

// A page reads events with EventSource, which cannot set headers. The server set the token in a
// cookie after the sign-in.
func ExampleConfig_cookie() {
	issuer := cognitotest.NewIssuer()
	verifier, err := cognito.New(issuer.Config())
	if err != nil {
		fmt.Println(err)
		return
	}
	protect, err := bearer.Middleware(bearer.Config{Verifier: verifier, Cookie: "__Host-token"})
	if err != nil {
		fmt.Println(err)
		return
	}
	events := protect(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "data: hello") }))
	for _, site := range []string{"same-origin", "cross-site"} {
		r := httptest.NewRequest(http.MethodGet, "https://app.example/events", nil)
		r.Header.Set("Cookie", "__Host-token="+issuer.Pool().AccessToken())
		r.Header.Set("Sec-Fetch-Site", site)
		w := httptest.NewRecorder()
		events.ServeHTTP(w, r)
		fmt.Printf("%d %.35s\n", w.Code, w.Body)
	}
	// Output:
	// 200 data: hello
	// 403 {"error":{"code":"access_denied","m
}
