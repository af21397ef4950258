package api

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// orders gives the pool a resource server and a provider.
func (w *world) orders() {
	w.call("CreateResourceServer", fields{
		"UserPoolId": testPoolID, "Identifier": "orders", "Name": "Orders", "Scopes": []any{fields{"ScopeName": "read", "ScopeDescription": "Read"}},
	})
	w.call("CreateIdentityProvider", fields{
		"UserPoolId": testPoolID, "ProviderName": "Google", "ProviderType": "Google", "ProviderDetails": fields{"client_id": "x"},
	})
}

func TestClientStory(t *testing.T) {
	w := newWorld(t)
	w.orders()
	made := w.call("CreateUserPoolClient", fields{
		"UserPoolId": testPoolID, "ClientName": "Web app", "GenerateSecret": true,
		"RefreshTokenValidity": 10, "AccessTokenValidity": 15, "IdTokenValidity": 2,
		"TokenValidityUnits":         fields{"AccessToken": "minutes", "RefreshToken": "hours"},
		"ExplicitAuthFlows":          []string{"ALLOW_USER_SRP_AUTH"},
		"SupportedIdentityProviders": []string{"COGNITO", "Google"},
		"CallbackURLs":               []string{"https://app.example.com/cb"}, "LogoutURLs": []string{"https://app.example.com/"},
		"DefaultRedirectURI": "https://app.example.com/cb", "AllowedOAuthFlows": []string{"code", "implicit"},
		"AllowedOAuthScopes": []string{"openid", "orders/read"}, "AllowedOAuthFlowsUserPoolClient": true,
		"PreventUserExistenceErrors": "ENABLED", "EnableTokenRevocation": false, "AuthSessionValidity": 5,
		"RefreshTokenRotation":   fields{"Feature": "ENABLED", "RetryGracePeriodSeconds": 10},
		"ReadAttributes":         []string{"email"},
		"AnalyticsConfiguration": fields{"ApplicationId": "ab"},
	})
	c := made["UserPoolClient"]
	id, secret := at(t, c, "ClientId").(string), at(t, c, "ClientSecret").(string)
	if !regexp.MustCompile(`^[a-z0-9]{26}$`).MatchString(id) || !regexp.MustCompile(`^[a-z0-9]{51}$`).MatchString(secret) {
		t.Errorf("ID %q, secret %q", id, secret)
	}
	if log := w.log.String(); !strings.Contains(log, "action=CreateUserPoolClient settings=[AnalyticsConfiguration]") || strings.Contains(log, secret) {
		t.Errorf("log %s", log)
	}
	if got := w.call("DescribeUserPoolClient", fields{"UserPoolId": testPoolID, "ClientId": id}); !reflect.DeepEqual(got, made) {
		t.Errorf("described %v\nmade      %v", got, made)
	}
	wantAt(t, c, 15.0, "AccessTokenValidity")
	wantAt(t, c, 2.0, "IdTokenValidity")
	wantAt(t, c, fields{"AccessToken": "minutes", "RefreshToken": "hours"}, "TokenValidityUnits")
	wantAt(t, c, fields{"Feature": "ENABLED", "RetryGracePeriodSeconds": 10.0}, "RefreshTokenRotation")
	_, record, err := w.signIns.Client(bg, id)
	if err != nil {
		t.Fatal(err)
	}
	want := directory.Client{
		ID: id, PoolID: testPoolID, Name: "Web app", CreatedAt: w.now, ModifiedAt: w.now, Secret: directory.Secret(secret),
		OAuthFlows: []string{"code", "implicit"}, Scopes: []string{"openid", "orders/read"},
		CallbackURLs: []string{"https://app.example.com/cb"}, SignOutURLs: []string{"https://app.example.com/"},
		DefaultRedirectURI: "https://app.example.com/cb", Providers: []string{"COGNITO", "Google"},
		AuthFlows: []string{"ALLOW_USER_SRP_AUTH"}, HideUnknownUsers: true, NoRevocation: true,
		AccessValidity: 15 * time.Minute, IDValidity: 2 * time.Hour, RefreshValidity: 10 * time.Hour, ChallengeValidity: 5 * time.Minute,
		Rotation: true, RotationGrace: 10 * time.Second, ReadAttributes: []string{"email"}, Settings: record.Settings,
	}
	if !reflect.DeepEqual(record, want) {
		t.Errorf("record %+v\nwant   %+v", record, want)
	}

	// What an update leaves out goes back to its default; name and secret stay.
	w.advance(time.Minute)
	c = w.call("UpdateUserPoolClient", fields{"UserPoolId": testPoolID, "ClientId": id})["UserPoolClient"]
	if want := (fields{
		"UserPoolId": testPoolID, "ClientId": id, "ClientName": "Web app", "ClientSecret": secret,
		"CreationDate": 1.7723664e+09, "LastModifiedDate": 1.77236646e+09,
		"RefreshTokenValidity": 30.0, "TokenValidityUnits": fields{}, "AuthSessionValidity": 3.0,
		"ExplicitAuthFlows":               []any{"ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"},
		"AllowedOAuthFlowsUserPoolClient": false, "EnableTokenRevocation": true, "EnablePropagateAdditionalUserContextData": false,
	}); !reflect.DeepEqual(c, want) {
		t.Errorf("updated %v\nwant    %v", c, want)
	}
	_, record, err = w.signIns.Client(bg, id)
	if err != nil || record.AccessValidity != time.Hour || record.IDValidity != time.Hour || record.RefreshValidity != 30*24*time.Hour ||
		record.HideUnknownUsers || record.NoRevocation || record.Rotation || len(record.OAuthFlows) > 0 {
		t.Errorf("%+v %v", record, err)
	}
	w.call("UpdateUserPoolClient", fields{"UserPoolId": testPoolID, "ClientId": id, "ClientName": "New"})

	w.call("DeleteUserPoolClient", fields{"UserPoolId": testPoolID, "ClientId": id})
	key := fields{"UserPoolId": testPoolID, "ClientId": id}
	const missing = "ResourceNotFoundException"
	w.refuses(t, []refusal{
		{"describe", "DescribeUserPoolClient", key, missing, "User pool client " + id + " does not exist."},
		{"update", "UpdateUserPoolClient", key, missing, "User pool client " + id + " does not exist."},
		{"delete", "DeleteUserPoolClient", key, missing, "User pool client " + id + " does not exist."},
	})
}

// The description has the members that the request had, with the same values, and no others.
func TestClientIsDescribedAsItWasGiven(t *testing.T) {
	w := newWorld(t)
	for _, tc := range []struct{ in, want fields }{
		{fields{}, fields{"RefreshTokenValidity": 30.0, "AccessTokenValidity": nil, "TokenValidityUnits": fields{}, "PreventUserExistenceErrors": nil}},
		{fields{"AccessTokenValidity": 1}, fields{"AccessTokenValidity": 1.0, "TokenValidityUnits": fields{}}},
		{
			fields{"AccessTokenValidity": 3600, "TokenValidityUnits": fields{"AccessToken": "seconds"}},
			fields{"AccessTokenValidity": 3600.0, "TokenValidityUnits": fields{"AccessToken": "seconds"}},
		},
		{fields{"RefreshTokenValidity": 0}, fields{"RefreshTokenValidity": 30.0}},
		{fields{"PreventUserExistenceErrors": "LEGACY"}, fields{"PreventUserExistenceErrors": "LEGACY"}},
		{fields{"RefreshTokenRotation": fields{"Feature": "DISABLED"}}, fields{"RefreshTokenRotation": fields{"Feature": "DISABLED"}}},
		{fields{"AllowedOAuthFlows": []string{"code"}}, fields{"AllowedOAuthFlows": []any{"code"}, "AllowedOAuthFlowsUserPoolClient": false}},
		{fields{"ClientSecret": strings.Repeat("s", 24)}, fields{"ClientSecret": strings.Repeat("s", 24)}},
		{fields{"EnablePropagateAdditionalUserContextData": true}, fields{"EnablePropagateAdditionalUserContextData": true}},
	} {
		tc.in["UserPoolId"], tc.in["ClientName"] = testPoolID, "c"
		c := w.call("CreateUserPoolClient", tc.in)["UserPoolClient"]
		for name, want := range tc.want {
			wantAt(t, c, want, name)
		}
	}
}

// A client of the server's configuration is described without what it was not told.
func TestConfiguredClient(t *testing.T) {
	w := newWorld(t)
	w.update(func(tx store.Tx) error {
		return directory.PutClient(tx, directory.Client{
			ID: "local-client", PoolID: testPoolID, Name: "local", AccessValidity: 15 * time.Minute, IDValidity: time.Hour,
			RefreshValidity: 90 * time.Minute, ChallengeValidity: 3 * time.Minute, Rotation: true, RotationGrace: 5 * time.Second,
		})
	})
	c := w.call("DescribeUserPoolClient", fields{"UserPoolId": testPoolID, "ClientId": "local-client"})["UserPoolClient"]
	wantAt(t, c, 15.0, "AccessTokenValidity")
	wantAt(t, c, 90.0, "RefreshTokenValidity")
	wantAt(t, c, fields{"AccessToken": "minutes", "RefreshToken": "minutes"}, "TokenValidityUnits")
	wantAt(t, c, fields{"Feature": "ENABLED", "RetryGracePeriodSeconds": 5.0}, "RefreshTokenRotation")
	w.call("UpdateUserPoolClient", fields{"UserPoolId": testPoolID, "ClientId": "local-client", "AccessTokenValidity": 2})
}

func TestClientRefusals(t *testing.T) {
	w := newWorld(t)
	w.orders()
	const invalid, flow, one = "InvalidParameterException", "InvalidOAuthFlowException", "1 validation error detected: "
	oauth := func(more fields) fields {
		in := fields{
			"UserPoolId": testPoolID, "ClientName": "c", "AllowedOAuthFlowsUserPoolClient": true, "AllowedOAuthFlows": []string{"code"},
			"AllowedOAuthScopes": []string{"openid"}, "CallbackURLs": []string{"https://a.example/"},
		}
		for name, value := range more {
			in[name] = value
		}
		return in
	}
	const required = "AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth flows."
	var all []refusal
	for _, tc := range []struct {
		name          string
		more          fields
		want, message string
	}{
		{"no flows", fields{"AllowedOAuthFlows": nil}, invalid, required},
		{"no scopes", fields{"AllowedOAuthScopes": nil}, invalid, required},
		{"no callback", fields{"CallbackURLs": nil}, flow, "CallbackUrls can not be empty when code flow or implicit flow is selected"},
		{"machine without secret", fields{"AllowedOAuthFlows": []string{"client_credentials"}, "AllowedOAuthScopes": []string{"orders/read"}}, flow,
			"client_credentials flow can not be selected if client does not have a client secret."},
		{"machine with code", fields{"AllowedOAuthFlows": []string{"client_credentials", "code"}, "AllowedOAuthScopes": []string{"orders/read"}, "GenerateSecret": true}, flow,
			"client_credentials flow can not be selected along with code flow or implicit flow."},
		{"machine with openid", fields{"AllowedOAuthFlows": []string{"client_credentials"}, "GenerateSecret": true}, flow,
			"openid is not supported with client_credentials flow"},
		{"token", fields{"AllowedOAuthFlows": []string{"token"}}, invalid,
			one + "Value '[token]' at 'allowedOAuthFlows' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [implicit, client_credentials, code]]"},
		{"unknown scope", fields{"AllowedOAuthScopes": []string{"orders/write"}}, "ScopeDoesNotExistException", "Invalid scope requested: orders/write"},
		{"scope twice", fields{"AllowedOAuthScopes": []string{"openid", "openid"}}, invalid, `AllowedOAuthScopes[1]: "openid" is used twice`},
		{"http", fields{"LogoutURLs": []string{"http://a.example/"}}, invalid, "http://a.example/ cannot use the HTTP protocol."},
		{"script", fields{"CallbackURLs": []string{"javascript:alert(1)"}}, invalid,
			`CallbackURLs[0]: "javascript:alert(1)": scheme javascript is not safe to redirect to`},
		{"default redirect", fields{"DefaultRedirectURI": "https://b.example/"}, invalid, "The default redirect URI https://b.example/ is not in the callback URIs list."},
		{"provider", fields{"SupportedIdentityProviders": []string{"Okta"}}, invalid, "The provider Okta does not exist for User Pool " + testPoolID + "."},
		{"short token", fields{"AccessTokenValidity": 4, "TokenValidityUnits": fields{"AccessToken": "minutes"}}, invalid, "Invalid range for token validity."},
		{"endless token", fields{"RefreshTokenValidity": 315360000}, invalid, "Invalid range for token validity."},
		{"unit", fields{"TokenValidityUnits": fields{"IdToken": "weeks"}}, invalid,
			one + "Value 'weeks' at 'tokenValidityUnits.idToken' failed to satisfy constraint: Member must satisfy enum value set: [seconds, minutes, hours, days]"},
		{"read attribute", fields{"ReadAttributes": []string{"tier"}}, invalid, "Invalid read attributes specified while creating a client"},
		{"write attribute", fields{"WriteAttributes": []string{"email_verified"}}, invalid, "Invalid write attributes specified while creating a client"},
		{"old and new flows", fields{"ExplicitAuthFlows": []string{"ADMIN_NO_SRP_AUTH", "ALLOW_USER_SRP_AUTH"}}, invalid,
			"ExplicitAuthFlows: names that begin with ALLOW_ cannot be combined with names that do not"},
		{"rotation", fields{"RefreshTokenRotation": fields{"Feature": "ENABLED"}, "ExplicitAuthFlows": []string{"ALLOW_REFRESH_TOKEN_AUTH"}}, invalid,
			"ExplicitAuthFlows: ALLOW_REFRESH_TOKEN_AUTH is not allowed if refresh tokens rotate: clients then use GetTokensFromRefreshToken"},
		{"grace", fields{"RefreshTokenRotation": fields{"Feature": "ENABLED", "RetryGracePeriodSeconds": 61}}, invalid,
			one + "Value '61' at 'refreshTokenRotation.retryGracePeriodSeconds' failed to satisfy constraint: Member must have value less than or equal to 60"},
		{"session", fields{"AuthSessionValidity": 16}, invalid,
			one + "Value '16' at 'authSessionValidity' failed to satisfy constraint: Member must have value less than or equal to 15"},
		{"secret", fields{"ClientSecret": strings.Repeat("-", 30)}, invalid,
			one + `Value at 'clientSecret' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+]+`},
		{"two secrets", fields{"ClientSecret": strings.Repeat("s", 24), "GenerateSecret": true}, invalid, "GenerateSecret and ClientSecret cannot be used together."},
		{"no name", fields{"ClientName": nil}, invalid, one + "Value null at 'clientName' failed to satisfy constraint: Member must not be null"},
		{"pool", fields{"UserPoolId": "us-east-1_Other"}, "ResourceNotFoundException", "User pool us-east-1_Other does not exist."},
	} {
		all = append(all, refusal{tc.name, "CreateUserPoolClient", oauth(tc.more), tc.want, tc.message})
	}
	all = append(all, refusal{"update", "UpdateUserPoolClient", oauth(fields{"ClientId": "web", "AllowedOAuthScopes": []string{"a/b"}}),
		"ScopeDoesNotExistException", "Invalid scope requested: a/b"})
	w.refuses(t, all)
	if n := len(at(t, w.call("ListUserPoolClients", fields{"UserPoolId": testPoolID}), "UserPoolClients").([]any)); n != 2 {
		t.Errorf("%d clients", n)
	}
	// Nobody reaches a client through another pool.
	other := at(t, w.call("CreateUserPool", fields{"PoolName": "p"}), "UserPool", "Id")
	w.refuses(t, []refusal{{
		"other pool", "DescribeUserPoolClient", fields{"UserPoolId": other, "ClientId": "backend"},
		"ResourceNotFoundException", "User pool client backend does not exist.",
	}})
}

func TestListClients(t *testing.T) {
	w := newWorld(t)
	want := []string{"backend", "web"}
	for i := range 5 {
		want = append(want, at(t, w.call("CreateUserPoolClient", fields{"UserPoolId": testPoolID, "ClientName": fmt.Sprint("c", i)}), "UserPoolClient", "ClientId").(string))
	}
	slices.Sort(want)
	var got []string
	in := fields{"UserPoolId": testPoolID, "MaxResults": 4}
	for in["NextToken"] != nil || got == nil {
		out := w.call("ListUserPoolClients", in)
		for _, c := range out["UserPoolClients"].([]any) {
			got = append(got, at(t, c, "ClientId").(string))
			if len(c.(fields)) != 3 {
				t.Errorf("%v", c)
			}
		}
		in["NextToken"] = out["NextToken"]
	}
	if !slices.Equal(got, want) {
		t.Errorf("listed %v, want %v", got, want)
	}
}
