package route_test

import (
	"fmt"

	"github.com/poolguard/poolguard/gateway/internal/route"
)

func ExampleTable_Find() {
	table, faults := route.NewTable([]route.Match{
		{Path: "/healthz"},
		{Hosts: []string{"{tenant}.example.com"}, Methods: []string{"GET"}, Path: "/users/{id}/**"},
	})
	if len(faults) > 0 {
		fmt.Println(faults)
		return
	}
	host, _ := route.CanonicalHost("Acme.Example.com:443")
	found, ok := table.Find(host, "GET", "/users/7/orders")
	tenant, _ := found.Value("tenant")
	id, _ := found.Value("id")
	fmt.Println(ok, found.Match, tenant, id)
	// Output: true 1 acme 7
}
