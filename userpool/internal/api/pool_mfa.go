package api

import (
	"cmp"
	"context"
	"encoding/json"

	strict "github.com/go-json-experiment/json"

	"github.com/poolguard/poolguard/userpool/internal/describe"
	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// mfaConfigNames are the settings of a pool that SetUserPoolMfaConfig writes.
var mfaConfigNames = []string{"SmsMfaConfiguration", "SoftwareTokenMfaConfiguration", "EmailMfaConfiguration", "WebAuthnConfiguration"}

// mfaConfig is what SetUserPoolMfaConfig takes, and answers as GetUserPoolMfaConfig
// does.
type mfaConfig struct {
	SMSMFAConfiguration           json.RawMessage `json:"SmsMfaConfiguration,omitempty"`
	SoftwareTokenMFAConfiguration *softwareToken  `json:"SoftwareTokenMfaConfiguration,omitempty"`
	EmailMFAConfiguration         json.RawMessage `json:"EmailMfaConfiguration,omitempty"`
	WebAuthnConfiguration         json.RawMessage `json:",omitempty"`
	MFAConfiguration              string          `json:"MfaConfiguration,omitempty"`
}

type softwareToken struct{ Enabled bool }

// any reports whether there is a second factor.
func (m *mfaConfig) any() bool {
	return m.SMSMFAConfiguration != nil || m.EmailMFAConfiguration != nil ||
		m.SoftwareTokenMFAConfiguration != nil && m.SoftwareTokenMFAConfiguration.Enabled
}

// mfaOf is a pool's configuration.
func mfaOf(p *directory.Pool) *mfaConfig {
	m := mfaConfig{
		SMSMFAConfiguration: p.Settings["SmsMfaConfiguration"], EmailMFAConfiguration: p.Settings["EmailMfaConfiguration"],
		WebAuthnConfiguration: p.Settings["WebAuthnConfiguration"], MFAConfiguration: p.MFA,
	}
	if raw, ok := p.Settings["SoftwareTokenMfaConfiguration"]; ok {
		m.SoftwareTokenMFAConfiguration = &softwareToken{}
		if json.Unmarshal(raw, m.SoftwareTokenMFAConfiguration) != nil {
			m.SoftwareTokenMFAConfiguration = nil // written by no action of ours
		}
	}
	if m.MFAConfiguration == "" {
		m.MFAConfiguration = directory.MFAOff
	}
	return &m
}

// keep writes the configuration into the pool, with nothing left of the old one.
func (m *mfaConfig) keep(p *directory.Pool) error {
	if p.Settings == nil {
		p.Settings = map[string]json.RawMessage{}
	}
	for i, value := range []json.RawMessage{m.SMSMFAConfiguration, nil, m.EmailMFAConfiguration, m.WebAuthnConfiguration} {
		delete(p.Settings, mfaConfigNames[i])
		if value != nil && string(value) != "null" {
			p.Settings[mfaConfigNames[i]] = value
		}
	}
	if m.SoftwareTokenMFAConfiguration != nil {
		raw, err := json.Marshal(m.SoftwareTokenMFAConfiguration)
		if err != nil {
			return err
		}
		p.Settings["SoftwareTokenMfaConfiguration"] = raw
	}
	p.MFA = m.MFAConfiguration
	return nil
}

type setMFAConfigInput struct {
	UserPoolID string `json:"UserPoolId"`
	mfaConfig
}

// UnmarshalJSON wants the factors that are kept as they came to be of their shapes.
func (in *setMFAConfigInput) UnmarshalJSON(b []byte) error {
	type plain setMFAConfigInput
	if err := strict.Unmarshal(b, (*plain)(in)); err != nil {
		return err
	}
	return cmp.Or(
		describe.Settle("SmsMfaConfiguration", &in.SMSMFAConfiguration),
		describe.Settle("EmailMfaConfiguration", &in.EmailMFAConfiguration),
		describe.Settle("WebAuthnConfiguration", &in.WebAuthnConfiguration))
}

// setUserPoolMfaConfig replaces the whole configuration. The messages are quoted
// in the issues of Terraform's provider and of aws-cdk.
func (a *API) setUserPoolMfaConfig(ctx context.Context, in setMFAConfigInput) (*mfaConfig, error) {
	var c constraints
	c.required("UserPoolId", in.UserPoolID, poolIDShape)
	c.oneOf("MfaConfiguration", in.MFAConfiguration, directory.MFAOff, directory.MFAOn, directory.MFAOptional)
	if err := c.err(); err != nil {
		return nil, err
	}
	var out *mfaConfig
	err := a.inPool(ctx, in.UserPoolID, func(tx store.Tx, p directory.Pool) error {
		off := in.MFAConfiguration == "" || in.MFAConfiguration == directory.MFAOff
		if off && in.any() {
			return invalidParameter("Invalid MFA configuration given, can't turn off MFA and configure an MFA together.")
		}
		if !off && !in.any() {
			return invalidParameter("Invalid MFA Configuration given. SMS MFA, Email MFA, or Software Token MFA must be enabled.")
		}
		if err := in.keep(&p); err != nil {
			return err
		}
		p.ModifiedAt = a.Now()
		out = mfaOf(&p)
		return directory.PutPool(tx, p)
	})
	if err != nil {
		return nil, err
	}
	a.warnOfSettings(ctx, "SetUserPoolMfaConfig", map[string]json.RawMessage{
		"SmsMfaConfiguration": in.SMSMFAConfiguration, "EmailMfaConfiguration": in.EmailMFAConfiguration,
		"WebAuthnConfiguration": in.WebAuthnConfiguration,
	})
	return out, nil
}

func (a *API) getUserPoolMfaConfig(ctx context.Context, in poolIDInput) (*mfaConfig, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	var out *mfaConfig
	err := a.lookIntoPool(ctx, in.UserPoolID, func(_ store.Tx, p directory.Pool) error {
		out = mfaOf(&p)
		return nil
	})
	return out, err
}
