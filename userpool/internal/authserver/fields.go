package authserver

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/poolguard/poolguard/userpool/internal/directory"
)

// The names of form fields: Cognito's, where they are known, for scripts that fill
// in its pages.
const (
	fieldUsername = "username"
	fieldPassword = "password"
	fieldCode     = "code"
	fieldSession  = "session"
	fieldTicket   = "ticket"
)

func attributeField(name string) string { return "requiredAttributes[" + name + "]" }

// title is what people call the client.
func (a *app) title() string { return cmp.Or(a.Name, a.ID) }

// local reports whether people sign in to the client with passwords of the pool.
func (a *app) local() bool {
	return len(a.Providers) == 0 || slices.Contains(a.Providers, directory.ProviderCognito)
}

// external lists the client's external providers.
func (a *app) external() []string {
	return slices.DeleteFunc(slices.Clone(a.Providers), func(name string) bool { return name == directory.ProviderCognito })
}

func mayConfirm(a app) bool { return a.local() }
func maySignUp(a app) bool  { return a.local() && !a.pool.AdminCreateUserOnly }
func mayRecover(a app) bool { return a.local() && !adminRecoversOnly(&a.pool) }

// sendsCodes reports whether people can confirm the accounts that they make.
func sendsCodes(a app) bool { return maySignUp(a) && len(a.pool.AutoVerifiedAttributes) > 0 }

// adminRecoversOnly reads AccountRecoverySetting.
func adminRecoversOnly(pool *directory.Pool) bool {
	var setting struct{ RecoveryMechanisms []struct{ Name string } }
	// The API took the setting: what is not understood here is as good as none.
	_ = json.Unmarshal(pool.Settings["AccountRecoverySetting"], &setting)
	for _, m := range setting.RecoveryMechanisms {
		if m.Name == "admin_only" {
			return true
		}
	}
	return false
}

// requiredAttributes are those without which the pool's schema takes no user.
func requiredAttributes(pool *directory.Pool) (names []string) {
	var schema []struct {
		Name     string
		Required bool
	}
	_ = json.Unmarshal(pool.Settings["SchemaAttributes"], &schema) // as above
	for _, a := range schema {
		if a.Required && a.Name != "sub" {
			names = append(names, a.Name)
		}
	}
	return names
}

// usernameField asks for the user name. anyAlias accepts aliases too, which users cannot sign
// up with.
func usernameField(pool *directory.Pool, value string, anyAlias bool) field {
	f := field{Name: fieldUsername, Label: "Username", Value: value, Autocomplete: "username", MaxLength: 128}
	byEmail, byPhone := slices.Contains(pool.UsernameAttributes, "email"), slices.Contains(pool.UsernameAttributes, "phone_number")
	switch {
	case byEmail && byPhone:
		f.Label = "Email or phone number"
	case byEmail:
		// Not type=email: a user name, and the sub, sign in as well.
		f.Label, f.InputMode = "Email", "email"
	case byPhone:
		f.Label, f.InputMode = "Phone number", "tel"
	case anyAlias && slices.Contains(pool.AliasAttributes, "email"):
		f.Label = "Username or email"
	}
	if !anyAlias && byPhone != byEmail {
		f.Type = map[bool]string{true: "email", false: "tel"}[byEmail]
	}
	return f
}

// sentCodeField is for a code that Cognito would send.
func sentCodeField(label string) field {
	f := codeField(label)
	f.Hint = "This development server sends no messages: it prints codes in its terminal."
	return f
}

func codeField(label string) field {
	return field{Name: fieldCode, Label: label, Autocomplete: "one-time-code", InputMode: "numeric", MaxLength: 16}
}

func newPasswordField(label string, pool *directory.Pool) field {
	return field{
		Name: fieldPassword, Label: label, Type: "password", Autocomplete: "new-password", MaxLength: 256,
		Hint: policyHint(pool.Password),
	}
}

// policyHint says up front what a password must have.
func policyHint(policy directory.PasswordPolicy) string {
	var needs []string
	for _, class := range []struct {
		required bool
		name     string
	}{
		{policy.RequireUppercase, "an upper case letter"},
		{policy.RequireLowercase, "a lower case letter"},
		{policy.RequireNumbers, "a digit"},
		{policy.RequireSymbols, "a symbol"},
	} {
		if class.required {
			needs = append(needs, class.name)
		}
	}
	hint := fmt.Sprintf("At least %d characters", cmp.Or(policy.MinimumLength, directory.DefaultPasswordPolicy.MinimumLength))
	switch n := len(needs); n {
	case 0:
	case 1:
		hint += ", with " + needs[0]
	default:
		hint += ", with " + strings.Join(needs[:n-1], ", ") + " and " + needs[n-1]
	}
	return hint + "."
}

// attributeFields ask for attributes, which have values by name already or none.
func attributeFields(names []string, values url.Values) []field {
	fields := make([]field, len(names))
	for i, name := range names {
		f := field{Name: attributeField(name), Label: attributeLabel(name), MaxLength: 2048}
		f.Value = values.Get(f.Name)
		switch name {
		case "email":
			f.Type, f.Autocomplete = "email", "email"
		case "phone_number":
			f.Type, f.Autocomplete, f.Hint = "tel", "tel", "With the country code, such as +14255550123."
		case "name":
			f.Autocomplete = "name"
		case "given_name":
			f.Autocomplete = "given-name"
		case "family_name":
			f.Autocomplete = "family-name"
		case "nickname":
			f.Autocomplete = "nickname"
		case "birthdate":
			f.Autocomplete, f.Hint, f.MaxLength = "bday", "As year-month-day, such as 1990-12-31.", 10
		case "website":
			f.Type, f.Autocomplete = "url", "url"
		}
		fields[i] = f
	}
	return fields
}

// attributeLabel makes "Phone number" of "phone_number" and "Team" of "custom:team".
func attributeLabel(name string) string {
	name = strings.ReplaceAll(strings.TrimPrefix(name, "custom:"), "_", " ")
	first, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToUpper(first)) + name[size:]
}
