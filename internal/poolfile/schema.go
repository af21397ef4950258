package poolfile

import (
	"time"

	"github.com/poolguard/poolguard/userpool"
)

// What the file can say. A key whose name here is not the field's is explained in
// example.yaml, as the others are.
var (
	configKeys = []field[userpool.Config]{
		text("public_url", "PublicURL", func(c *userpool.Config) *string { return &c.PublicURL }),
		text("issuer", "IssuerForm", func(c *userpool.Config) *userpool.IssuerForm { return &c.IssuerForm }),
		part("key_rotation", "Rotation", func(c *userpool.Config) *userpool.Rotation { return &c.Rotation }, rotationKeys),
		objects("user_pools", "Pools", func(c *userpool.Config) *[]userpool.Pool { return &c.Pools }, poolKeys),
	}

	rotationKeys = []field[userpool.Rotation]{
		duration("every", "Every", func(r *userpool.Rotation) *time.Duration { return &r.Every }),
		duration("overlap", "Overlap", func(r *userpool.Rotation) *time.Duration { return &r.Overlap }),
	}

	poolKeys = []field[userpool.Pool]{
		text("id", "ID", func(p *userpool.Pool) *string { return &p.ID }),
		text("name", "Name", func(p *userpool.Pool) *string { return &p.Name }),
		text("domain", "Domain", func(p *userpool.Pool) *string { return &p.Domain }),
		objects("clients", "Clients", func(p *userpool.Pool) *[]userpool.Client { return &p.Clients }, clientKeys),
		objects("users", "Users", func(p *userpool.Pool) *[]userpool.User { return &p.Users }, userKeys),
		objects("groups", "Groups", func(p *userpool.Pool) *[]userpool.Group { return &p.Groups }, groupKeys),
		objects("resource_servers", "ResourceServers", func(p *userpool.Pool) *[]userpool.ResourceServer { return &p.ResourceServers }, resourceKeys),
		objects("providers", "Providers", func(p *userpool.Pool) *[]userpool.Provider { return &p.Providers }, providerKeys),
		part("password_policy", "PasswordPolicy", func(p *userpool.Pool) *userpool.PasswordPolicy { return &p.PasswordPolicy }, passwordKeys),
		texts("username_attributes", "UsernameAttributes", func(p *userpool.Pool) *[]string { return &p.UsernameAttributes }),
		texts("alias_attributes", "AliasAttributes", func(p *userpool.Pool) *[]string { return &p.AliasAttributes }),
		texts("auto_verified_attributes", "AutoVerifiedAttributes", func(p *userpool.Pool) *[]string { return &p.AutoVerifiedAttributes }),
		flag("case_sensitive", "CaseSensitive", func(p *userpool.Pool) *bool { return &p.CaseSensitive }),
		choice("mfa", "MFA", func(p *userpool.Pool) *string { return &p.MFA }, "OFF", "OPTIONAL", "ON"),
		flag("admin_create_user_only", "AdminCreateUserOnly", func(p *userpool.Pool) *bool { return &p.AdminCreateUserOnly }),
	}

	passwordKeys = []field[userpool.PasswordPolicy]{
		number("minimum_length", "MinimumLength", func(p *userpool.PasswordPolicy, n int) { p.MinimumLength = n }),
		unless("require_uppercase", "NoUppercase", func(p *userpool.PasswordPolicy) *bool { return &p.NoUppercase }),
		unless("require_lowercase", "NoLowercase", func(p *userpool.PasswordPolicy) *bool { return &p.NoLowercase }),
		unless("require_numbers", "NoNumbers", func(p *userpool.PasswordPolicy) *bool { return &p.NoNumbers }),
		unless("require_symbols", "NoSymbols", func(p *userpool.PasswordPolicy) *bool { return &p.NoSymbols }),
		number("temporary_days", "TemporaryDays", func(p *userpool.PasswordPolicy, n int) { p.TemporaryDays = n }),
	}

	clientKeys = []field[userpool.Client]{
		text("id", "ID", func(c *userpool.Client) *string { return &c.ID }),
		text("name", "Name", func(c *userpool.Client) *string { return &c.Name }),
		secret("secret", "Secret", func(c *userpool.Client) *userpool.Secret { return &c.Secret }),
		texts("flows", "Flows", func(c *userpool.Client) *[]userpool.Flow { return &c.Flows }),
		texts("scopes", "Scopes", func(c *userpool.Client) *[]string { return &c.Scopes }),
		texts("callback_urls", "CallbackURLs", func(c *userpool.Client) *[]string { return &c.CallbackURLs }),
		texts("sign_out_urls", "SignOutURLs", func(c *userpool.Client) *[]string { return &c.SignOutURLs }),
		texts("providers", "Providers", func(c *userpool.Client) *[]string { return &c.Providers }),
		texts("auth_flows", "AuthFlows", func(c *userpool.Client) *[]string { return &c.AuthFlows }),
		unless("hide_unknown_users", "RevealUnknownUsers", func(c *userpool.Client) *bool { return &c.RevealUnknownUsers }),
		unless("token_revocation", "NoRevocation", func(c *userpool.Client) *bool { return &c.NoRevocation }),
		texts("read_attributes", "ReadAttributes", func(c *userpool.Client) *[]string { return &c.ReadAttributes }),
		texts("write_attributes", "WriteAttributes", func(c *userpool.Client) *[]string { return &c.WriteAttributes }),
		duration("access_token_validity", "AccessTokenValidity", func(c *userpool.Client) *time.Duration { return &c.AccessTokenValidity }),
		duration("id_token_validity", "IDTokenValidity", func(c *userpool.Client) *time.Duration { return &c.IDTokenValidity }),
		duration("refresh_token_validity", "RefreshTokenValidity", func(c *userpool.Client) *time.Duration { return &c.RefreshTokenValidity }),
		part("refresh_rotation", "RefreshRotation", func(c *userpool.Client) *userpool.RefreshRotation { return &c.RefreshRotation }, refreshKeys),
		duration("challenge_validity", "ChallengeValidity", func(c *userpool.Client) *time.Duration { return &c.ChallengeValidity }),
		part("claims", "Claims", func(c *userpool.Client) *userpool.ExtraClaims { return &c.Claims }, claimsKeys),
	}

	refreshKeys = []field[userpool.RefreshRotation]{
		flag("enabled", "Enabled", func(f *userpool.RefreshRotation) *bool { return &f.Enabled }),
		duration("grace", "Grace", func(f *userpool.RefreshRotation) *time.Duration { return &f.Grace }),
	}

	userKeys = []field[userpool.User]{
		text("username", "Username", func(u *userpool.User) *string { return &u.Username }),
		secret("password", "Password", func(u *userpool.User) *userpool.Secret { return &u.Password }),
		flag("temporary", "Temporary", func(u *userpool.User) *bool { return &u.Temporary }),
		flag("disabled", "Disabled", func(u *userpool.User) *bool { return &u.Disabled }),
		secret("totp_secret", "TOTPSecret", func(u *userpool.User) *userpool.Secret { return &u.TOTPSecret }),
		text("sub", "Sub", func(u *userpool.User) *string { return &u.Sub }),
		texts("groups", "Groups", func(u *userpool.User) *[]string { return &u.Groups }),
		{"attributes", "Attributes", (*reader).attributes},
		part("claims", "Claims", func(u *userpool.User) *userpool.ExtraClaims { return &u.Claims }, claimsKeys),
	}

	groupKeys = []field[userpool.Group]{
		text("name", "Name", func(g *userpool.Group) *string { return &g.Name }),
		text("description", "Description", func(g *userpool.Group) *string { return &g.Description }),
		text("role_arn", "RoleARN", func(g *userpool.Group) *string { return &g.RoleARN }),
		number("precedence", "Precedence", func(g *userpool.Group, n int) { g.Precedence = &n }),
		part("claims", "Claims", func(g *userpool.Group) *userpool.ExtraClaims { return &g.Claims }, claimsKeys),
	}

	resourceKeys = []field[userpool.ResourceServer]{
		text("identifier", "Identifier", func(s *userpool.ResourceServer) *string { return &s.Identifier }),
		texts("scopes", "Scopes", func(s *userpool.ResourceServer) *[]string { return &s.Scopes }),
	}

	providerKeys = []field[userpool.Provider]{
		text("name", "Name", func(p *userpool.Provider) *string { return &p.Name }),
		text("type", "Type", func(p *userpool.Provider) *string { return &p.Type }),
		text("issuer", "Issuer", func(p *userpool.Provider) *string { return &p.Issuer }),
	}

	claimsKeys = []field[userpool.ExtraClaims]{
		claims("id", "ID", func(c *userpool.ExtraClaims) *map[string]any { return &c.ID }),
		claims("access", "Access", func(c *userpool.ExtraClaims) *map[string]any { return &c.Access }),
	}
)
