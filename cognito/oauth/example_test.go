package oauth_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"time"

	"golang.org/x/oauth2"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/oauth"
)

// An application that signs users in: /login starts the sign-in, /callback finishes it.
func ExampleClient() {
	issuer := cognitotest.NewIssuer() // in place of Amazon Cognito
	domain := examplePool(issuer)
	defer domain.Close()
	verifier, err := cognito.New(issuer.Config())
	if err != nil {
		fmt.Println(err)
		return
	}
	app := httptest.NewUnstartedServer(nil)
	app.StartTLS() // cookies with the prefix __Host- require it
	defer app.Close()
	client, err := oauth.New(oauth.Config{
		App:         oauth.App{Domain: domain.URL, ClientID: cognitotest.ClientID},
		Verifier:    verifier,
		UserPoolID:  cognitotest.PoolID,
		RedirectURL: app.URL + "/callback",
		Scopes:      []string{"openid", "email"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	const cookieName = "__Host-sign-in"
	mux := http.NewServeMux()
	mux.HandleFunc("GET /login", func(w http.ResponseWriter, r *http.Request) {
		a, err := client.Start(oauth.StartOptions{Keep: "/orders"})
		if err != nil {
			http.Error(w, "no sign-in", http.StatusInternalServerError)
			return
		}
		http.SetCookie(w, &http.Cookie{
			Name: cookieName, Value: string(a.Flow), Path: "/", MaxAge: int(time.Until(a.ExpiresAt).Seconds()),
			Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
		})
		http.Redirect(w, r, a.URL, http.StatusFound)
	})
	mux.HandleFunc("GET /callback", func(w http.ResponseWriter, r *http.Request) {
		var flow oauth.Flow
		if cookie, err := r.Cookie(cookieName); err == nil {
			flow = oauth.Flow(cookie.Value)
		}
		http.SetCookie(w, &http.Cookie{Name: cookieName, Path: "/", MaxAge: -1, Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
		tokens, err := client.Finish(r.Context(), flow, r.URL)
		switch {
		case errors.Is(err, oauth.ErrUnavailable):
			http.Error(w, "try again later", http.StatusServiceUnavailable)
		case err != nil:
			http.Error(w, "not signed in: "+err.Error(), http.StatusForbidden)
		default: // begin a session with tokens here
			w.Header().Set("Content-Type", "text/plain")
			fmt.Fprintf(w, "%s goes to %s", tokens.ID.Username(), tokens.Kept) //nolint:gosec // G705: it is plain text
		}
	})
	app.Config.Handler = mux

	browser := app.Client()
	browser.Jar, _ = cookiejar.New(nil)
	for _, path := range []string{"/login", "/callback?code=x&state=made-up"} {
		page, err := browser.Get(app.URL + path)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(page.StatusCode, readAll(page))
	}
	// Output:
	// 200 anaya goes to /orders
	// 403 not signed in: oauth: flow_invalid: there is no sign-in under way in this browser; begin again
}

// A service calls an API with a token of its own.
func ExampleClientCredentialsSource() {
	domain := examplePool(cognitotest.NewIssuer())
	defer domain.Close()
	source, err := oauth.NewClientCredentialsSource(oauth.ClientCredentialsConfig{
		App:    oauth.App{Domain: domain.URL, ClientID: "machine", ClientSecret: "a-secret"},
		Scopes: []string{"orders/read"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		fmt.Fprint(w, "hello, ", r.Header.Get("Authorization")) //nolint:gosec // G705: it is plain text
	}))
	defer api.Close()
	client := &http.Client{Transport: &oauth2.Transport{Source: source}, Timeout: 10 * time.Second}
	page, err := client.Get(api.URL)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(readAll(page))
	// Output: hello, Bearer a-token
}

// examplePool serves as much of a pool's domain as the examples need.
func examplePool(issuer *cognitotest.Issuer) *httptest.Server {
	var nonce, challenge string
	mux := http.NewServeMux()
	mux.HandleFunc("GET /oauth2/authorize", func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		nonce, challenge = q.Get("nonce"), q.Get("code_challenge")
		http.Redirect(w, r, q.Get("redirect_uri")+"?"+url.Values{"code": {"a-code"}, "state": {q.Get("state")}}.Encode(), http.StatusFound) //nolint:gosec // G710: it knows one application
	})
	mux.HandleFunc("POST /oauth2/token", func(w http.ResponseWriter, r *http.Request) {
		answer := map[string]any{"token_type": "Bearer", "expires_in": 3600}
		if r.PostFormValue("grant_type") == "client_credentials" {
			answer["access_token"] = "a-token"
		} else if sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier"))); base64.RawURLEncoding.EncodeToString(sum[:]) == challenge {
			access := issuer.Pool().AccessToken()
			answer["access_token"] = access
			answer["id_token"] = issuer.Pool().IDToken(cognitotest.Nonce(nonce), cognitotest.Claim("at_hash", hashOf(access)))
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(answer)
	})
	return httptest.NewServer(mux)
}
