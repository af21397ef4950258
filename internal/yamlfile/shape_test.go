package yamlfile_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/poolguard/poolguard/internal/yamlfile"
)

// A gate has the kinds of values that [settings] has not.
type gate struct {
	Via    []string
	Claims map[string][]string
	Sample yamlfile.Frequency
	Routes []route
	Named  map[string]limits
}

func gateSchema() *yamlfile.Schema[gate] {
	return &yamlfile.Schema[gate]{Fields: []yamlfile.Field[gate]{
		yamlfile.Choices("via", "Via", func(g *gate) *[]string { return &g.Via }, "bearer", "alb").About("Who may call."),
		yamlfile.TextLists("claims", "Claims", func(g *gate) *map[string][]string { return &g.Claims }),
		yamlfile.Rate("sample", "Sample", func(g *gate) *yamlfile.Frequency { return &g.Sample }),
		yamlfile.Objects("routes", "Routes", func(g *gate) *[]route { return &g.Routes }, routeFields),
		yamlfile.NamedObjects("named", "Named", func(g *gate) *map[string]limits { return &g.Named }, nil, limitFields),
		yamlfile.Refused[gate]("token", "is not in this version"),
	}}
}

func TestListsOfWordsRatesAndListsByNameAreRead(t *testing.T) {
	t.Parallel()
	document, err := gateSchema().Parse("f", []byte("via: [ALB, bearer]\nclaims: {a: one, b: [two, three]}\nsample: 20/1m\n"), lookup())
	if err != nil {
		t.Fatal(err)
	}
	want := gate{
		Via: []string{"alb", "bearer"}, Claims: map[string][]string{"a": {"one"}, "b": {"two", "three"}},
		Sample: yamlfile.Frequency{Count: 20, Per: time.Minute},
	}
	if diff := cmp.Diff(want, document.Config); diff != "" {
		t.Error(diff)
	}
	for text, want := range map[string]string{"100/s": "100/1s", "1/1h30m": "1/1h30m0s", "5/d": "5/24h0m0s"} {
		document, err := gateSchema().Parse("f", []byte("sample: "+text), lookup())
		if err != nil || document.Config.Sample.String() != want {
			t.Errorf("%s: got %v, %v", text, document, err)
		}
	}
}

func TestDefaultsStayWhereTheFileHasNoKey(t *testing.T) {
	t.Parallel()
	schema := gateSchema()
	schema.Defaults = func() gate {
		return gate{Via: []string{"bearer"}, Sample: yamlfile.Frequency{Count: 1, Per: time.Second}}
	}
	document, err := schema.Parse("f", []byte("via: [alb]"), lookup())
	if err != nil || document.Config.Via[0] != "alb" || document.Config.Sample.Count != 1 {
		t.Errorf("got %+v, %v", document, err)
	}
}

func TestFilesOfSecretsAreListedOnce(t *testing.T) {
	t.Parallel()
	document, err := gateSchema().Parse("f", []byte("routes: [{key: {file: key.secret}}, {key: {env: KEY}}, {key: {file: key.secret}}]"), lookup())
	if err != nil || len(document.Files()) != 1 || document.Files()[0] != "key.secret" {
		t.Errorf("got %v", err)
	}
}

func TestFaultsOfListsOfWordsRatesAndListsByName(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"via: [cookie]":          `f:1:7: via[0]: got "cookie", want bearer or alb`,
		"claims: {a: [b, 5]}":    "f:1:17: claims.a[1]: got a number, want text; put it in quotes",
		"claims: {a: {}}":        "f:1:13: claims.a: got a mapping, want text",
		`claims: {a: ""}`:        "f:1:13: claims.a: is empty; give text",
		"sample: 0/s":            `f:1:9: sample: "0/s" is not a rate such as 20/1m or 100/s`,
		"sample: 5/0s":           `f:1:9: sample: "5/0s" is not a rate such as 20/1m or 100/s`,
		"sample: 5/1x":           `f:1:9: sample: "5/1x" is not a rate such as 20/1m or 100/s`,
		"token: hunter2-SECRET":  "f:1:8: token: is not in this version",
		"tokens: hunter2-SECRET": "f:1:1: tokens: unknown key; the keys are via, claims, sample, routes, named",
	} {
		_, err := gateSchema().Parse("f", []byte(text), lookup())
		if err == nil || err.Error() != want {
			t.Errorf("%s: got\n%v\nwant\n%s", text, err, want)
		}
	}
}

func TestKeysAreListedWithTheirKinds(t *testing.T) {
	t.Parallel()
	var got []string
	for _, k := range gateSchema().Keys() {
		got = append(got, strings.TrimSpace(fmt.Sprintf("%s: %s. %s", k.Path, k.Kind, k.About)))
	}
	want := []string{
		"via: list of bearer, alb. Who may call.",
		"claims: mapping from names to a text or a list of texts.", "sample: rate.",
		"routes: list of mappings.", "routes[].path: text.", "routes[].methods: list of texts.", "routes[].backend: text.", "routes[].key: secret.",
		"named: mapping from names to mappings.", "named.<name>.timeout: duration.", "named.<name>.body: size.",
		"named.<name>.connections: whole number.", "named.<name>.reuse: true or false.", "named.<name>.trace: true or false.",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func ExampleSchema_JSONSchema() {
	type server struct {
		Listen string
		Level  string
	}
	schema := yamlfile.Schema[server]{Fields: []yamlfile.Field[server]{
		yamlfile.Text("listen", "Listen", func(s *server) *string { return &s.Listen }).About("The address to listen on."),
		yamlfile.Choice("level", "Level", func(s *server) *string { return &s.Level }, "info", "debug"),
	}}
	text, err := schema.JSONSchema("server.yaml")
	if err != nil {
		panic(err)
	}
	fmt.Printf("%s", text)
	// Output:
	// {
	//   "$schema": "https://json-schema.org/draft/2020-12/schema",
	//   "title": "server.yaml",
	//   "type": "object",
	//   "properties": {
	//     "level": {
	//       "enum": [
	//         "info",
	//         "debug"
	//       ]
	//     },
	//     "listen": {
	//       "description": "The address to listen on.",
	//       "type": "string"
	//     }
	//   },
	//   "additionalProperties": false
	// }
}

// A refused key must not hide the faults of others.
func TestFaultsOfTheCheckAreReportedBesideARefusedKey(t *testing.T) {
	t.Parallel()
	schema := gateSchema()
	schema.Check = func(*gate) []yamlfile.FieldFault {
		return []yamlfile.FieldFault{{Field: "Sample", Reason: "is missing"}}
	}
	_, err := schema.Parse("f", []byte("token: a"), lookup())
	if want := "f:1:1: sample: is missing\nf:1:8: token: is not in this version"; err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}
