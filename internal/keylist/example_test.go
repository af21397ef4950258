package keylist_test

import (
	"fmt"

	"github.com/poolguard/poolguard/internal/keylist"
	"github.com/poolguard/poolguard/internal/terminal"
)

func Example() {
	keys, err := keylist.Read([]byte(`{"keys":[{"kid":"one","kty":"EC","alg":"ES256","use":"sig"}]}`))
	if err != nil {
		panic(err)
	}
	page := terminal.NewPage(terminal.Style{Width: 40})
	keylist.Write(page, keys, "jwks.json")
	fmt.Print(page)
	// Output:
	// jwks.json
	//
	//   kid         one
	//   kty         EC
	//   alg         ES256
	//   use         sig
	//   bits        -
	//   usable      no
	//               it has kty "EC", not "RSA"
	// There is no usable key: no token can be verified with this set.
}
