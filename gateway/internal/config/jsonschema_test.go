package config_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/poolguard/poolguard/gateway/internal/config"
	"github.com/poolguard/poolguard/internal/yamlfile"
)

// A node is the part of JSON Schema that the schema of the file uses.
type node struct {
	Type                 any              `json:"type"`
	Enum                 []any            `json:"enum"`
	Pattern              string           `json:"pattern"`
	MinLength            int              `json:"minLength"`
	Items                *node            `json:"items"`
	Properties           map[string]*node `json:"properties"`
	AdditionalProperties json.RawMessage  `json:"additionalProperties"`
	AnyOf                []*node          `json:"anyOf"`
}

// validate returns why a value does not fit, or nil.
func (n *node) validate(path string, value any) error {
	if n.Type != nil && !strings.Contains(fmt.Sprint(n.Type), typeOf(value)) {
		return fmt.Errorf("%s: %s is not of type %v", path, typeOf(value), n.Type)
	}
	if n.Enum != nil && !slices.ContainsFunc(n.Enum, func(one any) bool { return fmt.Sprint(one) == fmt.Sprint(value) }) {
		return fmt.Errorf("%s: %v is not one of %v", path, value, n.Enum)
	}
	if len(n.AnyOf) > 0 {
		var last error
		for _, one := range n.AnyOf {
			if last = one.validate(path, value); last == nil {
				return nil
			}
		}
		return last
	}
	switch v := value.(type) {
	case string:
		if n.Pattern != "" && !regexp.MustCompile(n.Pattern).MatchString(v) || utf8.RuneCountInString(v) < n.MinLength {
			return fmt.Errorf("%s: %q does not fit", path, v)
		}
	case []any:
		for i, each := range v {
			if err := n.Items.validate(fmt.Sprintf("%s[%d]", path, i), each); err != nil {
				return err
			}
		}
	case map[string]any:
		return n.validateKeys(path, v)
	}
	return nil
}

func (n *node) validateKeys(path string, all map[string]any) error {
	for key, value := range all {
		one := n.Properties[key]
		if one == nil {
			if string(n.AdditionalProperties) == "false" {
				return fmt.Errorf("%s.%s is unknown", path, key)
			}
			one = &node{}
			if err := json.Unmarshal(n.AdditionalProperties, one); err != nil {
				return err
			}
		}
		if err := one.validate(path+"."+key, value); err != nil {
			return err
		}
	}
	return nil
}

func typeOf(value any) string {
	switch v := value.(type) {
	case string:
		return "string"
	case bool:
		return "boolean"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	case json.Number:
		if _, whole := new(big.Int).SetString(v.String(), 10); whole {
			return "integer"
		}
		return "number"
	}
	return "null"
}

// valuesOf returns the content of a file as JSON has it.
func valuesOf(t *testing.T, text string) map[string]any {
	t.Helper()
	all := map[string]any{}
	var fields []yamlfile.Field[struct{}]
	for _, k := range config.Keys() {
		if !strings.ContainsAny(k.Path, ".[") {
			fields = append(fields, yamlfile.Field[struct{}]{Key: k.Path, Name: k.Path, Read: func(v *yamlfile.Value, _ *struct{}) { all[k.Path] = v.JSON() }})
		}
	}
	schema := yamlfile.Schema[struct{}]{Fields: fields}
	if _, err := schema.Parse("f", []byte(text), lookup()); err != nil {
		t.Fatal(err)
	}
	return all
}

func schemaNode(t *testing.T) *node {
	t.Helper()
	text, err := config.JSONSchema()
	if err != nil {
		t.Fatal(err)
	}
	var schema node
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	return &schema
}

func TestJSONSchemaAcceptsTheExample(t *testing.T) {
	t.Parallel()
	schema := schemaNode(t)
	for name, text := range map[string]string{
		"example.yaml": config.Example(), "its comments": withoutComments(config.Example()),
		"zeros and secrets": "drain: 0\negress: {proxy: {env: PROXY}}\nlog: {decisions: {sample: 5/s}}\ndecision_timeout: 1h30m",
	} {
		if err := schema.validate("", valuesOf(t, text)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What the schema is for: an editor shows wrong keys and kinds before the file is used.
func TestJSONSchemaRejectsWrongKeysAndKinds(t *testing.T) {
	t.Parallel()
	schema := schemaNode(t)
	for _, text := range []string{
		"rules: [{math: {}}]", "rules: [{via: [session]}]", "rules: [{allow: everyone}]", "drain: 5", "drain: soon", "limits: {connections: many}",
		"trusted_proxies: 10.0.0.0/8", "egress: {proxy: {enw: A}}", "rules: [{require: {claims: {a: {}}}}]", `user_pools: [{id: ""}]`,
	} {
		if err := schema.validate("", valuesOf(t, text)); err == nil {
			t.Errorf("%s is accepted", text)
		}
	}
	text, err := os.ReadFile(filepath.Join("testdata", "faults", "unknown.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "\n") // valuesOf knows the keys of the first level only
	if err := schema.validate("", valuesOf(t, rest)); err == nil {
		t.Error("unknown.yaml is accepted")
	}
}
