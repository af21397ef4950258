package seal_test

import (
	"fmt"

	"github.com/poolguard/poolguard/cognito/signin/internal/seal"
)

func ExampleRing() {
	key, err := seal.ParseKey(seal.NewKey())
	if err != nil {
		fmt.Println(err)
		return
	}
	ring, id := seal.NewRing(key), seal.NewID()
	sealed, err := ring.Seal(id, []byte("tokens"), []byte("version 1"))
	if err != nil {
		fmt.Println(err)
		return
	}
	plain, err := ring.Open(id, sealed, []byte("version 1"))
	fmt.Println(string(plain), err)
	_, err = ring.Open(seal.NewID(), sealed, []byte("version 1"))
	fmt.Println(err)
	// Output:
	// tokens <nil>
	// no key opens the record
}
