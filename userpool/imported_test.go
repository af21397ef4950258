package userpool_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/userpool"
)

const describedPool = `{"UserPool": {"Id": "eu-west-1_Shop00001", "Name": "shop", "UsernameAttributes": ["email"],
 "Policies": {"PasswordPolicy": {"MinimumLength": 10}}, "LambdaConfig": {}, "Domain": "shop"}}`

const describedClient = `{"UserPoolClient": {"UserPoolId": "eu-west-1_Shop00001", "ClientName": "batch", "ClientId": "1example23456789",
 "ClientSecret": "s3cret", "AllowedOAuthFlows": ["client_credentials"], "AllowedOAuthScopes": ["shop/read"], "AllowedOAuthFlowsUserPoolClient": true,
 "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]}}`

func describe(t *testing.T, texts ...string) *userpool.Descriptions {
	t.Helper()
	var sources []userpool.NamedReader
	for _, text := range texts {
		sources = append(sources, userpool.NamedReader{Name: "input", Reader: strings.NewReader(text)})
	}
	d, err := userpool.ReadDescriptions(sources...)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// A described pool serves its clients; users, whom no description has, come from
// the configuration and live under the described settings.
func TestDescriptions(t *testing.T) {
	t.Parallel()
	f := serve(t, func(cfg *userpool.Config) {
		cfg.Descriptions = describe(t, describedClient, describedPool)
		cfg.Pools = []userpool.Pool{{ID: "eu-west-1_Shop00001", Users: []userpool.User{
			{Username: "u1", Password: "Passw0rd!", Attributes: map[string]string{"email": "u1@example.com"}},
		}}}
	})
	form := machineForm("client_id", "1example23456789", "client_secret", "s3cret", "scope", "shop/read")
	if answer := f.token(t, form); answer.status != http.StatusOK {
		t.Errorf("the described client: %d %s", answer.status, answer.raw)
	}
	if answer := f.token(t, machineForm()); answer.status == http.StatusOK {
		t.Error("the default pool is there too")
	}
	pools, err := f.Pools(t.Context())
	if err != nil || len(pools) != 1 || pools[0].Name != "shop" {
		t.Errorf("pools %+v, %v", pools, err)
	}
}

func TestDescriptionFaults(t *testing.T) {
	t.Parallel()
	if _, err := userpool.ReadDescriptions(userpool.NamedReader{Name: "client.json", Reader: strings.NewReader(describedClient)}); err == nil ||
		!strings.Contains(err.Error(), "client.json") {
		t.Errorf("a client without its pool: %v", err)
	}
	_, err := userpool.New(userpool.Config{
		PublicURL: "http://pool.test", Descriptions: describe(t, describedPool, describedClient),
		Pools: []userpool.Pool{{ID: "eu-west-1_Shop00001", Clients: []userpool.Client{{ID: "1example23456789"}}}},
	})
	if err == nil || !strings.Contains(err.Error(), "Pools[0].Clients[0].ID") {
		t.Errorf("a client that is described too: %v", err)
	}
}
