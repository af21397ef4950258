package linequeue_test

import (
	"fmt"
	"os"

	"github.com/poolguard/poolguard/internal/linequeue"
)

func Example() {
	write := func(line []byte) error {
		_, err := os.Stdout.Write(line)
		return err
	}
	lines := linequeue.New(write, func(n int) []byte { return fmt.Appendf(nil, "%d lines are lost\n", n) })
	lines.Offer([]byte("GET /orders 200\n"))
	lines.Close()
	// Output:
	// GET /orders 200
}
