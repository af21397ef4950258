package callback_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/poolguard/poolguard/internal/terminalauth/callback"
)

// The port is one that the app client's callback URL names.
func ExampleReceiver_Wait() {
	const port = 38976
	r, err := callback.Listen(context.Background(), port)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer r.Close()
	go func() { // the browser
		if response, err := http.Get("http://localhost:38976/callback?code=x&state=y"); err == nil {
			response.Body.Close()
		}
	}()
	err = r.Wait(context.Background(), func(_ context.Context, address *url.URL) callback.Outcome {
		fmt.Println("the browser is back at", address.Path)
		return callback.Outcome{Done: true}
	})
	fmt.Println(err)
	// Output:
	// the browser is back at /callback
	// <nil>
}
