package profile_test

import (
	"fmt"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/profile"
)

// A client signs somebody up: the attributes are judged, then what is missing.
func Example() {
	client := directory.Client{ID: "web"}
	pool := directory.Pool{
		ID: "us-east-1_Local0001", Password: directory.DefaultPasswordPolicy, Custom: []string{"custom:team"},
	}
	pool.Settings = map[string]jsonRaw{"SchemaAttributes": jsonRaw(`[{"Name":"email","AttributeDataType":"String","Required":true}]`)}

	author := profile.Author{Client: &client, New: true}
	_, err := author.Check(pool, []profile.Attribute{{Name: "custom:shoe", Value: "43"}})
	fmt.Print(err)
	values, err := author.Check(pool, []profile.Attribute{{Name: "custom:team", Value: "shop"}})
	fmt.Println(values, err)
	fmt.Print(profile.CheckRequired(pool, values))
	fmt.Println(profile.CheckPassword(pool.Password, "passw0rd!"))
	// Output:
	// Attributes did not conform to the schema: custom:shoe: Attribute does not exist in the schema.
	// map[custom:team:shop] <nil>
	// Attributes did not conform to the schema: email: The attribute is required
	// Password did not conform with policy: Password must have uppercase characters
}
