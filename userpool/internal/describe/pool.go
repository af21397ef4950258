package describe

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	strict "github.com/go-json-experiment/json"

	"github.com/poolguard/poolguard/userpool/internal/directory"
)

// Pool is a user pool (UserPoolType). Requests that make and change pools have the
// same members, but for a few names, and say by leaving one out that it shall have
// its default.
type Pool struct {
	ID         string `json:"Id,omitempty"`
	ARN        string `json:"Arn,omitempty"`
	Name       string `json:",omitempty"`
	ModifiedAt *Time  `json:"LastModifiedDate,omitempty"`
	CreatedAt  *Time  `json:"CreationDate,omitempty"`

	Policies               *Policies              `json:",omitempty"`
	DeletionProtection     string                 `json:",omitempty"`
	SchemaAttributes       []directory.Attribute  `json:",omitempty"`
	AutoVerifiedAttributes []string               `json:",omitempty"`
	AliasAttributes        []string               `json:",omitempty"`
	UsernameAttributes     []string               `json:",omitempty"`
	MFAConfiguration       string                 `json:"MfaConfiguration,omitempty"`
	EstimatedNumberOfUsers *int                   `json:",omitempty"`
	Domain                 string                 `json:",omitempty"`
	CustomDomain           string                 `json:",omitempty"`
	AdminCreateUserConfig  *AdminCreateUser       `json:",omitempty"`
	UsernameConfiguration  *UsernameConfiguration `json:",omitempty"`

	// Others are the members that change nothing here.
	Others map[string]json.RawMessage `json:"-"`
}

// Policies is UserPoolPolicyType.
type Policies struct {
	PasswordPolicy *PasswordPolicy `json:",omitempty"`
	SignInPolicy   json.RawMessage `json:",omitempty"`
}

// PasswordPolicy is PasswordPolicyType.
type PasswordPolicy struct {
	MinimumLength                 *int `json:",omitempty"`
	RequireUppercase              bool
	RequireLowercase              bool
	RequireNumbers                bool
	RequireSymbols                bool
	PasswordHistorySize           *int `json:",omitempty"`
	TemporaryPasswordValidityDays *int `json:",omitempty"`
}

// AdminCreateUser is AdminCreateUserConfigType.
type AdminCreateUser struct {
	AllowAdminCreateUserOnly  bool
	UnusedAccountValidityDays *int            `json:",omitempty"`
	InviteMessageTemplate     json.RawMessage `json:",omitempty"`
}

// UsernameConfiguration is UsernameConfigurationType.
type UsernameConfiguration struct{ CaseSensitive bool }

type plainPool Pool

var poolNames = named[plainPool]()

// UnmarshalJSON keeps unknown members in Others.
func (p *Pool) UnmarshalJSON(b []byte) error {
	if err := strict.Unmarshal(b, (*plainPool)(p)); err != nil {
		return err
	}
	var err error
	p.Others, err = others(b, poolNames)
	return err
}

// MarshalJSON writes the members of Others too.
func (p Pool) MarshalJSON() ([]byte, error) { return join(plainPool(p), p.Others) }

const (
	active   = "ACTIVE"
	inactive = "INACTIVE"

	defaultMinimumLength = 8
	defaultTemporaryDays = 7
)

// Record returns the pool as a record, with defaults for what is not there. What
// the record may not have, its Faults tell.
func (p *Pool) Record() directory.Pool {
	d := directory.Pool{
		ID: p.ID, Name: p.Name, Password: p.password(),
		UsernameAttributes: p.UsernameAttributes, AliasAttributes: p.AliasAttributes,
		AutoVerifiedAttributes: p.AutoVerifiedAttributes,
		CaseSensitive:          p.UsernameConfiguration != nil && p.UsernameConfiguration.CaseSensitive,
		MFA:                    p.MFAConfiguration,
		AdminCreateUserOnly:    p.AdminCreateUserConfig != nil && p.AdminCreateUserConfig.AllowAdminCreateUserOnly,
		DeletionProtection:     p.DeletionProtection == active,
		Settings:               p.settings(),
	}
	if p.CreatedAt != nil {
		d.CreatedAt = p.CreatedAt.Time
	}
	if p.ModifiedAt != nil {
		d.ModifiedAt = p.ModifiedAt.Time
	}
	for _, a := range p.SchemaAttributes {
		if strings.HasPrefix(a.Name, "custom:") || strings.HasPrefix(a.Name, "dev:custom:") {
			d.Custom = append(d.Custom, a.Name)
		}
	}
	return d
}

func (p *Pool) password() directory.PasswordPolicy {
	policy := directory.DefaultPasswordPolicy
	if p.Policies != nil && p.Policies.PasswordPolicy != nil {
		given := p.Policies.PasswordPolicy
		policy = directory.PasswordPolicy{
			MinimumLength:    defaultMinimumLength,
			RequireUppercase: given.RequireUppercase, RequireLowercase: given.RequireLowercase,
			RequireNumbers: given.RequireNumbers, RequireSymbols: given.RequireSymbols,
			TemporaryDays: defaultTemporaryDays,
		}
		if given.PasswordHistorySize != nil {
			policy.HistorySize = *given.PasswordHistorySize
		}
		if given.MinimumLength != nil {
			policy.MinimumLength = *given.MinimumLength
		}
		if given.TemporaryPasswordValidityDays != nil {
			policy.TemporaryDays = *given.TemporaryPasswordValidityDays
			return policy
		}
	}
	// The older place of the setting.
	if a := p.AdminCreateUserConfig; a != nil && a.UnusedAccountValidityDays != nil {
		policy.TemporaryDays = *a.UnusedAccountValidityDays
	}
	return policy
}

// settings are the members that the record has no field for, or has in another form
// than they were given in.
func (p *Pool) settings() map[string]json.RawMessage {
	s := maps.Clone(p.Others)
	if s == nil {
		s = map[string]json.RawMessage{}
	}
	delete(s, "Status") // no longer in use, and always Enabled
	if p.Policies != nil && len(p.Policies.SignInPolicy) > 0 {
		s["SignInPolicy"] = p.Policies.SignInPolicy
	}
	if a := p.AdminCreateUserConfig; a != nil && (a.UnusedAccountValidityDays != nil || len(a.InviteMessageTemplate) > 0) {
		set(s, "AdminCreateUserConfig", a)
	}
	if len(p.SchemaAttributes) > 0 {
		set(s, "SchemaAttributes", p.SchemaAttributes)
	}
	if len(s) == 0 {
		return nil
	}
	return s
}

// defaults are the settings of a pool for which nothing was said.
var defaults = map[string]json.RawMessage{
	"LambdaConfig":                json.RawMessage(`{}`),
	"EmailConfiguration":          json.RawMessage(`{"EmailSendingAccount":"COGNITO_DEFAULT"}`),
	"VerificationMessageTemplate": json.RawMessage(`{"DefaultEmailOption":"CONFIRM_WITH_CODE"}`),
	"UserPoolTags":                json.RawMessage(`{}`),
	"UserPoolTier":                json.RawMessage(`"ESSENTIALS"`),
}

// signInPolicy is the one of a pool for which nothing was said.
const signInPolicy = `{"AllowedFirstAuthFactors":["PASSWORD"]}`

// internal are settings that describe the pool under another name or elsewhere.
var internal = []string{
	"SignInPolicy", "SmsMfaConfiguration", "SoftwareTokenMfaConfiguration", "EmailMfaConfiguration", "WebAuthnConfiguration",
}

// OfPool describes a pool. Domains and the number of users are not in the record.
func OfPool(d directory.Pool) Pool {
	length, days := d.Password.MinimumLength, d.Password.TemporaryDays
	if length == 0 {
		length = defaultMinimumLength
	}
	p := Pool{
		ID: d.ID, ARN: d.ARN(), Name: d.Name, ModifiedAt: timeOf(d.ModifiedAt), CreatedAt: timeOf(d.CreatedAt),
		Policies: &Policies{
			PasswordPolicy: &PasswordPolicy{
				MinimumLength:    &length,
				RequireUppercase: d.Password.RequireUppercase, RequireLowercase: d.Password.RequireLowercase,
				RequireNumbers: d.Password.RequireNumbers, RequireSymbols: d.Password.RequireSymbols,
				TemporaryPasswordValidityDays: &days,
			},
			SignInPolicy: json.RawMessage(signInPolicy),
		},
		DeletionProtection: inactive, MFAConfiguration: directory.MFAOff,
		AutoVerifiedAttributes: d.AutoVerifiedAttributes, AliasAttributes: d.AliasAttributes, UsernameAttributes: d.UsernameAttributes,
		UsernameConfiguration: &UsernameConfiguration{d.CaseSensitive},
		Others:                maps.Clone(defaults),
	}
	if d.DeletionProtection {
		p.DeletionProtection = active
	}
	if d.MFA != "" {
		p.MFAConfiguration = d.MFA
	}
	if policy, ok := d.Settings["SignInPolicy"]; ok {
		p.Policies.SignInPolicy = policy
	}
	if size := d.Password.HistorySize; size > 0 {
		p.Policies.PasswordPolicy.PasswordHistorySize = &size
	}
	admin, _ := get[AdminCreateUser](d.Settings, "AdminCreateUserConfig")
	admin.AllowAdminCreateUserOnly = d.AdminCreateUserOnly
	p.AdminCreateUserConfig = &admin
	p.SchemaAttributes = d.Schema()
	for name, value := range d.Settings {
		if !poolNames[name] && !slices.Contains(internal, name) {
			p.Others[name] = value
		}
	}
	mirrorMessages(p.Others)
	return p
}

// messageNames are the older names of members of VerificationMessageTemplate.
var messageNames = map[string]string{
	"EmailVerificationMessage": "EmailMessage", "EmailVerificationSubject": "EmailSubject", "SmsVerificationMessage": "SmsMessage",
}

// mirrorMessages shows each text of the messages with a code under its two names, as Cognito
// does. If both names were given, each keeps its own text: what Cognito does then is not known.
func mirrorMessages(members map[string]json.RawMessage) {
	template, _ := get[map[string]json.RawMessage](members, "VerificationMessageTemplate")
	if template == nil {
		template = map[string]json.RawMessage{}
	}
	for older, name := range messageNames {
		switch text, given := members[older], template[name]; {
		case given == nil && text != nil:
			template[name] = text
		case text == nil && given != nil:
			members[older] = given
		}
	}
	set(members, "VerificationMessageTemplate", template)
}

// WithoutEffect returns the names of the settings that have no effect in the local pool and
// differ from the default, sorted.
func WithoutEffect(settings map[string]json.RawMessage) []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		if !slices.Contains(actedUpon, name) && !IsDefault(name, settings[name]) {
			names = append(names, name)
		}
	}
	return names
}

// actedUpon are settings that the records have in another form too, and those that
// are for reading only.
var actedUpon = []string{
	"AccessTokenValidity", "IdTokenValidity", "RefreshTokenValidity", "TokenValidityUnits", "AllowedOAuthFlows",
	"PreventUserExistenceErrors", "RefreshTokenRotation", "SchemaAttributes", "SoftwareTokenMfaConfiguration", "UserPoolTags", "UserPoolTier",
}

// IsDefault reports whether a setting says no more than what holds anyway.
func IsDefault(name string, value json.RawMessage) bool {
	if len(value) == 0 {
		return true
	}
	for _, empty := range []string{"{}", "[]", "null", "false", `""`} {
		if sameJSON(value, []byte(empty)) {
			return true
		}
	}
	if name == "SignInPolicy" {
		return sameJSON(value, []byte(signInPolicy))
	}
	return sameJSON(value, defaults[name])
}
