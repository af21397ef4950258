package api

import (
	"context"
	"errors"
	"slices"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

type providerInput struct {
	UserPoolID       string `json:"UserPoolId"`
	ProviderName     string
	ProviderType     string
	ProviderDetails  map[string]string
	AttributeMapping map[string]string
	IDPIdentifiers   []string `json:"IdpIdentifiers"`
}

// providerAnswer is IdentityProviderType.
type providerAnswer struct {
	UserPoolID       string `json:"UserPoolId"`
	ProviderName     string
	ProviderType     string
	ProviderDetails  map[string]string
	AttributeMapping map[string]string `json:",omitempty"`
	IDPIdentifiers   []string          `json:"IdpIdentifiers,omitempty"`
	LastModifiedDate *timestamp        `json:",omitempty"`
	CreationDate     *timestamp        `json:",omitempty"`
}

type providerOutput struct{ IdentityProvider providerAnswer }

func answerProvider(p directory.Provider) providerAnswer {
	details := p.Details
	if details == nil {
		details = map[string]string{}
	}
	return providerAnswer{p.PoolID, p.Name, p.Type, details, p.Mapping, p.Identifiers, stamp(p.ModifiedAt), stamp(p.CreatedAt)}
}

var providerTypes = []string{"SAML", "Facebook", "Google", "LoginWithAmazon", "SignInWithApple", "OIDC"}

func (in *providerInput) check() error {
	var c constraints
	c.required("UserPoolId", in.UserPoolID, poolIDShape)
	c.required("ProviderName", in.ProviderName, providerShape)
	c.each("idpIdentifiers", in.IDPIdentifiers, idpShape)
	c.atMost("IdpIdentifiers", len(in.IDPIdentifiers), 50)
	for name := range in.AttributeMapping {
		c.maxLength("attributeMapping", name, 32)
	}
	return c.err()
}

// checkNew looks at what creating needs beyond check. That the providers of social
// networks are named like their types: https://github.com/aws/aws-cli/issues/3179.
func (in *providerInput) checkNew() error {
	var c constraints
	c.present("ProviderType", in.ProviderType != "")
	c.oneOf("ProviderType", in.ProviderType, providerTypes...)
	c.present("ProviderDetails", in.ProviderDetails != nil)
	if err := c.err(); err != nil {
		return err
	}
	social := in.ProviderType != "SAML" && in.ProviderType != "OIDC"
	if social != (slices.Contains(providerTypes[1:5], in.ProviderName)) || social && in.ProviderName != in.ProviderType {
		return invalidParameter("Provider %s cannot be of type %s.", in.ProviderName, in.ProviderType)
	}
	return nil
}

// apply writes what the request has into the record. `identities` names an issuer
// for OpenID Connect only.
func (in *providerInput) apply(p *directory.Provider) {
	if in.ProviderDetails != nil {
		p.Details = in.ProviderDetails
		p.Issuer = in.ProviderDetails["oidc_issuer"]
	}
	if in.AttributeMapping != nil {
		p.Mapping = in.AttributeMapping
	}
	if in.IDPIdentifiers != nil {
		p.Identifiers = in.IDPIdentifiers
	}
}

// providerOf returns the provider of that name, or Cognito's exception.
func providerOf(tx store.Tx, poolID, name string) (directory.Provider, error) {
	p, err := directory.GetProvider(tx, poolID, name)
	if errors.Is(err, store.ErrNotFound) {
		return p, notFound("Identity provider %s does not exist.", name)
	}
	return p, err
}

// createIdentityProvider makes a provider that is only simulated: what would reach
// the real one is kept and not used. The message for a name that is taken:
// aws-cloudformation/cloudformation-coverage-roadmap#1287.
func (a *API) createIdentityProvider(ctx context.Context, in providerInput) (providerOutput, error) {
	if err := in.check(); err != nil {
		return providerOutput{}, err
	}
	if err := in.checkNew(); err != nil {
		return providerOutput{}, err
	}
	now := a.Now()
	p := directory.Provider{PoolID: in.UserPoolID, Name: in.ProviderName, Type: in.ProviderType, CreatedAt: now, ModifiedAt: now}
	in.apply(&p)
	if faults := p.Faults(); len(faults) > 0 {
		return providerOutput{}, invalidParameter("Provider%s %s", faults[0].Field, faults[0].Message) // the words are a guess
	}
	err := a.inPool(ctx, in.UserPoolID, func(tx store.Tx, pool directory.Pool) error {
		if _, err := directory.GetProvider(tx, pool.ID, p.Name); err == nil {
			return exception("DuplicateProviderException", "%s already exists in user pool %s", p.Name, pool.ID)
		} else if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if err := identifiersFree(tx, p); err != nil {
			return err
		}
		return directory.PutProvider(tx, p)
	})
	if err != nil {
		return providerOutput{}, err
	}
	a.warnOfProvider(ctx, "CreateIdentityProvider", in)
	return providerOutput{answerProvider(p)}, nil
}

func (a *API) warnOfProvider(ctx context.Context, action string, in providerInput) {
	a.Logger.WarnContext(ctx, "settings taken, not acted upon: the provider is simulated", "action", action, "settings", []string{"ProviderDetails"},
		"provider", in.ProviderName)
}

// identifiersFree wants identifiers that no other provider of the pool has. The
// message is a guess.
func identifiersFree(tx store.Tx, p directory.Provider) error {
	all, err := directory.Providers(tx, p.PoolID)
	if err != nil {
		return err
	}
	for _, other := range all {
		for _, identifier := range p.Identifiers {
			if other.Name != p.Name && slices.Contains(other.Identifiers, identifier) {
				return invalidParameter("Identifier %s is already in use by another identity provider.", identifier)
			}
		}
	}
	return nil
}

func (a *API) describeIdentityProvider(ctx context.Context, in providerInput) (providerOutput, error) {
	if err := in.check(); err != nil {
		return providerOutput{}, err
	}
	var out providerOutput
	err := a.lookIntoPool(ctx, in.UserPoolID, func(tx store.Tx, pool directory.Pool) error {
		p, err := providerOf(tx, pool.ID, in.ProviderName)
		out.IdentityProvider = answerProvider(p)
		return err
	})
	return out, err
}

type identifierInput struct {
	UserPoolID    string `json:"UserPoolId"`
	IDPIdentifier string `json:"IdpIdentifier"`
}

func (a *API) getIdentityProviderByIdentifier(ctx context.Context, in identifierInput) (providerOutput, error) {
	var out providerOutput
	var c constraints
	c.required("UserPoolId", in.UserPoolID, poolIDShape)
	c.required("IdpIdentifier", in.IDPIdentifier, idpShape)
	if err := c.err(); err != nil {
		return out, err
	}
	err := a.lookIntoPool(ctx, in.UserPoolID, func(tx store.Tx, pool directory.Pool) error {
		all, err := directory.Providers(tx, pool.ID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(p directory.Provider) bool { return slices.Contains(p.Identifiers, in.IDPIdentifier) })
		if i < 0 {
			return notFound("Identity provider for identifier %s does not exist.", in.IDPIdentifier) // a guess
		}
		out.IdentityProvider = answerProvider(all[i])
		return nil
	})
	return out, err
}

// providerSummary is ProviderDescription.
type providerSummary struct {
	ProviderName     string
	ProviderType     string
	LastModifiedDate *timestamp `json:",omitempty"`
	CreationDate     *timestamp `json:",omitempty"`
}

type listProvidersOutput struct {
	Providers []providerSummary
	NextToken string `json:",omitempty"`
}

func (a *API) listIdentityProviders(ctx context.Context, in listInput) (listProvidersOutput, error) {
	out := listProvidersOutput{Providers: []providerSummary{}}
	after, err := in.check(0, maxPage)
	if err != nil {
		return out, err
	}
	err = a.lookIntoPool(ctx, in.UserPoolID, func(tx store.Tx, pool directory.Pool) error {
		all, err := directory.Providers(tx, pool.ID)
		if err != nil {
			return err
		}
		found, next, err := pageOf(all, after, in.MaxResults, func(p directory.Provider) string { return p.Name })
		for _, p := range found {
			out.Providers = append(out.Providers, providerSummary{p.Name, p.Type, stamp(p.ModifiedAt), stamp(p.CreatedAt)})
		}
		out.NextToken = next
		return err
	})
	return out, err
}

// updateIdentityProvider leaves alone what the request leaves out.
func (a *API) updateIdentityProvider(ctx context.Context, in providerInput) (providerOutput, error) {
	if err := in.check(); err != nil {
		return providerOutput{}, err
	}
	var out providerOutput
	err := a.inPool(ctx, in.UserPoolID, func(tx store.Tx, pool directory.Pool) error {
		p, err := providerOf(tx, pool.ID, in.ProviderName)
		if err != nil {
			return err
		}
		in.apply(&p)
		p.ModifiedAt = a.Now()
		if err := identifiersFree(tx, p); err != nil {
			return err
		}
		out.IdentityProvider = answerProvider(p)
		return directory.PutProvider(tx, p)
	})
	if err == nil && in.ProviderDetails != nil {
		a.warnOfProvider(ctx, "UpdateIdentityProvider", in)
	}
	return out, err
}

func (a *API) deleteIdentityProvider(ctx context.Context, in providerInput) (empty, error) {
	if err := in.check(); err != nil {
		return empty{}, err
	}
	return empty{}, a.inPool(ctx, in.UserPoolID, func(tx store.Tx, pool directory.Pool) error {
		if _, err := providerOf(tx, pool.ID, in.ProviderName); err != nil {
			return err
		}
		return directory.DeleteProvider(tx, pool.ID, in.ProviderName)
	})
}
