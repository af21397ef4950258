package filewatch_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/poolguard/poolguard/internal/filewatch"
)

func Example() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "poolguard.yaml")
	watcher, err := filewatch.New([]string{file})
	if err != nil {
		panic(err)
	}
	if err := os.WriteFile(file, []byte("drain: 5s"), 0o600); err != nil {
		panic(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	watcher.Run(ctx, func() []string {
		fmt.Println("the file changed")
		stop()
		return nil
	})
	// Output: the file changed
}
