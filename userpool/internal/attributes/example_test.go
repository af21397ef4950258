package attributes_test

import (
	"fmt"

	"github.com/poolguard/poolguard/userpool/internal/attributes"
	"github.com/poolguard/poolguard/userpool/internal/directory"
)

// A client signs up a user: the attributes are checked first, then those that are missing.
func Example() {
	client := directory.Client{ID: "web"}
	pool := directory.Pool{
		ID: "us-east-1_Local0001", Custom: []string{"custom:team"},
	}
	pool.Settings = map[string]jsonRaw{"SchemaAttributes": jsonRaw(`[{"Name":"email","AttributeDataType":"String","Required":true}]`)}

	author := attributes.Author{Client: &client, New: true}
	_, err := author.Check(pool, []attributes.Attribute{{Name: "custom:shoe", Value: "43"}})
	fmt.Print(err)
	values, err := author.Check(pool, []attributes.Attribute{{Name: "custom:team", Value: "shop"}})
	fmt.Println(values, err)
	fmt.Print(attributes.CheckRequired(pool, values))
	// Output:
	// Attributes did not conform to the schema: custom:shoe: Attribute does not exist in the schema.
	// map[custom:team:shop] <nil>
	// Attributes did not conform to the schema: email: The attribute is required
}
