package directory_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/directory"
)

const testPoolID = "us-east-1_Local0001"

// fields lists the fields of faults.
func fields(faults []directory.Fault) []string {
	var found []string
	for _, f := range faults {
		found = append(found, f.Field)
	}
	return found
}

func webClient() directory.Client {
	return directory.Client{
		ID: "web", PoolID: testPoolID, Name: "Web app", OAuthFlows: []string{directory.FlowCode},
		Scopes: []string{"openid", "orders/read"}, CallbackURLs: []string{"https://app.example.com/cb"},
		SignOutURLs: []string{"https://app.example.com/"}, AuthFlows: []string{"ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"},
	}
}

func machineClient() directory.Client {
	return directory.Client{
		ID: "machine", PoolID: testPoolID, Secret: "secret", OAuthFlows: []string{directory.FlowClientCredentials}, Scopes: []string{"orders/read"},
	}
}

func TestClientFaults(t *testing.T) {
	t.Parallel()
	machine := func(edit func(*directory.Client)) func(*directory.Client) {
		return func(c *directory.Client) { *c = machineClient(); edit(c) }
	}
	for _, tc := range []struct {
		name string
		edit func(*directory.Client)
		want string // fields, comma-separated
	}{
		{"good", func(*directory.Client) {}, ""},
		{"good machine", machine(func(*directory.Client) {}), ""},
		{"ID", func(c *directory.Client) { c.ID = "a b" }, "ID"},
		{"name", func(c *directory.Client) { c.Name = "a/b" }, "Name"},
		{"secret", machine(func(c *directory.Client) { c.Secret = "a:b" }), "Secret"},
		{"machine without secret", machine(func(c *directory.Client) { c.Secret = "" }), "Secret"},
		{"machine and code", machine(func(c *directory.Client) {
			c.OAuthFlows, c.CallbackURLs = append(c.OAuthFlows, "code"), []string{"https://a.example/"}
		}), "OAuthFlows"},
		{"machine and implicit", machine(func(c *directory.Client) {
			c.OAuthFlows, c.CallbackURLs = append(c.OAuthFlows, "implicit"), []string{"https://a.example/"}
		}), "OAuthFlows"},
		{"machine with a user's scope", machine(func(c *directory.Client) { c.Scopes = []string{"openid"} }), "Scopes[0]"},
		{"unknown flow", func(c *directory.Client) { c.OAuthFlows = []string{"device"} }, "OAuthFlows[0]"},
		{"code without callback", func(c *directory.Client) { c.CallbackURLs = nil }, "CallbackURLs"},
		{"implicit without callback", func(c *directory.Client) { c.OAuthFlows, c.CallbackURLs = []string{"implicit"}, nil }, "CallbackURLs"},
		{"no scopes", func(c *directory.Client) { c.Scopes = nil }, "Scopes"},
		{"no OAuth needs nothing", func(c *directory.Client) { c.OAuthFlows, c.Scopes, c.CallbackURLs = nil, nil, nil }, ""},
		{"unknown scope", func(c *directory.Client) { c.Scopes[1] = "orders/delete" }, "Scopes[1]"},
		{"scope twice", func(c *directory.Client) { c.Scopes[1] = "openid" }, "Scopes[1]"},
		{"default redirect", func(c *directory.Client) { c.DefaultRedirectURI = c.CallbackURLs[0] }, ""},
		{"another default redirect", func(c *directory.Client) { c.DefaultRedirectURI = "https://app.example.com/" }, "DefaultRedirectURI"},
		{"providers", func(c *directory.Client) { c.Providers = []string{"COGNITO", "Google"} }, ""},
		{"unknown provider", func(c *directory.Client) { c.Providers = []string{"COGNITO", "Okta"} }, "Providers[1]"},
		{"unknown auth flow", func(c *directory.Client) { c.AuthFlows = []string{"ALLOW_ALL"} }, "AuthFlows[0]"},
		{"old auth flows", func(c *directory.Client) { c.AuthFlows = []string{"ADMIN_NO_SRP_AUTH", "USER_PASSWORD_AUTH"} }, ""},
		{"old and new auth flows", func(c *directory.Client) { c.AuthFlows = append(c.AuthFlows, "ADMIN_NO_SRP_AUTH") }, "AuthFlows"},
		{"short access token", func(c *directory.Client) { c.AccessValidity = 299 * time.Second }, "AccessValidity"},
		{"long ID token", func(c *directory.Client) { c.IDValidity = 25 * time.Hour }, "IDValidity"},
		{"access token outlives refresh token", func(c *directory.Client) {
			c.AccessValidity, c.RefreshValidity = 3*time.Hour, 2*time.Hour
		}, "AccessValidity"},
		{"fractional", func(c *directory.Client) { c.AccessValidity = 10*time.Minute + time.Millisecond }, "AccessValidity"},
		{"short refresh token", func(c *directory.Client) { c.RefreshValidity = 59 * time.Minute }, "RefreshValidity"},
		{"long refresh token", func(c *directory.Client) { c.RefreshValidity = 3651 * 24 * time.Hour }, "RefreshValidity"},
		{"bounds", func(c *directory.Client) {
			c.AccessValidity, c.IDValidity, c.RefreshValidity = 5*time.Minute, 24*time.Hour, 3650*24*time.Hour
		}, ""},
		{"challenge", func(c *directory.Client) { c.ChallengeValidity = 15 * time.Minute }, ""},
		{"short challenge", func(c *directory.Client) { c.ChallengeValidity = 2 * time.Minute }, "ChallengeValidity"},
		{"long challenge", func(c *directory.Client) { c.ChallengeValidity = 16 * time.Minute }, "ChallengeValidity"},
		{"rotation", func(c *directory.Client) {
			c.Rotation, c.RotationGrace, c.AuthFlows = true, time.Minute, []string{"ALLOW_USER_SRP_AUTH"}
		}, ""},
		{"rotation with the old way to refresh", func(c *directory.Client) { c.Rotation = true }, "AuthFlows"},
		{"long grace", func(c *directory.Client) {
			c.Rotation, c.RotationGrace, c.AuthFlows = true, 61*time.Second, nil
		}, "RotationGrace"},
		{"grace without rotation", func(c *directory.Client) { c.RotationGrace = time.Second }, "RotationGrace"},
		{"attributes", func(c *directory.Client) {
			c.ReadAttributes, c.WriteAttributes = []string{"sub", "email_verified", "custom:tier", "identities"}, []string{"email", "custom:tier"}
		}, ""},
		{"unknown attributes", func(c *directory.Client) {
			c.ReadAttributes, c.WriteAttributes = []string{"custom:other"}, []string{"email", "custom:other"}
		}, "ReadAttributes[0],WriteAttributes[1]"},
		{"attributes that nobody writes", func(c *directory.Client) {
			c.WriteAttributes = []string{"email_verified", "sub"}
		}, "WriteAttributes[0],WriteAttributes[1]"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			pool, c := directory.Pool{ID: testPoolID, Custom: []string{"custom:tier"}}, webClient()
			tc.edit(&c)
			got := c.Faults(&pool, []string{"orders/read", "orders/write"}, []string{"Google"})
			if strings.Join(fields(got), ",") != tc.want {
				t.Errorf("faults %v, want in %q", got, tc.want)
			}
			if strings.Contains(fmt.Sprint(got), "a:b") {
				t.Errorf("the secret shows: %v", got)
			}
		})
	}
}

func TestRedirectURLs(t *testing.T) {
	t.Parallel()
	for raw, good := range map[string]bool{
		"https://app.example.com/callback?a=b":                 true,
		"http://localhost:3000":                                true,
		"http://127.0.0.1/cb":                                  true,
		"http://[::1]:3000/cb":                                 true,
		"com.example.app://callback":                           true,
		"myapp:/callback":                                      true,
		"http://app.example.com/callback":                      false,
		"http://localhost.evil.example/":                       false,
		"http://127.0.0.2/":                                    false, // loopback, and not one of Cognito's
		"http://LOCALHOST:3000/":                               false,
		"https://app.example.com:65536/":                       false,
		"https://app.example.com:/":                            false,
		"https://app.example.com/#":                            false,
		"https://user@app.example.com/":                        false,
		"https://app.example.com;x/":                           false,
		"https:///callback":                                    false,
		"//app.example.com/":                                   false,
		"":                                                     false,
		`https://app.example.com\@evil/`:                       false,
		"https://app.example.com/\t":                           false,
		"JavaScript:alert(1)":                                  false,
		"data:text/html,x":                                     false,
		"view-source:https://app.example.com":                  false,
		"https://app.example.com/" + strings.Repeat("x", 1024): false,
	} {
		pool, c := directory.Pool{ID: testPoolID}, webClient()
		c.Scopes, c.CallbackURLs, c.SignOutURLs = c.Scopes[:1], []string{raw}, []string{raw}
		want := []string{"CallbackURLs[0]", "SignOutURLs[0]"}
		if good {
			want = nil
		}
		if got := c.Faults(&pool, nil, nil); !slices.Equal(fields(got), want) {
			t.Errorf("%q: faults %v, want in %v", raw, got, want)
		}
	}
}

// Attack: the operator's terminal obeys a redirect URL, or shows it as another one.
func TestRedirectURLsWithCharactersThatDoNotShowAreRejected(t *testing.T) {
	t.Parallel()
	for _, hidden := range []string{
		"\u009b2J", "\u0085", "\u00a0", "\u00ad", "\u034f", "\u061c", "\u115f", "\u17b4", "\u180b", "\u200b", "\u200d", "\u2028", "\u202e",
		"\u2060", "\u2066", "\u2800", "\u3000", "\u3164", "\ufe0f", "\ufeff", "\uffa0", "\U000e0041", "\U000e0100", "\xff",
	} {
		for _, raw := range []string{"https://app.example.com/" + hidden, "https://app.example.com/?a=" + hidden, "com.example.app:/" + hidden} {
			pool, c := directory.Pool{ID: testPoolID}, webClient()
			c.Scopes, c.CallbackURLs, c.SignOutURLs = c.Scopes[:1], []string{raw}, []string{raw}
			if got := fields(c.Faults(&pool, nil, nil)); !slices.Equal(got, []string{"CallbackURLs[0]", "SignOutURLs[0]"}) {
				t.Errorf("%+q: faults %v", raw, got)
			}
		}
	}
}

func TestPoolFaults(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		edit func(*directory.Pool)
		want string
	}{
		{"good", func(*directory.Pool) {}, ""},
		{"ID", func(p *directory.Pool) { p.ID = "local" }, "ID"},
		{"ID with line break", func(p *directory.Pool) { p.ID = "us-east-1_A\n" }, "ID"},
		{"long ID", func(p *directory.Pool) { p.ID = "us-east-1_" + strings.Repeat("A", 46) }, "ID"},
		{"GovCloud", func(p *directory.Pool) { p.ID = "us-gov-west-1_A" }, ""},
		{"sovereign cloud", func(p *directory.Pool) { p.ID = "eusc-de-east-1_A" }, ""},
		{"name", func(p *directory.Pool) { p.Name = "a/b" }, "Name"},
		{"policy", func(p *directory.Pool) {
			p.Password.MinimumLength, p.Password.TemporaryDays = 5, 366
		}, "Password.MinimumLength,Password.TemporaryDays"},
		{"names", func(p *directory.Pool) {
			p.UsernameAttributes, p.AutoVerifiedAttributes = []string{"email", "name"}, []string{"email", "email"}
		}, "UsernameAttributes[1],AutoVerifiedAttributes[1]"},
		{"both kinds of names", func(p *directory.Pool) {
			p.UsernameAttributes, p.AliasAttributes = []string{"email"}, []string{"preferred_username"}
		}, "AliasAttributes"},
		{"MFA", func(p *directory.Pool) { p.MFA = "on" }, "MFA"},
		{"custom attributes", func(p *directory.Pool) {
			p.Custom = []string{"custom:a", "dev:custom:b", "c", "custom:a", "custom:" + strings.Repeat("d", 21)}
		}, "Custom[2],Custom[3],Custom[4]"},
		{"many custom attributes", func(p *directory.Pool) {
			for i := range 51 {
				p.Custom = append(p.Custom, fmt.Sprintf("custom:a%d", i))
			}
		}, "Custom"},
	} {
		p := directory.Pool{ID: testPoolID, Name: "local", Password: directory.DefaultPasswordPolicy}
		tc.edit(&p)
		if got := p.Faults(); strings.Join(fields(got), ",") != tc.want {
			t.Errorf("%s: faults %v, want in %q", tc.name, got, tc.want)
		}
	}
}

func TestFaultsOfGroupsAndProviders(t *testing.T) {
	t.Parallel()
	negative := -1
	server := directory.ResourceServer{Identifier: "a b", Scopes: []directory.ResourceScope{{"read", ""}, {"a/b", ""}, {"read", ""}, {"w", strings.Repeat("x", 257)}}}
	group := directory.Group{Name: "a b", Description: strings.Repeat("x", 2049), RoleARN: "admin", Precedence: &negative}
	user := directory.User{
		Username: "a b", Sub: "a b", Groups: []string{"a,b", "a,b"},
		Attributes: map[string]string{
			"token_use": "access", "email_verified": "yes", "custom:x": "\xff", "custom:y": "fine", "custom:x_verified": "fine", "name": strings.Repeat("x", 2049),
		},
	}
	for _, tc := range []struct {
		name string
		got  []directory.Fault
		want string
	}{
		{"resource server", server.Faults(), "Identifier,Scopes[1],Scopes[2],Scopes[3].Description"},
		{"group", group.Faults(), "Name,Description,RoleARN,Precedence"},
		{"provider", (&directory.Provider{Name: "My_IdP", Type: "Okta"}).Faults(), "Name,Type"},
		{"provider Cognito", (&directory.Provider{Name: "Cognito", Type: "OIDC"}).Faults(), "Name"},
		{"good provider", (&directory.Provider{Name: "Google", Type: "Google"}).Faults(), ""},
		{"good group", (&directory.Group{Name: "admins", RoleARN: "arn:aws:iam::123456789012:role/admins"}).Faults(), ""},
		{
			"user", user.Faults(&directory.Pool{AnyCustom: true}),
			`Username,Sub,Groups[1],Attributes["custom:x"],Attributes["email_verified"],Attributes["name"],Attributes["token_use"]`,
		},
		{"no password", directory.PasswordFaults(""), "Password"},
		{"long password", directory.PasswordFaults(strings.Repeat("ä", 257)), "Password"},
		{"password", directory.PasswordFaults(strings.Repeat("ä", 256)), ""},
	} {
		if strings.Join(fields(tc.got), ",") != tc.want {
			t.Errorf("%s: faults %v, want in %q", tc.name, tc.got, tc.want)
		}
	}
	if got := user.Faults(&directory.Pool{}); !slices.Contains(fields(got), `Attributes["custom:y"]`) {
		t.Errorf("a pool without custom attributes: %v", got)
	}
}

func TestRenamed(t *testing.T) {
	t.Parallel()
	names := map[string]string{"SignOutURLs": "LogoutURLs", "Password": "Policies.PasswordPolicy"}
	for from, want := range map[string]string{
		"SignOutURLs": "LogoutURLs", "SignOutURLs[1]": "LogoutURLs[1]", "Password.MinimumLength": "Policies.PasswordPolicy.MinimumLength",
		"Passwords": "Passwords", "Other[0]": "Other[0]", "": "",
	} {
		got := directory.Fault{Field: from, Message: "m"}.Renamed(names)
		if got.Field != want || got.String() != want+": m" {
			t.Errorf("%q: %v, want %q", from, got, want)
		}
	}
}
