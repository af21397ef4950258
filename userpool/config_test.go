package userpool_test

import (
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/userpool"
)

func TestConfigFaults(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		edit func(cfg *userpool.Config, pool *userpool.Pool, client, machine *userpool.Client, user *userpool.User)
		want string // the field; empty where there is no fault
	}{
		{"default", func(*userpool.Config, *userpool.Pool, *userpool.Client, *userpool.Client, *userpool.User) {}, ""},
		{"no public URL", func(cfg *userpool.Config, _ *userpool.Pool, _, _ *userpool.Client, _ *userpool.User) {
			cfg.PublicURL = ""
		}, "PublicURL"},
		{"public URL with path", func(cfg *userpool.Config, _ *userpool.Pool, _, _ *userpool.Client, _ *userpool.User) {
			cfg.PublicURL = "http://localhost:9229/"
		}, "PublicURL"},
		{"public URL of another scheme", func(cfg *userpool.Config, _ *userpool.Pool, _, _ *userpool.Client, _ *userpool.User) {
			cfg.PublicURL = "ftp://localhost"
		}, "PublicURL"},
		{"public URL with user", func(cfg *userpool.Config, _ *userpool.Pool, _, _ *userpool.Client, _ *userpool.User) {
			cfg.PublicURL = "http://a@localhost"
		}, "PublicURL"},
		{"issuer form", func(cfg *userpool.Config, _ *userpool.Pool, _, _ *userpool.Client, _ *userpool.User) {
			cfg.IssuerForm = "new"
		}, "IssuerForm"},
		{"Region", func(cfg *userpool.Config, _ *userpool.Pool, _, _ *userpool.Client, _ *userpool.User) {
			cfg.Region = "Frankfurt"
		}, "Region"},
		{"pool ID", func(_ *userpool.Config, p *userpool.Pool, _, _ *userpool.Client, _ *userpool.User) { p.ID = "local" }, "Pools[0].ID"},
		{"pool ID with line break", func(_ *userpool.Config, p *userpool.Pool, _, _ *userpool.Client, _ *userpool.User) {
			p.ID = "us-east-1_A\n"
		}, "Pools[0].ID"},
		{"GovCloud", func(_ *userpool.Config, p *userpool.Pool, _, _ *userpool.Client, _ *userpool.User) {
			p.ID = "us-gov-west-1_A"
		}, ""},
		{"sovereign cloud", func(_ *userpool.Config, p *userpool.Pool, _, _ *userpool.Client, _ *userpool.User) {
			p.ID = "eusc-de-east-1_A"
		}, ""},
		{"same pool", func(cfg *userpool.Config, p *userpool.Pool, _, _ *userpool.Client, _ *userpool.User) {
			cfg.Pools = append(cfg.Pools, userpool.Pool{ID: p.ID})
		}, "Pools[1].ID"},
		{"same client", func(cfg *userpool.Config, _ *userpool.Pool, c, _ *userpool.Client, _ *userpool.User) {
			cfg.Pools = append(cfg.Pools, userpool.Pool{ID: "us-east-1_B", Clients: []userpool.Client{{ID: c.ID}}})
		}, "Pools[1].Clients[0].ID"},
		{"client ID", func(_ *userpool.Config, _ *userpool.Pool, c, _ *userpool.Client, _ *userpool.User) { c.ID = "a b" }, "Clients[0].ID"},
		{"secret", func(_ *userpool.Config, _ *userpool.Pool, _, m *userpool.Client, _ *userpool.User) { m.Secret = "a:b" }, "Clients[1].Secret"},
		{"machine without secret", func(_ *userpool.Config, _ *userpool.Pool, _, m *userpool.Client, _ *userpool.User) { m.Secret = "" }, "Clients[1].Secret"},
		{"machine with a user's scope", func(_ *userpool.Config, _ *userpool.Pool, _, m *userpool.Client, _ *userpool.User) {
			m.Scopes = []string{"openid"}
		}, "Clients[1].Scopes[0]"},
		{"machine with code", func(_ *userpool.Config, _ *userpool.Pool, _, m *userpool.Client, _ *userpool.User) {
			m.Flows, m.CallbackURLs = append(m.Flows, userpool.FlowCode), []string{callback}
		}, "Clients[1].Flows"},
		{"unknown flow", func(_ *userpool.Config, _ *userpool.Pool, c, _ *userpool.Client, _ *userpool.User) {
			c.Flows = []userpool.Flow{"device"}
		}, "Clients[0].Flows[0]"},
		{"no callback", func(_ *userpool.Config, _ *userpool.Pool, c, _ *userpool.Client, _ *userpool.User) {
			c.CallbackURLs = nil
		}, "Clients[0].CallbackURLs"},
		{"no scopes", func(_ *userpool.Config, _ *userpool.Pool, c, _ *userpool.Client, _ *userpool.User) { c.Scopes = nil }, "Clients[0].Scopes"},
		{"unknown scope", func(_ *userpool.Config, _ *userpool.Pool, c, _ *userpool.Client, _ *userpool.User) {
			c.Scopes[1] = "orders/delete"
		}, "Clients[0].Scopes[1]"},
		{"scope twice", func(_ *userpool.Config, _ *userpool.Pool, c, _ *userpool.Client, _ *userpool.User) {
			c.Scopes[1] = c.Scopes[0]
		}, "Clients[0].Scopes[1]"},
		{"resource server", func(_ *userpool.Config, p *userpool.Pool, _, _ *userpool.Client, _ *userpool.User) {
			p.ResourceServers = append(p.ResourceServers, userpool.ResourceServer{Identifier: "a b"})
		}, "ResourceServers[1].Identifier"},
		{"resource server's scope", func(_ *userpool.Config, p *userpool.Pool, _, _ *userpool.Client, _ *userpool.User) {
			p.ResourceServers[0].Scopes = append(p.ResourceServers[0].Scopes, "a/b")
		}, "ResourceServers[0].Scopes[2]"},
		{"short access token", func(_ *userpool.Config, _ *userpool.Pool, c, _ *userpool.Client, _ *userpool.User) {
			c.AccessTokenValidity = 299 * time.Second
		}, "Clients[0].AccessTokenValidity"},
		{"long ID token", func(_ *userpool.Config, _ *userpool.Pool, c, _ *userpool.Client, _ *userpool.User) {
			c.IDTokenValidity = 25 * time.Hour
		}, "Clients[0].IDTokenValidity"},
		{"access token outlives refresh token", func(_ *userpool.Config, _ *userpool.Pool, c, _ *userpool.Client, _ *userpool.User) {
			c.AccessTokenValidity, c.RefreshTokenValidity = 3*time.Hour, 2*time.Hour
		}, "Clients[0].AccessTokenValidity"},
		{"fractional", func(_ *userpool.Config, _ *userpool.Pool, c, _ *userpool.Client, _ *userpool.User) {
			c.AccessTokenValidity = 10*time.Minute + time.Millisecond
		}, "Clients[0].AccessTokenValidity"},
		{"long refresh token", func(_ *userpool.Config, _ *userpool.Pool, c, _ *userpool.Client, _ *userpool.User) {
			c.RefreshTokenValidity = 3651 * 24 * time.Hour
		}, "Clients[0].RefreshTokenValidity"},
		{"bounds", func(_ *userpool.Config, _ *userpool.Pool, c, _ *userpool.Client, _ *userpool.User) {
			c.AccessTokenValidity, c.IDTokenValidity, c.RefreshTokenValidity = 5*time.Minute, 24*time.Hour, 3650*24*time.Hour
		}, ""},
		{"long grace", func(_ *userpool.Config, _ *userpool.Pool, c, _ *userpool.Client, _ *userpool.User) {
			c.AuthFlows = nil
			c.RefreshRotation = userpool.RefreshRotation{Enabled: true, Grace: 61 * time.Second}
		}, "Clients[0].RefreshRotation.Grace"},
		{"grace without rotation", func(_ *userpool.Config, _ *userpool.Pool, c, _ *userpool.Client, _ *userpool.User) {
			c.RefreshRotation = userpool.RefreshRotation{Grace: time.Second}
		}, "Clients[0].RefreshRotation.Grace"},
		{"user name", func(_ *userpool.Config, _ *userpool.Pool, _, _ *userpool.Client, u *userpool.User) {
			u.Username = "a b"
		}, "Users[0].Username"},
		{"user twice", func(_ *userpool.Config, p *userpool.Pool, _, _ *userpool.Client, _ *userpool.User) {
			p.Users[1].Username = "ANAYA"
		}, "Users[1].Username"},
		{"no password", func(_ *userpool.Config, _ *userpool.Pool, _, _ *userpool.Client, u *userpool.User) { u.Password = "" }, "Users[0].Password"},
		{"sub", func(_ *userpool.Config, _ *userpool.Pool, _, _ *userpool.Client, u *userpool.User) { u.Sub = "a b" }, "Users[0].Sub"},
		{"group twice", func(_ *userpool.Config, _ *userpool.Pool, _, _ *userpool.Client, u *userpool.User) {
			u.Groups = []string{"a,b", "a,b"}
		}, "Users[0].Groups[1]"},
		{"reserved attribute", func(_ *userpool.Config, _ *userpool.Pool, _, _ *userpool.Client, u *userpool.User) {
			u.Attributes = map[string]string{"token_use": "access"}
		}, `Users[0].Attributes["token_use"]`},
		{"verified", func(_ *userpool.Config, _ *userpool.Pool, _, _ *userpool.Client, u *userpool.User) {
			u.Attributes = map[string]string{"email_verified": "yes"}
		}, `Users[0].Attributes["email_verified"]`},
		{"attribute not UTF-8", func(_ *userpool.Config, _ *userpool.Pool, _, _ *userpool.Client, u *userpool.User) {
			u.Attributes = map[string]string{"custom:x": "\xff"}
		}, `Users[0].Attributes["custom:x"]`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			pool := userpool.DefaultPool()
			cfg := userpool.Config{PublicURL: "http://127.0.0.1:9229", Pools: []userpool.Pool{pool}}
			p := &cfg.Pools[0]
			tc.edit(&cfg, p, &p.Clients[0], &p.Clients[1], &p.Users[0])
			checkFault(t, cfg, tc.want)
		})
	}
}

// checkFault wants New to name exactly one fault, in the field that ends in want.
func checkFault(t *testing.T, cfg userpool.Config, want string) {
	t.Helper()
	_, err := userpool.New(cfg)
	switch {
	case want == "" && err != nil:
		t.Errorf("%v", err)
	case want != "" && err == nil:
		t.Errorf("no fault in %s", want)
	case want != "":
		field, _, _ := strings.Cut(err.Error(), ": ")
		if !strings.HasSuffix(field, want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("fault %v, want one in %s", err, want)
		}
	}
}

func TestRedirectURLs(t *testing.T) {
	t.Parallel()
	for raw, good := range map[string]bool{
		"https://app.example.com/callback?a=b": true,
		"http://localhost:3000":                true,
		"http://127.0.0.1/cb":                  true,
		"http://[::1]:3000/cb":                 true,
		"com.example.app://callback":           true,
		"myapp:/callback":                      true,
		"http://app.example.com/callback":      false,
		"http://localhost.evil.example/":       false,
		"https://app.example.com/#fragment":    false,
		"https://app.example.com/#":            false,
		"https://user@app.example.com/":        false,
		"https://app.example.com;x/":           false,
		"https:///callback":                    false,
		"//app.example.com/":                   false,
		"/callback":                            false,
		"":                                     false,
		`https://app.example.com\@evil/`:       false,
		"https://app.example.com/\t":           false,
		"javascript:alert(1)":                  false,
		"JavaScript:alert(1)":                  false,
		"data:text/html,x":                     false,
		"https://app.example.com/" + strings.Repeat("x", 1024): false,
	} {
		pool := userpool.DefaultPool()
		pool.Clients[0].CallbackURLs = []string{raw}
		cfg := userpool.Config{PublicURL: "http://127.0.0.1:9229", Pools: []userpool.Pool{pool}}
		want := ""
		if !good {
			want = "CallbackURLs[0]"
		}
		checkFault(t, cfg, want)
		pool = userpool.DefaultPool()
		pool.Clients[0].SignOutURLs = []string{raw}
		cfg.Pools[0] = pool
		if !good {
			want = "SignOutURLs[0]"
		}
		checkFault(t, cfg, want)
	}
}

func TestAllFaultsAtOnce(t *testing.T) {
	t.Parallel()
	pool := userpool.DefaultPool()
	pool.ID = ""
	pool.Clients[1].Secret = "not a good:secret"
	pool.Users[1].Password = ""
	_, err := userpool.New(userpool.Config{Pools: []userpool.Pool{pool}})
	if err == nil {
		t.Fatal("no fault")
	}
	for _, want := range []string{"PublicURL: ", "Pools[0].ID: ", "Pools[0].Clients[1].Secret: ", "Pools[0].Users[1].Password: "} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v\nlacks %q", err, want)
		}
	}
	if strings.Contains(err.Error(), "good:secret") {
		t.Errorf("the secret shows: %v", err)
	}
}

// The server keeps nothing of what the caller may change.
func TestConfigIsCopied(t *testing.T) {
	t.Parallel()
	var pool *userpool.Pool
	f := serve(t, func(cfg *userpool.Config) { pool = &cfg.Pools[0] })
	pool.Clients[0].CallbackURLs[0] = "https://evil.example/"
	pool.Users[0].Attributes["email"] = "evil@example.com"
	pool.Users[0].Groups[0] = "admins"
	_, id := verify(t, keySet(t, f.Server), f.signedIn(t).ID)
	if id["email"] != "anaya@example.com" || id["cognito:groups"].([]any)[0] != "staff" {
		t.Errorf("claims %v", id)
	}
}

func TestSubIsStable(t *testing.T) {
	t.Parallel()
	sub := func(edits ...func(*userpool.Config)) any {
		f := serve(t, edits...)
		_, claims := verify(t, keySet(t, f.Server), f.signedIn(t).Access)
		return claims["sub"]
	}
	if first, second := sub(), sub(); first != second {
		t.Errorf("sub %v, then %v", first, second)
	}
	const own = "google_123"
	if got := sub(func(cfg *userpool.Config) { cfg.Pools[0].Users[0].Sub = own }); got != own {
		t.Errorf("sub %v, want %v", got, own)
	}
}
