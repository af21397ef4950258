package directory

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// The values of Pool.MFA.
const (
	MFAOff      = "OFF"
	MFAOptional = "OPTIONAL"
	MFAOn       = "ON"
)

// IsPoolID reports whether id has the form of a pool's ID. Such text is safe in a command of
// a shell.
func IsPoolID(id string) bool { return len(id) <= 55 && poolIDPattern.MatchString(id) }

// Faults returns all that is wrong with the pool itself.
func (p *Pool) Faults() []Fault {
	var f faults
	if !IsPoolID(p.ID) {
		f.add("ID", "%q is not <region>_<letters and digits>", p.ID)
	}
	if p.Name != "" && !labelPattern.MatchString(p.Name) {
		f.add("Name", "%q is not 1 to 128 letters, digits, spaces and _ + = , . @ -", p.Name)
	}
	if n := p.Password.MinimumLength; n != 0 && (n < 6 || n > 99) {
		f.add("Password.MinimumLength", "%d is not from 6 to 99", n)
	}
	if n := p.Password.TemporaryDays; n < 0 || n > 365 {
		f.add("Password.TemporaryDays", "%d is not from 0 to 365", n)
	}
	if n := p.Password.HistorySize; n < 0 || n > maxHistory {
		f.add("Password.HistorySize", "%d is not from 0 to %d", n, maxHistory)
	}
	f.oneOf("UsernameAttributes", p.UsernameAttributes, "email", "phone_number")
	f.oneOf("AliasAttributes", p.AliasAttributes, "email", "phone_number", "preferred_username")
	f.oneOf("AutoVerifiedAttributes", p.AutoVerifiedAttributes, "email", "phone_number")
	if len(p.UsernameAttributes) > 0 && len(p.AliasAttributes) > 0 {
		f.add("AliasAttributes", "alias attributes cannot be combined with username attributes")
	}
	if !slices.Contains([]string{"", MFAOff, MFAOptional, MFAOn}, p.MFA) {
		f.add("MFA", "%q is not one of OFF, OPTIONAL, ON", p.MFA)
	}
	if len(p.Custom) > maxCustom {
		f.add("Custom", "got %d attributes, want at most %d", len(p.Custom), maxCustom)
	}
	for i, name := range p.Custom {
		if !isCustom(name) || slices.Contains(p.Custom[:i], name) {
			f.add(fmt.Sprintf("Custom[%d]", i), "%q is used twice, or is not custom: and 1 to 20 characters without spaces", name)
		}
	}
	return f
}

// maxCustom is how many custom attributes a pool can have.
// https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
const maxCustom = 50

// maxHistory is how many passwords a policy can remember.
const maxHistory = 24

// ScopeNames returns the scopes as tokens have them: "<Identifier>/<name>".
func (r *ResourceServer) ScopeNames() []string {
	names := make([]string, len(r.Scopes))
	for i, s := range r.Scopes {
		names[i] = r.Identifier + "/" + s.Name
	}
	return names
}

// Faults returns all that is wrong with the resource server.
func (r *ResourceServer) Faults() []Fault {
	var f faults
	if !resourcePattern.MatchString(r.Identifier) {
		f.add("Identifier", "%q is not 1 to 256 printable ASCII characters without quotes, backslashes and spaces", r.Identifier)
	}
	if n := len(r.Scopes); n > 100 {
		f.add("Scopes", "got %d scopes, want at most 100", n)
	}
	seen := map[string]bool{}
	for i, s := range r.Scopes {
		at := fmt.Sprintf("Scopes[%d]", i)
		if !scopeTokenPattern.MatchString(s.Name) || seen[s.Name] {
			f.add(at, "%q is used twice, or is not a scope name without a slash", s.Name)
		}
		if utf8.RuneCountInString(s.Description) > 256 {
			f.add(at+".Description", "has more than 256 characters")
		}
		seen[s.Name] = true
	}
	return f
}

// Faults returns all that is wrong with the group.
func (g *Group) Faults() []Fault {
	var f faults
	if !GoodName(g.Name, 1, maxName) {
		f.add("Name", "%q is not 1 to 128 characters without spaces", g.Name)
	}
	if utf8.RuneCountInString(g.Description) > 2048 {
		f.add("Description", "has more than 2048 characters")
	}
	if n := len(g.RoleARN); n > 0 && (n < 20 || n > 2048 || !arnPattern.MatchString(g.RoleARN)) {
		f.add("RoleARN", "%q is not an ARN", g.RoleARN)
	}
	if g.Precedence != nil && *g.Precedence < 0 {
		f.add("Precedence", "%d is negative", *g.Precedence)
	}
	return f
}

var providerTypes = []string{"SAML", "Facebook", "Google", "LoginWithAmazon", "SignInWithApple", "OIDC"}

// Faults returns all that is wrong with the provider.
func (p *Provider) Faults() []Fault {
	var f faults
	if !GoodName(p.Name, 3, 32) || strings.Contains(p.Name, "_") {
		f.add("Name", "%q is not 3 to 32 characters without spaces and underscores", p.Name)
	} else if strings.EqualFold(p.Name, ProviderCognito) {
		f.add("Name", "%q is the name of the pool's own users", p.Name)
	}
	if !slices.Contains(providerTypes, p.Type) {
		f.add("Type", "%q is not one of %s", p.Type, strings.Join(providerTypes, ", "))
	}
	return f
}
