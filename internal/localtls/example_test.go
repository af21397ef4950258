package localtls_test

import (
	"fmt"
	"time"

	"github.com/poolguard/poolguard/internal/localtls"
)

func Example() {
	names := localtls.Names(nil, "https://devbox:9229")
	c, err := localtls.Open("", names, time.Now()) // "" stores nothing
	if err != nil {
		panic(err)
	}
	fmt.Println(names, len(c.SHA256), c.AuthorityPath == "")
	// Output: [localhost 127.0.0.1 ::1 devbox] 64 true
}
