package config

import (
	"fmt"

	"github.com/poolguard/poolguard/gateway/internal/resources"
	"github.com/poolguard/poolguard/internal/yamlfile"
)

// The keys of a resource.
var resourceKeys = []yamlfile.Field[resources.Resource]{
	yamlfile.NonEmptyText("resource", "URL", func(r *resources.Resource) *string { return &r.URL }).
		About("The URL that clients connect to, such as https://mcp.example.com/mcp. It is in `audiences` of the user pool, too."),
	yamlfile.NonEmptyTexts("hosts", "Hosts", func(r *resources.Resource) *[]string { return &r.Hosts }).
		About("The hosts of requests whose challenges name the documents. Default: the host of the URL."),
	yamlfile.NonEmptyText("name", "Name", func(r *resources.Resource) *string { return &r.Name }).
		About("The name of the service, for people."),
	yamlfile.NonEmptyTexts("scopes", "Scopes", func(r *resources.Resource) *[]string { return &r.Scopes }).
		About("The scopes that clients ask for."),
	yamlfile.NonEmptyText("domain", "Domain", func(r *resources.Resource) *string { return &r.Domain }).
		About("The domain of the user pool, where users sign in: https://auth.example.com."),
	yamlfile.NonEmptyText("client_id", "ClientID", func(r *resources.Resource) *string { return &r.ClientID }).
		About("The public app client, without a secret, that all clients share."),
	yamlfile.NonEmptyTexts("redirect_uris", "RedirectURIs", func(r *resources.Resource) *[]string { return &r.RedirectURIs }).
		About("The callback URLs of the app client that clients may use. The whole text is compared."),
	yamlfile.Bool("any_loopback_port", "AnyLoopbackPort", func(r *resources.Resource) *bool { return &r.AnyLoopbackPort }).
		About("Accept every port in callback URLs of loopback hosts. Amazon Cognito itself does not. Default false."),
}

// ResourceSet returns the documents of the resources, nil if the file has no resource.
func (f *File) ResourceSet() (*resources.Set, error) {
	if len(f.Resources) == 0 {
		return nil, nil //nolint:nilnil // no documents
	}
	return resources.New(f.Resources)
}

// unboundResources warns of resources that no user pool binds tokens to.
func (f *File) unboundResources() (all []Warning) {
	bound := map[string]bool{}
	for _, p := range f.UserPools {
		for _, audience := range p.Audiences {
			bound[audience] = true
		}
	}
	for n := range f.Resources {
		if !bound[f.Resources[n].URL] {
			all = append(all, Warning{keyOf(fmt.Sprintf("Resources[%d].URL", n)), "is not in audiences of a user pool: tokens that are bound to it are refused"})
		}
	}
	return all
}
