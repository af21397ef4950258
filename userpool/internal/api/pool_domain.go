package api

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"

	strict "github.com/go-json-experiment/json"

	"github.com/poolguard/poolguard/userpool/internal/describe"
	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

type domainInput struct {
	Domain              string
	UserPoolID          string          `json:"UserPoolId"`
	ManagedLoginVersion json.RawMessage `json:",omitempty"`
	CustomDomainConfig  json.RawMessage `json:",omitempty"`
	Routing             json.RawMessage `json:",omitempty"`
}

// UnmarshalJSON wants what is kept as it came to be of its shape.
func (in *domainInput) UnmarshalJSON(b []byte) error {
	type plain domainInput
	if err := strict.Unmarshal(b, (*plain)(in)); err != nil {
		return err
	}
	return cmp.Or(
		describe.Settle("ManagedLoginVersion", &in.ManagedLoginVersion),
		describe.Settle("CustomDomainConfig", &in.CustomDomainConfig),
		describe.Settle("Routing", &in.Routing))
}

type domainOutput struct {
	ManagedLoginVersion json.RawMessage `json:",omitempty"`
	CloudFrontDomain    string          `json:",omitempty"`
	Routing             json.RawMessage `json:",omitempty"`
}

// cloudFront stands for the distribution that serves a custom domain: nothing is
// made, and the name resolves nowhere (RFC 6761 §6.4).
const cloudFront = "cloudfront.invalid"

// assetsBucket stands for the bucket with the files of the pages. Cognito has one for each
// Region; here the pages are part of the server.
const assetsBucket = "local-assets"

// maxDomain is the length that DomainType allows, of custom domains too.
const maxDomain = 63

var (
	prefixPattern = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$`)
	domainPattern = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?){2,}$`)
)

func given(raw json.RawMessage) bool { return raw != nil }

// check looks at the name: a prefix or, with a certificate, a whole name of three
// parts or more. Messages are quoted in issues of Terraform modules and aws-cdk.
func (in *domainInput) check() error {
	var c constraints
	c.present("Domain", in.Domain != "")
	c.maxLength("Domain", in.Domain, maxDomain)
	c.required("UserPoolId", in.UserPoolID, poolIDShape)
	if err := c.err(); err != nil {
		return err
	}
	custom := given(in.CustomDomainConfig)
	switch {
	case custom && !domainPattern.MatchString(in.Domain):
		return invalidParameter("Custom domain is not a valid subdomain")
	case !custom && !prefixPattern.MatchString(in.Domain):
		return invalidParameter("The domain name contains an invalid character. Domain names can only contain lower-case letters, numbers, and hyphens. " +
			`Please enter a different name that follows this format: ^[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?$`)
	}
	return nil
}

// settings are what the record keeps beside the name.
func (in *domainInput) settings() map[string]json.RawMessage {
	s := map[string]json.RawMessage{
		"ManagedLoginVersion": in.ManagedLoginVersion, "CustomDomainConfig": in.CustomDomainConfig, "Routing": in.Routing,
	}
	maps.DeleteFunc(s, func(_ string, value json.RawMessage) bool { return !given(value) })
	return s
}

func (in *domainInput) answer() domainOutput {
	out := domainOutput{ManagedLoginVersion: in.ManagedLoginVersion, Routing: in.Routing}
	if given(in.CustomDomainConfig) {
		out.CloudFrontDomain = cloudFront
	}
	return out
}

// domainsOf returns a pool's prefix domain and its custom domain, each "" if none.
func domainsOf(tx store.Tx, p *directory.Pool) (prefix, custom string, err error) {
	names := slices.Sorted(maps.Keys(p.Domains))
	// One of the server's configuration has no settings.
	first, err := directory.DomainOfPool(tx, p.ID)
	if err != nil {
		return "", "", err
	}
	for _, name := range append(names, first) {
		if strings.Contains(name, ".") {
			custom = name
		} else if name != "" {
			prefix = name
		}
	}
	return prefix, custom, nil
}

func (a *API) createUserPoolDomain(ctx context.Context, in domainInput) (domainOutput, error) {
	if err := in.check(); err != nil {
		return domainOutput{}, err
	}
	err := a.inPool(ctx, in.UserPoolID, func(tx store.Tx, p directory.Pool) error {
		if _, err := directory.PoolOfDomain(tx, in.Domain); err == nil {
			return invalidParameter("Domain already associated with another user pool.")
		} else if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		prefix, custom, err := domainsOf(tx, &p)
		if err != nil {
			return err
		}
		if given(in.CustomDomainConfig) && custom != "" || !given(in.CustomDomainConfig) && prefix != "" {
			return invalidParameter("User pool already has a domain configured.")
		}
		return a.putDomain(tx, p, in)
	})
	if err != nil {
		return domainOutput{}, err
	}
	a.warnOfDomain(ctx, "CreateUserPoolDomain", in)
	return in.answer(), nil
}

func (a *API) putDomain(tx store.Tx, p directory.Pool, in domainInput) error {
	if p.Domains == nil {
		p.Domains = map[string]map[string]json.RawMessage{}
	}
	p.Domains[in.Domain] = in.settings()
	if err := directory.PutDomain(tx, in.Domain, p.ID); err != nil {
		return err
	}
	return directory.PutPool(tx, p)
}

func (a *API) warnOfDomain(ctx context.Context, action string, in domainInput) {
	settings := in.settings()
	for name, value := range settings {
		if describe.IsDefault(name, value) {
			delete(settings, name)
		}
	}
	a.warnOfSettings(ctx, action, settings)
}

type domainDescription struct {
	UserPoolID             string          `json:"UserPoolId"`
	AWSAccountID           string          `json:"AWSAccountId"`
	Domain                 string          `json:"Domain"`
	S3Bucket               string          `json:"S3Bucket"`
	CloudFrontDistribution string          `json:"CloudFrontDistribution"`
	Version                string          `json:"Version"`
	Status                 string          `json:"Status"`
	CustomDomainConfig     json.RawMessage `json:"CustomDomainConfig"`
	ManagedLoginVersion    json.RawMessage `json:"ManagedLoginVersion"`
	Routing                json.RawMessage `json:",omitempty"`
}

type domainDescriptionOutput struct{ DomainDescription any }

// describeUserPoolDomain answers an unknown name with an empty description, as
// Terraform's provider expects it of Cognito.
func (a *API) describeUserPoolDomain(ctx context.Context, in domainInput) (domainDescriptionOutput, error) {
	out := domainDescriptionOutput{empty{}}
	var c constraints
	c.present("Domain", in.Domain != "")
	c.maxLength("Domain", in.Domain, maxDomain)
	if err := c.err(); err != nil {
		return out, err
	}
	err := a.Store.View(ctx, func(tx store.Tx) error {
		id, err := directory.PoolOfDomain(tx, in.Domain)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		p, err := poolOf(tx, id)
		if err != nil {
			return err
		}
		s := p.Domains[in.Domain]
		d := domainDescription{
			UserPoolID: id, AWSAccountID: "000000000000", Domain: in.Domain, Status: "ACTIVE",
			S3Bucket: assetsBucket, CloudFrontDistribution: cloudFront, Version: p.CreatedAt.UTC().Format("20060102150405"),
			CustomDomainConfig: json.RawMessage("{}"), ManagedLoginVersion: json.RawMessage("1"), Routing: s["Routing"],
		}
		if config, ok := s["CustomDomainConfig"]; ok {
			d.CustomDomainConfig = config
		}
		if version, ok := s["ManagedLoginVersion"]; ok {
			d.ManagedLoginVersion = version
		}
		out.DomainDescription = d
		return nil
	})
	return out, err
}

func (a *API) updateUserPoolDomain(ctx context.Context, in domainInput) (domainOutput, error) {
	if err := in.check(); err != nil {
		return domainOutput{}, err
	}
	err := a.inPool(ctx, in.UserPoolID, func(tx store.Tx, p directory.Pool) error {
		if err := ownsDomain(tx, in.Domain, p.ID); err != nil {
			return err
		}
		return a.putDomain(tx, p, in)
	})
	if err != nil {
		return domainOutput{}, err
	}
	a.warnOfDomain(ctx, "UpdateUserPoolDomain", in)
	return in.answer(), nil
}

// ownsDomain wants the domain to be the pool's. Terraform's provider knows the message.
func ownsDomain(tx store.Tx, domain, poolID string) error {
	owner, err := directory.PoolOfDomain(tx, domain)
	if errors.Is(err, store.ErrNotFound) || err == nil && owner != poolID {
		return invalidParameter("No such domain or user pool exists.")
	}
	return err
}

func (a *API) deleteUserPoolDomain(ctx context.Context, in domainInput) (empty, error) {
	var c constraints
	c.present("Domain", in.Domain != "")
	c.maxLength("Domain", in.Domain, maxDomain)
	c.required("UserPoolId", in.UserPoolID, poolIDShape)
	if err := c.err(); err != nil {
		return empty{}, err
	}
	return empty{}, a.inPool(ctx, in.UserPoolID, func(tx store.Tx, p directory.Pool) error {
		if err := ownsDomain(tx, in.Domain, p.ID); err != nil {
			return err
		}
		delete(p.Domains, in.Domain)
		if err := directory.DeleteDomain(tx, in.Domain); err != nil {
			return err
		}
		return directory.PutPool(tx, p)
	})
}
