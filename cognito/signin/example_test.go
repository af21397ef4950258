package signin_test

import (
	"fmt"
	"net/http"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/oauth"
	"github.com/poolguard/poolguard/cognito/signin"
)

// A web application with one page for people who are signed in.
func Example() {
	verifier, err := cognito.New(cognito.Config{UserPools: []cognito.UserPool{{ID: "us-east-1_AbCdEfGhI", ClientIDs: []string{"web"}}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	auth, err := signin.New(signin.Config{Verifier: verifier, Apps: []signin.App{{
		ExternalURL: "https://app.example.com",
		UserPoolID:  "us-east-1_AbCdEfGhI",
		Client:      oauth.App{Domain: "https://auth.example.com", ClientID: "web"},
		SignOutURL:  "https://app.example.com/",
	}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	mux := http.NewServeMux()
	mux.Handle(signin.Path, auth)
	mux.Handle("/", auth.Require()(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id, _ := signin.IDToken(r.Context())
		fmt.Fprintf(w, "Hello %s\n", id.Email())
	})))
	// Output:
}
