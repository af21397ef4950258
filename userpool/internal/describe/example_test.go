package describe_test

import (
	"fmt"
	"strings"

	"github.com/poolguard/poolguard/userpool/internal/describe"
)

func Example() {
	// As `aws cognito-idp describe-user-pool` and `describe-user-pool-client` print them.
	pool, err := describe.Read(strings.NewReader(`{"UserPool": {"Id": "eu-west-1_Example", "Name": "shop", "MfaConfiguration": "OFF"}}`), "pool.json")
	if err != nil {
		fmt.Println(err)
		return
	}
	client, err := describe.Read(strings.NewReader(`{"UserPoolClient": {"UserPoolId": "eu-west-1_Example", "ClientId": "web",
		"AllowedOAuthFlowsUserPoolClient": true, "AllowedOAuthFlows": ["code"], "AllowedOAuthScopes": ["openid", "orders/read"],
		"CallbackURLs": ["https://shop.example.com/callback"]}}`), "client.json")
	if err != nil {
		fmt.Println(err)
		return
	}
	all, err := describe.Merge(pool, client)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(all.Pools[0].Name, all.Clients[0].OAuthFlows, all.Clients[0].AccessValidity, all.ResourceServers[0].Identifier)

	_, err = describe.Merge(client)
	fmt.Println(strings.HasPrefix(err.Error(), "client.json: UserPoolClient.UserPoolId: the app client web belongs to the pool eu-west-1_Example"))
	// Output:
	// shop [code] 1h0m0s orders
	// true
}
