package api

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// listed goes through the pages of a list and returns one member of each entry.
func (w *world) listed(t *testing.T, action, list, limit, member string) (all []string, pages int) {
	t.Helper()
	in := fields{"UserPoolId": testPoolID, limit: 2}
	for {
		out := w.call(action, in)
		pages++
		for _, entry := range at(t, out, list).([]any) {
			all = append(all, at(t, entry, member).(string))
		}
		if out["NextToken"] == nil {
			return all, pages
		}
		in["NextToken"] = out["NextToken"]
	}
}

func inTestPool(more fields) fields {
	more["UserPoolId"] = testPoolID
	return more
}

func TestGroupStory(t *testing.T) {
	w := newWorld(t)
	made := w.call("CreateGroup", inTestPool(fields{
		"GroupName": "admins", "Description": "They may", "RoleArn": "arn:aws:iam::123456789012:role/admins", "Precedence": 0,
	}))
	if want := (fields{"Group": fields{
		"GroupName": "admins", "UserPoolId": testPoolID, "Description": "They may", "RoleArn": "arn:aws:iam::123456789012:role/admins",
		"Precedence": 0.0, "CreationDate": 1.7723664e+09, "LastModifiedDate": 1.7723664e+09,
	}}); !reflect.DeepEqual(made, want) {
		t.Errorf("made %v", made)
	}
	w.advance(time.Minute)
	updated := w.call("UpdateGroup", inTestPool(fields{"GroupName": "admins", "Precedence": 3}))
	wantAt(t, updated, "They may", "Group", "Description")
	wantAt(t, updated, 3.0, "Group", "Precedence")
	wantAt(t, updated, 1.77236646e+09, "Group", "LastModifiedDate")
	if got := w.call("GetGroup", inTestPool(fields{"GroupName": "admins"})); !reflect.DeepEqual(got, updated) {
		t.Errorf("got %v", got)
	}
	w.call("CreateGroup", inTestPool(fields{"GroupName": "a,b"}))
	if all, pages := w.listed(t, "ListGroups", "Groups", "Limit", "GroupName"); !slices.Equal(all, []string{"a,b", "admins", "staff"}) || pages != 2 {
		t.Errorf("listed %v on %d pages", all, pages)
	}
	const invalid, one = "InvalidParameterException", "1 validation error detected: "
	w.refuses(t, []refusal{
		{"again", "CreateGroup", inTestPool(fields{"GroupName": "admins"}), "GroupExistsException", "A group with the name already exists."},
		{"name", "CreateGroup", inTestPool(fields{"GroupName": "a b"}), invalid,
			one + `Value 'a b' at 'groupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\p{L}\p{M}\p{S}\p{N}\p{P}]+`},
		{"role", "CreateGroup", inTestPool(fields{"GroupName": "g", "RoleArn": "arn:aws:iam:111111111111"}), invalid,
			one + "Value 'arn:aws:iam:111111111111' at 'roleArn' failed to satisfy constraint: Member must satisfy regular expression pattern: " + arnShape.pattern},
		{"precedence", "CreateGroup", inTestPool(fields{"GroupName": "g", "Precedence": -1}), invalid,
			one + "Value '-1' at 'precedence' failed to satisfy constraint: Member must have value greater than or equal to 0"},
		{"get", "GetGroup", inTestPool(fields{"GroupName": "g"}), "ResourceNotFoundException", "Group not found."},
		{"update", "UpdateGroup", inTestPool(fields{"GroupName": "g"}), "ResourceNotFoundException", "Group not found."},
		{"delete", "DeleteGroup", inTestPool(fields{"GroupName": "g"}), "ResourceNotFoundException", "Group not found."},
	})
	// Members leave with their group.
	w.call("DeleteGroup", inTestPool(fields{"GroupName": "staff"}))
	err := w.store.View(bg, func(tx store.Tx) error {
		u, err := directory.GetUser(tx, directory.Pool{ID: testPoolID}, "anaya")
		if len(u.Groups) > 0 {
			t.Errorf("groups %v", u.Groups)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestResourceServerStory(t *testing.T) {
	w := newWorld(t)
	in := inTestPool(fields{"Identifier": "https://api.example.com", "Name": "API", "Scopes": []any{fields{"ScopeName": "read", "ScopeDescription": "Read"}}})
	made := w.call("CreateResourceServer", in)
	if !reflect.DeepEqual(made, fields{"ResourceServer": maps.Clone(in)}) {
		t.Errorf("made %v", made)
	}
	in["Name"], in["Scopes"] = "New", nil
	updated := w.call("UpdateResourceServer", in)
	wantAt(t, updated, []any{}, "ResourceServer", "Scopes")
	if got := w.call("DescribeResourceServer", in); !reflect.DeepEqual(got, updated) {
		t.Errorf("described %v", got)
	}
	for i := range 2 {
		w.call("CreateResourceServer", inTestPool(fields{"Identifier": fmt.Sprint("s", i), "Name": "S"}))
	}
	if all, pages := w.listed(t, "ListResourceServers", "ResourceServers", "MaxResults", "Identifier"); !slices.Equal(all, []string{"https://api.example.com", "s0", "s1"}) || pages != 2 {
		t.Errorf("listed %v on %d pages", all, pages)
	}
	const invalid, one = "InvalidParameterException", "1 validation error detected: "
	scopes := func(names ...string) fields {
		var list []any
		for _, name := range names {
			list = append(list, fields{"ScopeName": name, "ScopeDescription": "d"})
		}
		return inTestPool(fields{"Identifier": "x", "Name": "X", "Scopes": list})
	}
	w.refuses(t, []refusal{
		{"again", "CreateResourceServer", in, invalid, "https://api.example.com already exists in user pool " + testPoolID + "."},
		{"scope", "CreateResourceServer", scopes("a/b"), invalid,
			one + `Value 'a/b' at 'scopes.1.member.scopeName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\x21\x23-\x2E\x30-\x5B\x5D-\x7E]+`},
		{"scope twice", "CreateResourceServer", scopes("a", "a"), invalid, `Scopes[1] "a" is used twice, or is not a scope name without a slash`},
		{"list", "ListResourceServers", inTestPool(fields{"MaxResults": 51}), invalid,
			one + "Value '51' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 50"},
		{"describe", "DescribeResourceServer", inTestPool(fields{"Identifier": "x"}), "ResourceNotFoundException", "Resource server x does not exist."},
		{"update", "UpdateResourceServer", scopes("a"), "ResourceNotFoundException", "Resource server x does not exist."},
	})
	w.call("DeleteResourceServer", in)
	w.refuses(t, []refusal{{"delete", "DeleteResourceServer", in, "ResourceNotFoundException", "Resource server https://api.example.com does not exist."}})
}

func TestProviderStory(t *testing.T) {
	w := newWorld(t)
	made := w.call("CreateIdentityProvider", inTestPool(fields{
		"ProviderName": "Corp", "ProviderType": "OIDC", "ProviderDetails": fields{"oidc_issuer": "https://corp.example.com"},
		"AttributeMapping": fields{"email": "mail"}, "IdpIdentifiers": []string{"corp.example.com"},
	}))
	if want := (fields{"IdentityProvider": fields{
		"UserPoolId": testPoolID, "ProviderName": "Corp", "ProviderType": "OIDC", "ProviderDetails": fields{"oidc_issuer": "https://corp.example.com"},
		"AttributeMapping": fields{"email": "mail"}, "IdpIdentifiers": []any{"corp.example.com"}, "CreationDate": 1.7723664e+09, "LastModifiedDate": 1.7723664e+09,
	}}); !reflect.DeepEqual(made, want) {
		t.Errorf("made %v", made)
	}
	if !strings.Contains(w.log.String(), "level=WARN msg=\"settings taken, not acted upon: the provider is simulated\"") {
		t.Errorf("log %s", w.log)
	}
	for action, in := range map[string]fields{
		"DescribeIdentityProvider": {"ProviderName": "Corp"}, "GetIdentityProviderByIdentifier": {"IdpIdentifier": "corp.example.com"},
	} {
		if got := w.call(action, inTestPool(in)); !reflect.DeepEqual(got, made) {
			t.Errorf("%s: %v", action, got)
		}
	}
	err := w.store.View(bg, func(tx store.Tx) error {
		p, err := directory.GetProvider(tx, testPoolID, "Corp")
		if p.Issuer != "https://corp.example.com" || p.Type != "OIDC" {
			t.Errorf("%+v", p)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	w.advance(time.Minute)
	updated := w.call("UpdateIdentityProvider", inTestPool(fields{"ProviderName": "Corp", "AttributeMapping": fields{"name": "cn"}}))
	wantAt(t, updated, fields{"name": "cn"}, "IdentityProvider", "AttributeMapping")
	wantAt(t, updated, fields{"oidc_issuer": "https://corp.example.com"}, "IdentityProvider", "ProviderDetails")
	wantAt(t, updated, 1.77236646e+09, "IdentityProvider", "LastModifiedDate")
	for _, name := range []string{"Google", "Facebook"} {
		w.call("CreateIdentityProvider", inTestPool(fields{"ProviderName": name, "ProviderType": name, "ProviderDetails": fields{}}))
	}
	if all, pages := w.listed(t, "ListIdentityProviders", "Providers", "MaxResults", "ProviderName"); !slices.Equal(all, []string{"Corp", "Facebook", "Google"}) || pages != 2 {
		t.Errorf("listed %v on %d pages", all, pages)
	}
	provider := func(name, kind string) fields {
		return inTestPool(fields{"ProviderName": name, "ProviderType": kind, "ProviderDetails": fields{}})
	}
	const invalid, missing = "InvalidParameterException", "ResourceNotFoundException"
	w.refuses(t, []refusal{
		{"again", "CreateIdentityProvider", provider("Corp", "OIDC"), "DuplicateProviderException", "Corp already exists in user pool " + testPoolID},
		{"name of a type", "CreateIdentityProvider", provider("MyGoogle", "Google"), invalid, "Provider MyGoogle cannot be of type Google."},
		{"type of a name", "CreateIdentityProvider", provider("LoginWithAmazon", "SAML"), invalid, "Provider LoginWithAmazon cannot be of type SAML."},
		{"underscore", "CreateIdentityProvider", provider("My_IdP", "SAML"), invalid, `ProviderName "My_IdP" is not 3 to 32 characters without spaces and underscores`},
		{"type", "CreateIdentityProvider", provider("Corp2", "LDAP"), invalid,
			"1 validation error detected: Value 'LDAP' at 'providerType' failed to satisfy constraint: Member must satisfy enum value set: [SAML, Facebook, Google, LoginWithAmazon, SignInWithApple, OIDC]"},
		{"details", "CreateIdentityProvider", inTestPool(fields{"ProviderName": "Corp2", "ProviderType": "SAML"}), invalid,
			"1 validation error detected: Value null at 'providerDetails' failed to satisfy constraint: Member must not be null"},
		{"identifier", "UpdateIdentityProvider", inTestPool(fields{"ProviderName": "Google", "IdpIdentifiers": []string{"corp.example.com"}}), invalid,
			"Identifier corp.example.com is already in use by another identity provider."},
		{"describe", "DescribeIdentityProvider", inTestPool(fields{"ProviderName": "Okta"}), missing, "Identity provider Okta does not exist."},
		{"update", "UpdateIdentityProvider", inTestPool(fields{"ProviderName": "Okta"}), missing, "Identity provider Okta does not exist."},
		{"by identifier", "GetIdentityProviderByIdentifier", inTestPool(fields{"IdpIdentifier": "x"}), missing, "Identity provider for identifier x does not exist."},
	})
	w.call("DeleteIdentityProvider", inTestPool(fields{"ProviderName": "Corp"}))
	w.refuses(t, []refusal{{"delete", "DeleteIdentityProvider", inTestPool(fields{"ProviderName": "Corp"}), missing, "Identity provider Corp does not exist."}})
}

func TestDomainStory(t *testing.T) {
	w := newWorld(t)
	domain := func(name string) fields { return inTestPool(fields{"Domain": name}) }
	if got := w.call("CreateUserPoolDomain", domain("shop")); len(got) != 0 {
		t.Errorf("created %v", got)
	}
	custom := domain("auth.example.com")
	custom["CustomDomainConfig"] = fields{"CertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/1"}
	wantAt(t, w.call("CreateUserPoolDomain", custom), "cloudfront.invalid", "CloudFrontDomain")
	pool := w.call("DescribeUserPool", fields{"UserPoolId": testPoolID})["UserPool"]
	wantAt(t, pool, "shop", "Domain")
	wantAt(t, pool, "auth.example.com", "CustomDomain")
	if got, want := w.call("DescribeUserPoolDomain", fields{"Domain": "shop"}), (fields{"DomainDescription": fields{
		"UserPoolId": testPoolID, "AWSAccountId": "000000000000", "Domain": "shop", "Status": "ACTIVE", "CustomDomainConfig": fields{}, "ManagedLoginVersion": 1.0,
		"S3Bucket": "local-assets", "CloudFrontDistribution": "cloudfront.invalid", "Version": "20260301120000",
	}}); !reflect.DeepEqual(got, want) {
		t.Errorf("described %v", got)
	}
	update := domain("shop")
	update["ManagedLoginVersion"] = 2
	wantAt(t, w.call("UpdateUserPoolDomain", update), 2.0, "ManagedLoginVersion")
	wantAt(t, w.call("DescribeUserPoolDomain", fields{"Domain": "shop"}), 2.0, "DomainDescription", "ManagedLoginVersion")
	wantAt(t, w.call("DescribeUserPoolDomain", fields{"Domain": "auth.example.com"}), custom["CustomDomainConfig"], "DomainDescription", "CustomDomainConfig")
	other := at(t, w.call("CreateUserPool", fields{"PoolName": "p"}), "UserPool", "Id")
	const invalid = "InvalidParameterException"
	badCustom := domain("auth")
	badCustom["CustomDomainConfig"] = custom["CustomDomainConfig"]
	w.refuses(t, []refusal{
		{"taken", "CreateUserPoolDomain", fields{"Domain": "shop", "UserPoolId": other}, invalid, "Domain already associated with another user pool."},
		{"second", "CreateUserPoolDomain", domain("shop2"), invalid, "User pool already has a domain configured."},
		{"prefix", "CreateUserPoolDomain", domain("Shop.2"), invalid, "The domain name contains an invalid character. Domain names can only contain lower-case letters, numbers, and hyphens. " +
			`Please enter a different name that follows this format: ^[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?$`},
		{"custom", "CreateUserPoolDomain", badCustom, invalid, "Custom domain is not a valid subdomain"},
		{"update", "UpdateUserPoolDomain", domain("shop2"), invalid, "No such domain or user pool exists."},
		{"another's", "DeleteUserPoolDomain", fields{"Domain": "shop", "UserPoolId": other}, invalid, "No such domain or user pool exists."},
		{"delete the pool", "DeleteUserPool", inTestPool(fields{}), invalid, "User pool cannot be deleted. It has a domain configured that should be deleted first."},
	})
	w.call("DeleteUserPoolDomain", domain("shop"))
	w.call("DeleteUserPoolDomain", domain("auth.example.com"))
	if got := w.call("DescribeUserPoolDomain", fields{"Domain": "shop"}); !reflect.DeepEqual(got, fields{"DomainDescription": fields{}}) {
		t.Errorf("%v", got)
	}
	w.call("DeleteUserPool", inTestPool(fields{}))
}
