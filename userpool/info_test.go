package userpool_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/poolguard/poolguard/userpool"
)

func TestPools(t *testing.T) {
	t.Parallel()
	for form, want := range map[userpool.IssuerForm]string{
		userpool.IssuerLocal:   "http://pool.test/us-east-1_Local0001",
		userpool.IssuerUpdated: "https://issuer-cognito-idp.us-east-1.amazonaws.com/us-east-1_Local0001",
	} {
		server, err := userpool.New(userpool.Config{PublicURL: "http://pool.test", IssuerForm: form})
		if err != nil {
			t.Fatal(err)
		}
		pools, err := server.Pools(t.Context())
		if err != nil || len(pools) != 1 {
			t.Fatalf("got %v, %v", pools, err)
		}
		p := pools[0]
		if p.ID != "us-east-1_Local0001" || p.Issuer != want || !slices.Equal(p.ClientIDs, []string{"local-client", "local-machine"}) {
			t.Errorf("got %+v", p)
		}
	}
}

func TestConfigError(t *testing.T) {
	t.Parallel()
	pool := userpool.DefaultPool()
	pool.Clients[1].Providers = []string{"Nobody"}
	config := userpool.Config{PublicURL: "http://pool.test", Pools: []userpool.Pool{pool}}
	err := config.Validate()
	var fault *userpool.ConfigError
	if !errors.As(err, &fault) || fault.Field != "Pools[0].Clients[1].Providers[0]" || fault.Reason == "" {
		t.Errorf("got %v", err)
	}
	if err := (userpool.Config{PublicURL: "http://pool.test"}).Validate(); err != nil {
		t.Errorf("got %v for the default pool", err)
	}
}
