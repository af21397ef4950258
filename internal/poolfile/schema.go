package poolfile

import (
	"time"

	"github.com/poolguard/poolguard/internal/yamlfile"
	"github.com/poolguard/poolguard/userpool"
)

// The keys of the file. The comments of example.yaml explain each key.
var (
	configKeys = []yamlfile.Field[userpool.Config]{
		yamlfile.Text("public_url", "PublicURL", func(c *userpool.Config) *string { return &c.PublicURL }),
		yamlfile.Text("issuer", "IssuerForm", func(c *userpool.Config) *userpool.IssuerForm { return &c.IssuerForm }),
		yamlfile.Object("key_rotation", "Rotation", func(c *userpool.Config) *userpool.Rotation { return &c.Rotation }, rotationKeys),
		yamlfile.Objects("user_pools", "Pools", func(c *userpool.Config) *[]userpool.Pool { return &c.Pools }, poolKeys),
	}

	rotationKeys = []yamlfile.Field[userpool.Rotation]{
		yamlfile.Duration("every", "Every", func(r *userpool.Rotation) *time.Duration { return &r.Every }),
		yamlfile.Duration("overlap", "Overlap", func(r *userpool.Rotation) *time.Duration { return &r.Overlap }),
	}

	poolKeys = []yamlfile.Field[userpool.Pool]{
		yamlfile.Text("id", "ID", func(p *userpool.Pool) *string { return &p.ID }),
		yamlfile.Text("name", "Name", func(p *userpool.Pool) *string { return &p.Name }),
		yamlfile.Text("domain", "Domain", func(p *userpool.Pool) *string { return &p.Domain }),
		yamlfile.Objects("clients", "Clients", func(p *userpool.Pool) *[]userpool.Client { return &p.Clients }, clientKeys),
		yamlfile.Objects("users", "Users", func(p *userpool.Pool) *[]userpool.User { return &p.Users }, userKeys),
		yamlfile.Objects("groups", "Groups", func(p *userpool.Pool) *[]userpool.Group { return &p.Groups }, groupKeys),
		yamlfile.Objects("resource_servers", "ResourceServers", func(p *userpool.Pool) *[]userpool.ResourceServer { return &p.ResourceServers }, resourceKeys),
		yamlfile.Objects("providers", "Providers", func(p *userpool.Pool) *[]userpool.Provider { return &p.Providers }, providerKeys),
		yamlfile.Object("password_policy", "PasswordPolicy", func(p *userpool.Pool) *userpool.PasswordPolicy { return &p.PasswordPolicy }, passwordKeys),
		yamlfile.Texts("username_attributes", "UsernameAttributes", func(p *userpool.Pool) *[]string { return &p.UsernameAttributes }),
		yamlfile.Texts("alias_attributes", "AliasAttributes", func(p *userpool.Pool) *[]string { return &p.AliasAttributes }),
		yamlfile.Texts("auto_verified_attributes", "AutoVerifiedAttributes", func(p *userpool.Pool) *[]string { return &p.AutoVerifiedAttributes }),
		yamlfile.Bool("case_sensitive", "CaseSensitive", func(p *userpool.Pool) *bool { return &p.CaseSensitive }),
		yamlfile.Choice("mfa", "MFA", func(p *userpool.Pool) *string { return &p.MFA }, "OFF", "OPTIONAL", "ON"),
		yamlfile.Bool("admin_create_user_only", "AdminCreateUserOnly", func(p *userpool.Pool) *bool { return &p.AdminCreateUserOnly }),
	}

	passwordKeys = []yamlfile.Field[userpool.PasswordPolicy]{
		yamlfile.Int("minimum_length", "MinimumLength", func(p *userpool.PasswordPolicy, n int) { p.MinimumLength = n }),
		yamlfile.Not("require_uppercase", "NoUppercase", func(p *userpool.PasswordPolicy) *bool { return &p.NoUppercase }),
		yamlfile.Not("require_lowercase", "NoLowercase", func(p *userpool.PasswordPolicy) *bool { return &p.NoLowercase }),
		yamlfile.Not("require_numbers", "NoNumbers", func(p *userpool.PasswordPolicy) *bool { return &p.NoNumbers }),
		yamlfile.Not("require_symbols", "NoSymbols", func(p *userpool.PasswordPolicy) *bool { return &p.NoSymbols }),
		yamlfile.Int("temporary_days", "TemporaryDays", func(p *userpool.PasswordPolicy, n int) { p.TemporaryDays = n }),
	}

	clientKeys = []yamlfile.Field[userpool.Client]{
		yamlfile.Text("id", "ID", func(c *userpool.Client) *string { return &c.ID }),
		yamlfile.Text("name", "Name", func(c *userpool.Client) *string { return &c.Name }),
		yamlfile.Secret("secret", "Secret", func(c *userpool.Client) *userpool.Secret { return &c.Secret }),
		yamlfile.Texts("flows", "Flows", func(c *userpool.Client) *[]userpool.Flow { return &c.Flows }),
		yamlfile.Texts("scopes", "Scopes", func(c *userpool.Client) *[]string { return &c.Scopes }),
		yamlfile.Texts("callback_urls", "CallbackURLs", func(c *userpool.Client) *[]string { return &c.CallbackURLs }),
		yamlfile.Texts("sign_out_urls", "SignOutURLs", func(c *userpool.Client) *[]string { return &c.SignOutURLs }),
		yamlfile.Texts("providers", "Providers", func(c *userpool.Client) *[]string { return &c.Providers }),
		yamlfile.Texts("auth_flows", "AuthFlows", func(c *userpool.Client) *[]string { return &c.AuthFlows }),
		yamlfile.Not("hide_unknown_users", "RevealUnknownUsers", func(c *userpool.Client) *bool { return &c.RevealUnknownUsers }),
		yamlfile.Not("token_revocation", "NoRevocation", func(c *userpool.Client) *bool { return &c.NoRevocation }),
		yamlfile.Texts("read_attributes", "ReadAttributes", func(c *userpool.Client) *[]string { return &c.ReadAttributes }),
		yamlfile.Texts("write_attributes", "WriteAttributes", func(c *userpool.Client) *[]string { return &c.WriteAttributes }),
		yamlfile.Duration("access_token_validity", "AccessTokenValidity", func(c *userpool.Client) *time.Duration { return &c.AccessTokenValidity }),
		yamlfile.Duration("id_token_validity", "IDTokenValidity", func(c *userpool.Client) *time.Duration { return &c.IDTokenValidity }),
		yamlfile.Duration("refresh_token_validity", "RefreshTokenValidity", func(c *userpool.Client) *time.Duration { return &c.RefreshTokenValidity }),
		yamlfile.Object("refresh_rotation", "RefreshRotation", func(c *userpool.Client) *userpool.RefreshRotation { return &c.RefreshRotation }, refreshKeys),
		yamlfile.Duration("challenge_validity", "ChallengeValidity", func(c *userpool.Client) *time.Duration { return &c.ChallengeValidity }),
		yamlfile.Object("claims", "Claims", func(c *userpool.Client) *userpool.ExtraClaims { return &c.Claims }, claimsKeys),
	}

	refreshKeys = []yamlfile.Field[userpool.RefreshRotation]{
		yamlfile.Bool("enabled", "Enabled", func(f *userpool.RefreshRotation) *bool { return &f.Enabled }),
		yamlfile.Duration("grace", "Grace", func(f *userpool.RefreshRotation) *time.Duration { return &f.Grace }),
	}

	userKeys = []yamlfile.Field[userpool.User]{
		yamlfile.Text("username", "Username", func(u *userpool.User) *string { return &u.Username }),
		yamlfile.Secret("password", "Password", func(u *userpool.User) *userpool.Secret { return &u.Password }),
		yamlfile.Bool("temporary", "Temporary", func(u *userpool.User) *bool { return &u.Temporary }),
		yamlfile.Bool("disabled", "Disabled", func(u *userpool.User) *bool { return &u.Disabled }),
		yamlfile.Secret("totp_secret", "TOTPSecret", func(u *userpool.User) *userpool.Secret { return &u.TOTPSecret }),
		yamlfile.Text("sub", "Sub", func(u *userpool.User) *string { return &u.Sub }),
		yamlfile.Texts("groups", "Groups", func(u *userpool.User) *[]string { return &u.Groups }),
		yamlfile.Scalars("attributes", "Attributes", func(u *userpool.User) *map[string]string { return &u.Attributes }),
		yamlfile.Object("claims", "Claims", func(u *userpool.User) *userpool.ExtraClaims { return &u.Claims }, claimsKeys),
	}

	groupKeys = []yamlfile.Field[userpool.Group]{
		yamlfile.Text("name", "Name", func(g *userpool.Group) *string { return &g.Name }),
		yamlfile.Text("description", "Description", func(g *userpool.Group) *string { return &g.Description }),
		yamlfile.Text("role_arn", "RoleARN", func(g *userpool.Group) *string { return &g.RoleARN }),
		yamlfile.Int("precedence", "Precedence", func(g *userpool.Group, n int) { g.Precedence = &n }),
		yamlfile.Object("claims", "Claims", func(g *userpool.Group) *userpool.ExtraClaims { return &g.Claims }, claimsKeys),
	}

	resourceKeys = []yamlfile.Field[userpool.ResourceServer]{
		yamlfile.Text("identifier", "Identifier", func(s *userpool.ResourceServer) *string { return &s.Identifier }),
		yamlfile.Texts("scopes", "Scopes", func(s *userpool.ResourceServer) *[]string { return &s.Scopes }),
	}

	providerKeys = []yamlfile.Field[userpool.Provider]{
		yamlfile.Text("name", "Name", func(p *userpool.Provider) *string { return &p.Name }),
		yamlfile.Text("type", "Type", func(p *userpool.Provider) *string { return &p.Type }),
		yamlfile.Text("issuer", "Issuer", func(p *userpool.Provider) *string { return &p.Issuer }),
	}

	claimsKeys = []yamlfile.Field[userpool.ExtraClaims]{
		yamlfile.JSONObject("id", "ID", func(c *userpool.ExtraClaims) *map[string]any { return &c.ID }),
		yamlfile.JSONObject("access", "Access", func(c *userpool.ExtraClaims) *map[string]any { return &c.Access }),
	}
)
