package api

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"

	strict "github.com/go-json-experiment/json"

	"github.com/poolguard/poolguard/userpool/internal/describe"
	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// poolInput is the request of CreateUserPool and UpdateUserPool.
type poolInput struct {
	describe.Pool
	poolInputOwn
	ignored []string // names of members that the API does not have
}

// poolInputOwn are the members that requests have under names of their own.
type poolInputOwn struct {
	UserPoolID string `json:"UserPoolId"`
	PoolName   string
	Schema     []directory.Attribute
}

// UnmarshalJSON reads both kinds of members.
func (in *poolInput) UnmarshalJSON(b []byte) error {
	if err := strict.Unmarshal(b, &in.poolInputOwn); err != nil {
		return err
	}
	if err := strict.Unmarshal(b, &in.Pool); err != nil {
		return err
	}
	// What only descriptions have.
	in.ID, in.ARN, in.Name, in.SchemaAttributes, in.CreatedAt, in.ModifiedAt = in.UserPoolID, "", in.PoolName, nil, nil, nil
	for _, name := range []string{"UserPoolId", "PoolName", "Schema"} {
		delete(in.Others, name)
	}
	var err error
	in.ignored, err = in.Settle()
	return err
}

type poolIDInput struct {
	UserPoolID string `json:"UserPoolId"`
}

func (in *poolIDInput) check() error {
	var c constraints
	c.required("UserPoolId", in.UserPoolID, poolIDShape)
	return c.err()
}

type poolOutput struct{ UserPool describe.Pool }

// check looks at what both requests have.
func (in *poolInput) check(c *constraints) {
	if in.Policies != nil && in.Policies.PasswordPolicy != nil {
		policy := in.Policies.PasswordPolicy
		c.between("policies.passwordPolicy.minimumLength", policy.MinimumLength, 6, 99)
		c.between("policies.passwordPolicy.passwordHistorySize", policy.PasswordHistorySize, 0, 24)
		c.between("policies.passwordPolicy.temporaryPasswordValidityDays", policy.TemporaryPasswordValidityDays, 0, 365)
	}
	if in.AdminCreateUserConfig != nil {
		c.between("adminCreateUserConfig.unusedAccountValidityDays", in.AdminCreateUserConfig.UnusedAccountValidityDays, 0, 365)
	}
	c.oneOf("DeletionProtection", in.DeletionProtection, "ACTIVE", "INACTIVE")
	c.oneOf("MfaConfiguration", in.MFAConfiguration, directory.MFAOff, directory.MFAOn, directory.MFAOptional)
	c.eachOf("AutoVerifiedAttributes", in.AutoVerifiedAttributes, "phone_number", "email")
	c.eachOf("AliasAttributes", in.AliasAttributes, "phone_number", "email", "preferred_username")
	c.eachOf("UsernameAttributes", in.UsernameAttributes, "phone_number", "email")
}

// checkTogether looks at members that depend on one another.
func (in *poolInput) checkTogether() error {
	if in.Policies != nil && in.Policies.PasswordPolicy != nil && in.Policies.PasswordPolicy.TemporaryPasswordValidityDays != nil &&
		in.AdminCreateUserConfig != nil && in.AdminCreateUserConfig.UnusedAccountValidityDays != nil {
		return invalidParameter("Please use TemporaryPasswordValidityDays in PasswordPolicy instead of UnusedAccountValidityDays")
	}
	return nil
}

// checkMFA wants a second factor where MFA is on: text messages, or an
// authenticator app by SetUserPoolMfaConfig.
func checkMFA(p *directory.Pool) error {
	if p.MFA == "" || p.MFA == directory.MFAOff || p.Settings["SmsConfiguration"] != nil || mfaOf(p).any() {
		return nil
	}
	return invalidParameter("SMS configuration and Auto verification for phone_number are required when MFA is required/optional")
}

func (a *API) createUserPool(ctx context.Context, in poolInput) (poolOutput, error) {
	var c constraints
	c.required("PoolName", in.PoolName, labelShape)
	in.check(&c)
	checkSchema(&c, "schema", in.Schema)
	if err := c.err(); err != nil {
		return poolOutput{}, err
	}
	if err := in.checkTogether(); err != nil {
		return poolOutput{}, err
	}
	schema, err := schemaOf(in.Schema)
	if err != nil {
		return poolOutput{}, err
	}
	in.SchemaAttributes = schema
	p := in.Record()
	p.CreatedAt = a.Now()
	p.ModifiedAt = p.CreatedAt
	err = a.Store.Update(ctx, func(tx store.Tx) error {
		for {
			p.ID = a.newPoolRegion(ctx) + "_" + a.Random.String(9, poolIDLetters)
			if _, err := directory.GetPool(tx, p.ID); errors.Is(err, store.ErrNotFound) {
				break
			}
		}
		if err := poolException(&p); err != nil {
			return err
		}
		return directory.PutPool(tx, p)
	})
	if err != nil {
		return poolOutput{}, err
	}
	a.SignIns.Issuer.Prepare(p.ID) //nolint:contextcheck // keys are made for all requests to come
	a.warnOfSettings(ctx, "CreateUserPool", p.Settings, in.ignored...)
	out := poolOutput{describe.OfPool(p)}
	out.UserPool.EstimatedNumberOfUsers = new(int)
	return out, nil
}

const poolIDLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// poolException is Cognito's for a pool that cannot be.
func poolException(p *directory.Pool) error {
	faults := p.Faults()
	switch {
	case len(faults) == 0:
		return checkMFA(p)
	case faults[0].Field == "AliasAttributes":
		return invalidParameter("Only one of the aliasAttributes or usernameAttributes can be set in a user pool.")
	}
	first := faults[0].Renamed(describe.PoolNames())
	return invalidParameter("%s %s", first.Field, first.Message)
}

func (a *API) describeUserPool(ctx context.Context, in poolIDInput) (poolOutput, error) {
	if err := in.check(); err != nil {
		return poolOutput{}, err
	}
	var out poolOutput
	err := a.lookIntoPool(ctx, in.UserPoolID, func(tx store.Tx, p directory.Pool) error {
		out.UserPool = describe.OfPool(p)
		users := 0
		for _, err := range directory.Users(tx, p, "") {
			if err != nil {
				return err
			}
			users++
		}
		out.UserPool.EstimatedNumberOfUsers = &users
		domain, custom, err := domainsOf(tx, &p)
		out.UserPool.Domain, out.UserPool.CustomDomain = domain, custom
		return err
	})
	return out, err
}

// updateUserPool gives what is left out its default, as Cognito does, but for what
// cannot change after the pool was made and for what has an action of its own.
func (a *API) updateUserPool(ctx context.Context, in poolInput) (empty, error) {
	var c constraints
	c.required("UserPoolId", in.UserPoolID, poolIDShape)
	c.optional("PoolName", in.PoolName, labelShape)
	in.check(&c)
	if err := c.err(); err != nil {
		return empty{}, err
	}
	if err := in.checkTogether(); err != nil {
		return empty{}, err
	}
	updated := in.Record()
	err := a.inPool(ctx, in.UserPoolID, func(tx store.Tx, old directory.Pool) error {
		p := updated
		p.ID, p.CreatedAt, p.ModifiedAt = old.ID, old.CreatedAt, a.Now()
		p.Name = cmp.Or(p.Name, old.Name)
		p.UsernameAttributes, p.AliasAttributes, p.CaseSensitive = old.UsernameAttributes, old.AliasAttributes, old.CaseSensitive
		p.Custom, p.AnyCustom, p.Domains = old.Custom, old.AnyCustom, old.Domains
		for _, name := range append([]string{"SchemaAttributes"}, mfaConfigNames...) {
			if value, ok := old.Settings[name]; ok {
				if p.Settings == nil {
					p.Settings = map[string]json.RawMessage{}
				}
				p.Settings[name] = value
			}
		}
		if err := poolException(&p); err != nil {
			return err
		}
		return directory.PutPool(tx, p)
	})
	if err == nil {
		a.warnOfSettings(ctx, "UpdateUserPool", updated.Settings, in.ignored...)
	}
	return empty{}, err
}

func (a *API) deleteUserPool(ctx context.Context, in poolIDInput) (empty, error) {
	if err := in.check(); err != nil {
		return empty{}, err
	}
	err := a.inPool(ctx, in.UserPoolID, func(tx store.Tx, p directory.Pool) error {
		if p.DeletionProtection {
			return invalidParameter("The user pool cannot be deleted because deletion protection is activated. Deletion protection must be inactivated first.")
		}
		domain, custom, err := domainsOf(tx, &p)
		if err != nil {
			return err
		}
		if domain != "" || custom != "" {
			return invalidParameter("User pool cannot be deleted. It has a domain configured that should be deleted first.")
		}
		return directory.DeletePool(tx, p.ID)
	})
	if err == nil {
		a.SignIns.Issuer.Forget(in.UserPoolID)
	}
	return empty{}, err
}
