package api

import (
	"context"
	"errors"
	"fmt"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// resourceScope is ResourceServerScopeType.
type resourceScope struct{ ScopeName, ScopeDescription string }

// resourceServer is ResourceServerType, and what requests say of it.
type resourceServer struct {
	UserPoolID string `json:"UserPoolId"`
	Identifier string
	Name       string
	Scopes     []resourceScope
}

// maxResourceServers is what ListResourceServers lists at most.
const maxResourceServers = 50

func (in *resourceServer) checkKey(c *constraints) {
	c.required("UserPoolId", in.UserPoolID, poolIDShape)
	c.required("Identifier", in.Identifier, identifierShape)
}

func (in *resourceServer) check() error {
	var c constraints
	in.checkKey(&c)
	c.required("Name", in.Name, longLabelShape)
	c.atMost("Scopes", len(in.Scopes), 100)
	for i, s := range in.Scopes {
		at := fmt.Sprintf("scopes.%d.member.", i+1)
		c.required(at+"scopeName", s.ScopeName, scopeShape)
		c.present(at+"scopeDescription", s.ScopeDescription != "")
		c.maxLength(at+"scopeDescription", s.ScopeDescription, 256)
	}
	return c.err()
}

func (in *resourceServer) record() (directory.ResourceServer, error) {
	r := directory.ResourceServer{PoolID: in.UserPoolID, Identifier: in.Identifier, Name: in.Name}
	for _, s := range in.Scopes {
		r.Scopes = append(r.Scopes, directory.ResourceScope{Name: s.ScopeName, Description: s.ScopeDescription})
	}
	if faults := r.Faults(); len(faults) > 0 {
		return r, invalidParameter("%s %s", faults[0].Field, faults[0].Message) // the words are a guess
	}
	return r, nil
}

func answerResourceServer(r directory.ResourceServer) resourceServer {
	out := resourceServer{r.PoolID, r.Identifier, r.Name, []resourceScope{}}
	for _, s := range r.Scopes {
		out.Scopes = append(out.Scopes, resourceScope{s.Name, s.Description})
	}
	return out
}

type resourceServerOutput struct{ ResourceServer resourceServer }

// resourceServerOf returns the one of that identifier, or an exception whose
// message is a guess.
func resourceServerOf(tx store.Tx, poolID, identifier string) (directory.ResourceServer, error) {
	r, err := directory.GetResourceServer(tx, poolID, identifier)
	if errors.Is(err, store.ErrNotFound) {
		return r, notFound("Resource server %s does not exist.", identifier)
	}
	return r, err
}

func (a *API) createResourceServer(ctx context.Context, in resourceServer) (resourceServerOutput, error) {
	return a.putResourceServer(ctx, in, func(tx store.Tx) error {
		_, err := directory.GetResourceServer(tx, in.UserPoolID, in.Identifier)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		return invalidParameter("%s already exists in user pool %s.", in.Identifier, in.UserPoolID) // a guess
	})
}

// updateResourceServer replaces all of it.
func (a *API) updateResourceServer(ctx context.Context, in resourceServer) (resourceServerOutput, error) {
	return a.putResourceServer(ctx, in, func(tx store.Tx) error {
		_, err := resourceServerOf(tx, in.UserPoolID, in.Identifier)
		return err
	})
}

func (a *API) putResourceServer(ctx context.Context, in resourceServer, allowed func(store.Tx) error) (resourceServerOutput, error) {
	if err := in.check(); err != nil {
		return resourceServerOutput{}, err
	}
	r, err := in.record()
	if err != nil {
		return resourceServerOutput{}, err
	}
	err = a.inPool(ctx, in.UserPoolID, func(tx store.Tx, _ directory.Pool) error {
		if err := allowed(tx); err != nil {
			return err
		}
		return directory.PutResourceServer(tx, r)
	})
	if err != nil {
		return resourceServerOutput{}, err
	}
	return resourceServerOutput{answerResourceServer(r)}, nil
}

func (a *API) describeResourceServer(ctx context.Context, in resourceServer) (resourceServerOutput, error) {
	var out resourceServerOutput
	var c constraints
	in.checkKey(&c)
	if err := c.err(); err != nil {
		return out, err
	}
	err := a.lookIntoPool(ctx, in.UserPoolID, func(tx store.Tx, p directory.Pool) error {
		r, err := resourceServerOf(tx, p.ID, in.Identifier)
		out.ResourceServer = answerResourceServer(r)
		return err
	})
	return out, err
}

type listInput struct {
	UserPoolID string `json:"UserPoolId"`
	MaxResults *int
	NextToken  string
}

// check returns the key that the list continues after.
func (in *listInput) check(low, high int) (after string, err error) {
	var c constraints
	c.required("UserPoolId", in.UserPoolID, poolIDShape)
	c.between("MaxResults", in.MaxResults, low, high)
	if err := c.err(); err != nil {
		return "", err
	}
	return afterKey(in.NextToken)
}

type listResourceServersOutput struct {
	ResourceServers []resourceServer
	NextToken       string `json:",omitempty"`
}

func (a *API) listResourceServers(ctx context.Context, in listInput) (listResourceServersOutput, error) {
	out := listResourceServersOutput{ResourceServers: []resourceServer{}}
	after, err := in.check(1, maxResourceServers)
	if err != nil {
		return out, err
	}
	if in.MaxResults == nil {
		most := maxResourceServers
		in.MaxResults = &most
	}
	err = a.lookIntoPool(ctx, in.UserPoolID, func(tx store.Tx, p directory.Pool) error {
		all, err := directory.ResourceServers(tx, p.ID)
		if err != nil {
			return err
		}
		found, next, err := pageOf(all, after, in.MaxResults, func(r directory.ResourceServer) string { return r.Identifier })
		for _, r := range found {
			out.ResourceServers = append(out.ResourceServers, answerResourceServer(r))
		}
		out.NextToken = next
		return err
	})
	return out, err
}

// deleteResourceServer leaves clients alone that name its scopes, as others found
// Cognito to do (aws-cloudformation/cloudformation-coverage-roadmap#173).
func (a *API) deleteResourceServer(ctx context.Context, in resourceServer) (empty, error) {
	var c constraints
	in.checkKey(&c)
	if err := c.err(); err != nil {
		return empty{}, err
	}
	return empty{}, a.inPool(ctx, in.UserPoolID, func(tx store.Tx, p directory.Pool) error {
		if _, err := resourceServerOf(tx, p.ID, in.Identifier); err != nil {
			return err
		}
		return directory.DeleteResourceServer(tx, p.ID, in.Identifier)
	})
}
