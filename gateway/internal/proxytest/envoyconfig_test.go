package proxytest_test

import (
	"testing"

	bootstrap "github.com/envoyproxy/go-control-plane/envoy/config/bootstrap/v3"
	_ "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/ext_authz/v3"
	_ "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/router/v3"
	_ "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	_ "github.com/envoyproxy/go-control-plane/envoy/extensions/http/early_header_mutation/header_mutation/v3"
	_ "github.com/envoyproxy/go-control-plane/envoy/extensions/upstreams/http/v3"
	"github.com/goccy/go-yaml" //nolint:depguard // it reads a file of Envoy, and none of Poolguard
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/poolguard/poolguard/gateway/internal/snippets"
)

// Envoy itself is not here. Its API says which fields and values there are.
func TestEnvoySnippetsAreOfItsAPI(t *testing.T) {
	for _, name := range []string{"envoy", "envoy-http"} {
		text, err := yaml.YAMLToJSON([]byte(render(t, name, snippets.Options{ALB: true, Resources: true})))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var b bootstrap.Bootstrap
		if err := protojson.Unmarshal(text, &b); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := b.ValidateAll(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, listener := range b.GetStaticResources().GetListeners() {
			for _, filter := range listener.GetFilterChains()[0].GetFilters() {
				inner, err := filter.GetTypedConfig().UnmarshalNew()
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				if v, ok := inner.(interface{ ValidateAll() error }); !ok || v.ValidateAll() != nil {
					t.Errorf("%s: %v", name, v.ValidateAll())
				}
			}
		}
	}
}
