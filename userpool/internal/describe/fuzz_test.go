package describe_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/userpool/internal/describe"
)

// FuzzRead wants no panic, errors that name the source, and records whose
// descriptions read as the same records.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		fixture(f, "pool.json"), fixture(f, "web.json"), fixture(f, "machine.json"), fixture(f, "web.json", "pool.json"), "",
		`{"UserPools":[]}`, `{"UserPool":{"Id":"a","TokenValidityUnits":null,"SchemaAttributes":[{"Name":"custom:a"}],"AdminCreateUserConfig":{}}}`,
		`{"UserPoolClient":{"ClientId":"a","UserPoolId":"b","AccessTokenValidity":9223372036854775807,"TokenValidityUnits":{"AccessToken":"days"},"Extra":[1]}}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		in, err := describe.Read(strings.NewReader(text), "source")
		if err != nil {
			if !strings.HasPrefix(err.Error(), "source: ") {
				t.Errorf("%v", err)
			}
			return
		}
		for _, pool := range in.Pools {
			b, err := json.Marshal(map[string]any{"UserPool": describe.OfPool(pool)})
			if err != nil {
				t.Fatal(err)
			}
			again, err := describe.Read(strings.NewReader(string(b)), "again")
			if err != nil {
				t.Fatalf("%s: %v", b, err)
			}
			if got := again.Pools[0]; got.ID != pool.ID || !reflect.DeepEqual(got.Custom, pool.Custom) || got.MFA != pool.MFA && pool.MFA != "" {
				t.Errorf("%+v\nwas %+v", got, pool)
			}
		}
		for _, client := range in.Clients {
			b, err := json.Marshal(map[string]any{"UserPoolClient": describe.OfClient(client)})
			if err != nil {
				t.Fatal(err)
			}
			again, err := describe.Read(strings.NewReader(string(b)), "again")
			if err != nil {
				t.Fatalf("%s: %v", b, err)
			}
			got := again.Clients[0]
			if got.ID != client.ID || got.AccessValidity != client.AccessValidity || got.RefreshValidity != client.RefreshValidity ||
				got.Rotation != client.Rotation || got.HideUnknownUsers != client.HideUnknownUsers || !reflect.DeepEqual(got.OAuthFlows, client.OAuthFlows) {
				t.Errorf("%+v\nwas %+v", got, client)
			}
		}
		_, _ = describe.Merge(in) // its errors are other tests'
	})
}
