package requestpath_test

import (
	"fmt"

	"github.com/poolguard/poolguard/gateway/internal/requestpath"
)

func ExampleParse() {
	for _, target := range []string{"/%6frders/7?all", "/files/a%2Fb", "/files/../admin"} {
		path, err := requestpath.Parse(target)
		if err != nil {
			fmt.Println("refused: the path", err)
			continue
		}
		fmt.Printf("%s [%s] %q\n", path, path.Class(), path.Readings())
	}
	// Output:
	// /orders/7 [] ["/orders/7"]
	// /files/a%2Fb [encoded_slash] ["/files/a%2Fb" "/files/a/b"]
	// refused: the path has a segment . or ..
}
