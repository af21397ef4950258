package api

import (
	"cmp"
	"context"
	"errors"

	strict "github.com/go-json-experiment/json"

	"github.com/poolguard/poolguard/userpool/internal/describe"
	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// clientInput is the request of CreateUserPoolClient and UpdateUserPoolClient.
type clientInput struct {
	describe.Client
	clientInputOwn
	ignored []string // names of members that the API does not have
}

// clientInputOwn is what only requests have.
type clientInputOwn struct{ GenerateSecret bool }

// UnmarshalJSON reads the members of clients and the requests' own.
func (in *clientInput) UnmarshalJSON(b []byte) error {
	if err := strict.Unmarshal(b, &in.clientInputOwn); err != nil {
		return err
	}
	if err := strict.Unmarshal(b, &in.Client); err != nil {
		return err
	}
	in.CreatedAt, in.ModifiedAt = nil, nil
	delete(in.Others, "GenerateSecret")
	var err error
	in.ignored, err = in.Settle()
	return err
}

type clientOutput struct{ UserPoolClient describe.Client }

// check looks at what both requests have.
func (in *clientInput) check(c *constraints) {
	c.required("UserPoolId", in.PoolID, poolIDShape)
	c.between("RefreshTokenValidity", in.RefreshTokenValidity, 0, 315360000)
	c.between("AccessTokenValidity", in.AccessTokenValidity, 1, 86400)
	c.between("IdTokenValidity", in.IDTokenValidity, 1, 86400)
	if u := in.TokenValidityUnits; u != nil {
		c.oneOf("tokenValidityUnits.accessToken", u.AccessToken, describe.Units()...)
		c.oneOf("tokenValidityUnits.idToken", u.IDToken, describe.Units()...)
		c.oneOf("tokenValidityUnits.refreshToken", u.RefreshToken, describe.Units()...)
	}
	c.eachOf("ExplicitAuthFlows", in.ExplicitAuthFlows, directory.AuthFlowNames()...)
	c.each("SupportedIdentityProviders", in.SupportedIdentityProviders, providerShape)
	c.each("CallbackURLs", in.CallbackURLs, urlShape)
	c.atMost("CallbackURLs", len(in.CallbackURLs), 100)
	c.each("LogoutURLs", in.LogoutURLs, urlShape)
	c.atMost("LogoutURLs", len(in.LogoutURLs), 100)
	c.optional("DefaultRedirectURI", in.DefaultRedirectURI, urlShape)
	c.eachOf("AllowedOAuthFlows", in.AllowedOAuthFlows, directory.FlowImplicit, directory.FlowClientCredentials, directory.FlowCode)
	c.atMost("AllowedOAuthFlows", len(in.AllowedOAuthFlows), 3)
	c.each("AllowedOAuthScopes", in.AllowedOAuthScopes, identifierShape)
	c.atMost("AllowedOAuthScopes", len(in.AllowedOAuthScopes), 50)
	c.oneOf("PreventUserExistenceErrors", in.PreventUserExistenceErrors, "LEGACY", "ENABLED")
	c.between("AuthSessionValidity", in.AuthSessionValidity, 3, 15)
	if r := in.RefreshTokenRotation; r != nil {
		c.present("refreshTokenRotation.feature", r.Feature != "")
		c.oneOf("refreshTokenRotation.feature", r.Feature, "ENABLED", "DISABLED")
		c.between("refreshTokenRotation.retryGracePeriodSeconds", r.RetryGracePeriodSeconds, 0, 60)
	}
}

const (
	clientIDLetters = "abcdefghijklmnopqrstuvwxyz0123456789"
	clientIDLength  = 26
	secretLength    = 51
)

// createUserPoolClient makes a client that works at once, because only the store keeps
// clients.
func (a *API) createUserPoolClient(ctx context.Context, in clientInput) (clientOutput, error) {
	var c constraints
	c.required("ClientName", in.Name, labelShape)
	c.optional("ClientSecret", string(in.Secret), newSecretShape)
	in.check(&c)
	if err := c.err(); err != nil {
		return clientOutput{}, err
	}
	if in.GenerateSecret && in.Secret != "" {
		return clientOutput{}, invalidParameter("GenerateSecret and ClientSecret cannot be used together.") // a guess
	}
	client := in.Record()
	if in.GenerateSecret {
		client.Secret = directory.Secret(a.Random.String(secretLength, clientIDLetters))
	}
	client.CreatedAt = a.Now()
	client.ModifiedAt = client.CreatedAt
	err := a.inPool(ctx, in.PoolID, func(tx store.Tx, p directory.Pool) error {
		for {
			client.ID = a.Random.String(clientIDLength, clientIDLetters)
			if _, err := directory.GetClient(tx, client.ID); errors.Is(err, store.ErrNotFound) {
				break
			}
		}
		if err := clientException(tx, &p, &client, &in.Client); err != nil {
			return err
		}
		return directory.PutClient(tx, client)
	})
	if err != nil {
		return clientOutput{}, err
	}
	a.warnOfSettings(ctx, "CreateUserPoolClient", client.Settings, in.ignored...)
	return clientOutput{describe.OfClient(client)}, nil
}

type clientIDInput struct {
	UserPoolID string `json:"UserPoolId"`
	ClientID   string `json:"ClientId"`
}

func (in *clientIDInput) check() error {
	var c constraints
	c.required("UserPoolId", in.UserPoolID, poolIDShape)
	c.required("ClientId", in.ClientID, clientIDShape)
	return c.err()
}

// clientOf returns the pool's client of that ID, or Cognito's exception.
func clientOf(tx store.Tx, p *directory.Pool, id string) (directory.Client, error) {
	c, err := directory.GetClient(tx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && c.PoolID != p.ID {
		return directory.Client{}, noClient(id)
	}
	return c, err
}

func (a *API) describeUserPoolClient(ctx context.Context, in clientIDInput) (clientOutput, error) {
	if err := in.check(); err != nil {
		return clientOutput{}, err
	}
	var out clientOutput
	err := a.lookIntoPool(ctx, in.UserPoolID, func(tx store.Tx, p directory.Pool) error {
		c, err := clientOf(tx, &p, in.ClientID)
		if err != nil {
			return err
		}
		out.UserPoolClient = describe.OfClient(c)
		return nil
	})
	return out, err
}

// clientSummary is UserPoolClientDescription.
type clientSummary struct {
	ClientID   string `json:"ClientId"`
	UserPoolID string `json:"UserPoolId"`
	ClientName string
}

type listClientsOutput struct {
	UserPoolClients []clientSummary
	NextToken       string `json:",omitempty"`
}

func (a *API) listUserPoolClients(ctx context.Context, in listInput) (listClientsOutput, error) {
	out := listClientsOutput{UserPoolClients: []clientSummary{}}
	after, err := in.check(1, maxPage)
	if err != nil {
		return out, err
	}
	err = a.lookIntoPool(ctx, in.UserPoolID, func(tx store.Tx, p directory.Pool) error {
		found, next, err := page(directory.Clients(tx, p.ID, after), in.MaxResults, func(c directory.Client) string { return c.ID })
		for _, c := range found {
			out.UserPoolClients = append(out.UserPoolClients, clientSummary{c.ID, c.PoolID, c.Name})
		}
		out.NextToken = next
		return err
	})
	return out, err
}

// updateUserPoolClient gives what is left out its default, as Cognito does. The
// name and the secret stay.
func (a *API) updateUserPoolClient(ctx context.Context, in clientInput) (clientOutput, error) {
	var c constraints
	c.required("ClientId", in.ID, clientIDShape)
	c.optional("ClientName", in.Name, labelShape)
	in.check(&c)
	if err := c.err(); err != nil {
		return clientOutput{}, err
	}
	updated := in.Record()
	err := a.inPool(ctx, in.PoolID, func(tx store.Tx, p directory.Pool) error {
		old, err := clientOf(tx, &p, in.ID)
		if err != nil {
			return err
		}
		updated.Name = cmp.Or(updated.Name, old.Name)
		updated.Secret, updated.CreatedAt, updated.ModifiedAt = old.Secret, old.CreatedAt, a.Now()
		updated.Claims = old.Claims // of the server's configuration
		if err := clientException(tx, &p, &updated, &in.Client); err != nil {
			return err
		}
		return directory.PutClient(tx, updated)
	})
	if err != nil {
		return clientOutput{}, err
	}
	a.warnOfSettings(ctx, "UpdateUserPoolClient", updated.Settings, in.ignored...)
	return clientOutput{describe.OfClient(updated)}, nil
}

func (a *API) deleteUserPoolClient(ctx context.Context, in clientIDInput) (empty, error) {
	if err := in.check(); err != nil {
		return empty{}, err
	}
	return empty{}, a.inPool(ctx, in.UserPoolID, func(tx store.Tx, p directory.Pool) error {
		c, err := clientOf(tx, &p, in.ClientID)
		if err != nil {
			return err
		}
		return directory.DeleteClient(tx, c)
	})
}
