package userpool_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"

	"github.com/poolguard/poolguard/userpool"
)

// A pool of one's own beside the default settings, and a machine's token from it.
func Example() {
	listener := httptest.NewUnstartedServer(nil)
	defer listener.Close()
	publicURL := "http://" + listener.Listener.Addr().String()

	pool := userpool.DefaultPool()
	pool.Clients[0].CallbackURLs = append(pool.Clients[0].CallbackURLs, "http://localhost:5173/callback")
	server, err := userpool.New(userpool.Config{PublicURL: publicURL, Pools: []userpool.Pool{pool}})
	if err != nil {
		fmt.Println(err)
		return
	}
	listener.Config.Handler = server
	listener.Start()

	response, err := http.PostForm(publicURL+"/oauth2/token", url.Values{
		"grant_type":    {"client_credentials"},
		"client_id":     {"local-machine"},
		"client_secret": {"local-secret"},
		"scope":         {"orders/read"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer response.Body.Close()
	var token struct {
		Type      string `json:"token_type"`
		ExpiresIn int    `json:"expires_in"`
	}
	if err := json.NewDecoder(response.Body).Decode(&token); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(response.Status, token.Type, token.ExpiresIn)
	// Output: 200 OK Bearer 3600
}
