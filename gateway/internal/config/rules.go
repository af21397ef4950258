package config

import (
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/gateway/internal/authz"
	"github.com/poolguard/poolguard/gateway/internal/requestpath"
	"github.com/poolguard/poolguard/gateway/internal/route"
	"github.com/poolguard/poolguard/internal/yamlfile"
)

// The keys of a rule.
var (
	ruleKeys = []yamlfile.Field[authz.Rule]{
		yamlfile.NonEmptyText("name", "Name", func(r *authz.Rule) *string { return &r.Name }).
			About("The name, for logs and metrics. Default: \"rule 3\" for the third rule."),
		yamlfile.Object("match", "Match", func(r *authz.Rule) *route.Match { return &r.Match }, matchKeys).
			About("Which requests the rule is for. A key that is left out matches every request."),
		allowField,
		viaField,
		yamlfile.Object("require", "Require", func(r *authz.Rule) *authz.Require { return &r.Require }, requireKeys).
			About("What a verified token must have."),
		yamlfile.Object("cors", "CORS", corsOf, corsKeys).
			About("Pages of other origins that may read a denial."),
		yamlfile.Object("pass", "Pass", func(r *authz.Rule) *authz.Pass { return &r.Pass }, passKeys).
			About("Which credential an allowed request has for the service."),
		yamlfile.Bool("preflight", "Preflight", func(r *authz.Rule) *bool { return &r.Preflight }).
			About("Let CORS preflights pass to the service, without an identity. Default false."),
		yamlfile.Choices("ambiguous", "Ambiguous", func(r *authz.Rule) *[]string { return &r.Ambiguous }, requestpath.ClassNames()...).
			About("Which ambiguous paths the rule takes. All readings of the path must select this rule."),
		yamlfile.Bool("report_only", "ReportOnly", func(r *authz.Rule) *bool { return &r.ReportOnly }).
			About("Decide, log and count, and deny nothing. Default false."),
	}

	matchKeys = []yamlfile.Field[route.Match]{
		yamlfile.NonEmptyTexts("hosts", "Hosts", func(m *route.Match) *[]string { return &m.Hosts }).
			About("Hosts without port: api.example.com, *.example.com for one label, \"{tenant}.example.com\" for a variable."),
		yamlfile.NonEmptyTexts("methods", "Methods", func(m *route.Match) *[]string { return &m.Methods }).
			About("Methods in capital letters. GET does not include HEAD."),
		yamlfile.NonEmptyText("path", "Path", func(m *route.Match) *string { return &m.Path }).
			About("The path: * is one segment, {name} is one segment in a variable, ** at the end is any number of segments."),
	}

	requireKeys = []yamlfile.Field[authz.Require]{
		yamlfile.Choice("token_use", "TokenUse", func(r *authz.Require) *cognito.TokenUse { return &r.TokenUse }, cognito.TokenUseAccess, cognito.TokenUseID).
			About("The kind of token. Default access."),
		yamlfile.NonEmptyTexts("user_pools", "UserPools", func(r *authz.Require) *[]string { return &r.UserPools }).
			About("One of these pools issued the token."),
		yamlfile.NonEmptyTexts("client_ids", "ClientIDs", func(r *authz.Require) *[]string { return &r.ClientIDs }).
			About("The token is for one of these app clients."),
		yamlfile.NonEmptyTexts("scopes", "Scopes", func(r *authz.Require) *[]string { return &r.Scopes }).About("All of these scopes."),
		yamlfile.NonEmptyTexts("any_scope", "AnyScope", func(r *authz.Require) *[]string { return &r.AnyScope }).About("One of these scopes."),
		yamlfile.NonEmptyTexts("groups", "Groups", func(r *authz.Require) *[]string { return &r.Groups }).About("All of these groups."),
		yamlfile.NonEmptyTexts("any_group", "AnyGroup", func(r *authz.Require) *[]string { return &r.AnyGroup }).About("One of these groups."),
		yamlfile.NonEmptyText("acr", "ACR", func(r *authz.Require) *string { return &r.ACR }).
			About("The authentication level, in the claim acr."),
		yamlfile.NonZeroDuration("max_auth_age", "MaxAuthAge", func(r *authz.Require) *time.Duration { return &r.MaxAuthAge }).
			About("The longest time since the sign-in."),
		yamlfile.NonEmptyTexts("audience", "Audience", func(r *authz.Require) *[]string { return &r.Audience }).
			About("The access token is bound to one of these resources."),
		yamlfile.TextLists("claims", "Claims", func(r *authz.Require) *map[string][]string { return &r.Claims }).
			About("Other claims: name: value, name: [one, of], or name: \"{variable}\" of the match."),
	}

	corsKeys = []yamlfile.Field[authz.CORS]{
		yamlfile.NonEmptyTexts("origins", "Origins", func(c *authz.CORS) *[]string { return &c.Origins }).
			About("Origins such as https://app.example.com."),
		yamlfile.Bool("credentials", "Credentials", func(c *authz.CORS) *bool { return &c.Credentials }).
			About("Let these pages send credentials. Default false."),
	}

	passKeys = []yamlfile.Field[authz.Pass]{
		yamlfile.Choice("access_token", "AccessToken", func(p *authz.Pass) *authz.PassTo { return &p.AccessToken }, authz.PassAuthorization).
			About("The header in which the service gets the verified access token."),
		yamlfile.Refused[authz.Pass]("authorization", later),
	}
)

// allows are the words of allow. A rule without the key needs a verified credential.
var allows = []cognito.Allow{cognito.Optional, cognito.Anonymous, cognito.Denied}

var allowField = yamlfile.Field[authz.Rule]{
	Key: "allow", Name: "Allow",
	Shape: &yamlfile.Shape{Kind: "optional, anonymous, denied", Enum: []any{"optional", "anonymous", "denied"}},
	Read: func(v *yamlfile.Value, r *authz.Rule) {
		word, ok := v.Text()
		if !ok {
			return
		}
		for _, a := range allows {
			if a.String() == word {
				r.Allow = a
				return
			}
		}
		r.Allow = cognito.Denied
		v.Fault("got %q, want optional, anonymous or denied", word)
	},
}.About("Let requests without a credential pass (optional), look at no credential (anonymous), or deny every request (denied).")

var viaField = yamlfile.Field[authz.Rule]{
	Key: "via", Name: "Via",
	Shape: &yamlfile.Shape{
		Kind: "list of bearer, alb", Type: yamlfile.ShapeTypes{"array"}, Items: &yamlfile.Shape{Enum: []any{"bearer", "alb"}},
	},
	Read: func(v *yamlfile.Value, r *authz.Rule) {
		r.Via = []authz.Via{}
		v.List(func(element *yamlfile.Value) {
			word, ok := element.Text()
			switch via := authz.Via(word); {
			case via == authz.ViaSession:
				element.Fault("session %s", later)
			case ok && via != authz.ViaBearer && via != authz.ViaALB:
				element.Fault("got %q, want bearer or alb", word)
			default:
				r.Via = append(r.Via, via)
			}
		})
	},
}.About("Which credentials the rule accepts: a bearer token, or the token of a load balancer. Default [bearer].")

func corsOf(r *authz.Rule) *authz.CORS {
	if r.CORS == nil {
		r.CORS = &authz.CORS{}
	}
	return r.CORS
}
