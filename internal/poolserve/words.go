package poolserve

import (
	"fmt"

	"github.com/poolguard/poolguard/userpool"
)

// DefaultURL is where the local pool is served by default.
const DefaultURL = "http://127.0.0.1:9229"

// Summary counts pools and what they have: "1 user pool, 2 clients, 3 users".
func Summary(pools []userpool.Pool) string {
	clients, users := 0, 0
	for n := range pools {
		clients += len(pools[n].Clients)
		users += len(pools[n].Users)
	}
	return counted(len(pools), "user pool") + ", " + counted(clients, "client") + ", " + counted(users, "user")
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
