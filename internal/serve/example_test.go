package serve_test

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/poolguard/poolguard/internal/serve"
)

func Example() {
	listener, err := serve.Listen(context.Background(), "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	group, err := serve.New(serve.Config{Servers: []serve.Server{{
		Name: "public", Listener: listener,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") }),
	}}})
	if err != nil {
		panic(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- group.Run(ctx) }()

	response, err := http.Get("http://" + listener.Addr().String())
	if err != nil {
		panic(err)
	}
	body, _ := io.ReadAll(response.Body)
	_ = response.Body.Close()
	fmt.Printf("%s\n", body)

	stop()
	fmt.Println(<-ended)
	// Output:
	// hello
	// <nil>
}
