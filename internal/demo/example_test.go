package demo_test

import (
	"context"
	"fmt"
	"io"
	"net"

	"github.com/poolguard/poolguard/internal/demo"
)

// The walk alone, as `poolguard demo --once` does it.
func ExampleRun() {
	pool, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	api, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	err = demo.Run(context.Background(), demo.Config{Pool: pool, API: api, Once: true, Out: io.Discard})
	fmt.Println("every answer was the expected one:", err == nil)
	// Output: every answer was the expected one: true
}
