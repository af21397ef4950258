package store_test

import (
	"context"
	"fmt"

	"github.com/poolguard/poolguard/userpool/internal/store"
)

func Example() {
	ctx := context.Background()
	records := store.NewMemory()
	defer records.Close()

	err := records.Update(ctx, func(tx store.Tx) error {
		for _, name := range []string{"p1/ann", "p1/bob", "p1/cy", "p2/dan"} {
			if err := tx.Put("users", name, []byte(`{"enabled":true}`)); err != nil {
				return err
			}
		}
		return tx.Delete("users", "p1/bob")
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	// A page of users, after the last one of the page before.
	err = records.View(ctx, func(tx store.Tx) error {
		for key, value := range tx.Scan("users", "p1/", "p1/ann") {
			fmt.Println(key, string(value))
		}
		_, err := tx.Get("users", "p1/bob")
		return err
	})
	fmt.Println(err)
	// Output:
	// p1/cy {"enabled":true}
	// not found in bucket "users"
}
