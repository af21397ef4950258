package api

import (
	"context"
	"errors"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

type groupInput struct {
	UserPoolID  string `json:"UserPoolId"`
	GroupName   string
	Description *string
	RoleARN     *string `json:"RoleArn"`
	Precedence  *int
}

func (in *groupInput) check() error {
	var c constraints
	c.required("GroupName", in.GroupName, groupNameShape)
	c.required("UserPoolId", in.UserPoolID, poolIDShape)
	if in.Description != nil {
		c.maxLength("Description", *in.Description, 2048)
	}
	if in.RoleARN != nil {
		c.optional("RoleArn", *in.RoleARN, arnShape)
	}
	c.between("Precedence", in.Precedence, 0, 1<<31-1)
	return c.err()
}

// apply writes what the request has into the record.
func (in *groupInput) apply(g *directory.Group) {
	if in.Description != nil {
		g.Description = *in.Description
	}
	if in.RoleARN != nil {
		g.RoleARN = *in.RoleARN
	}
	if in.Precedence != nil {
		g.Precedence = in.Precedence
	}
}

// groupAnswer is GroupType.
type groupAnswer struct {
	GroupName        string
	UserPoolID       string     `json:"UserPoolId"`
	Description      string     `json:",omitempty"`
	RoleARN          string     `json:"RoleArn,omitempty"`
	Precedence       *int       `json:",omitempty"`
	LastModifiedDate *timestamp `json:",omitempty"`
	CreationDate     *timestamp `json:",omitempty"`
}

func answerGroup(g directory.Group) groupAnswer {
	return groupAnswer{g.Name, g.PoolID, g.Description, g.RoleARN, g.Precedence, stamp(g.ModifiedAt), stamp(g.CreatedAt)}
}

type groupOutput struct{ Group groupAnswer }

// groupOf returns the group of that name, or Cognito's exception.
func groupOf(tx store.Tx, poolID, name string) (directory.Group, error) {
	g, err := directory.GetGroup(tx, poolID, name)
	if errors.Is(err, store.ErrNotFound) {
		return g, notFound("Group not found.")
	}
	return g, err
}

func (a *API) createGroup(ctx context.Context, in groupInput) (groupOutput, error) {
	if err := in.check(); err != nil {
		return groupOutput{}, err
	}
	var out groupOutput
	err := a.inPool(ctx, in.UserPoolID, func(tx store.Tx, p directory.Pool) error {
		if _, err := directory.GetGroup(tx, p.ID, in.GroupName); err == nil {
			return &Error{"GroupExistsException", "A group with the name already exists."}
		} else if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		now := a.Now()
		g := directory.Group{PoolID: p.ID, Name: in.GroupName, CreatedAt: now, ModifiedAt: now}
		in.apply(&g)
		out.Group = answerGroup(g)
		return directory.PutGroup(tx, g)
	})
	return out, err
}

func (a *API) getGroup(ctx context.Context, in groupInput) (groupOutput, error) {
	if err := in.check(); err != nil {
		return groupOutput{}, err
	}
	var out groupOutput
	err := a.lookIntoPool(ctx, in.UserPoolID, func(tx store.Tx, p directory.Pool) error {
		g, err := groupOf(tx, p.ID, in.GroupName)
		out.Group = answerGroup(g)
		return err
	})
	return out, err
}

type listGroupsInput struct {
	UserPoolID string `json:"UserPoolId"`
	Limit      *int
	NextToken  string
}

type listGroupsOutput struct {
	Groups    []groupAnswer
	NextToken string `json:",omitempty"`
}

func (a *API) listGroups(ctx context.Context, in listGroupsInput) (listGroupsOutput, error) {
	out := listGroupsOutput{Groups: []groupAnswer{}}
	var c constraints
	c.required("UserPoolId", in.UserPoolID, poolIDShape)
	c.between("Limit", in.Limit, 0, maxPage)
	if err := c.err(); err != nil {
		return out, err
	}
	after, err := afterKey(in.NextToken)
	if err != nil {
		return out, err
	}
	err = a.lookIntoPool(ctx, in.UserPoolID, func(tx store.Tx, p directory.Pool) error {
		groups, next, err := page(directory.Groups(tx, p.ID, after), in.Limit, func(g directory.Group) string { return g.Name })
		for _, g := range groups {
			out.Groups = append(out.Groups, answerGroup(g))
		}
		out.NextToken = next
		return err
	})
	return out, err
}

// updateGroup leaves alone what the request leaves out. Cognito's reference does
// not say so: it is how Terraform's provider and the CLI are used.
func (a *API) updateGroup(ctx context.Context, in groupInput) (groupOutput, error) {
	if err := in.check(); err != nil {
		return groupOutput{}, err
	}
	var out groupOutput
	err := a.inPool(ctx, in.UserPoolID, func(tx store.Tx, p directory.Pool) error {
		g, err := groupOf(tx, p.ID, in.GroupName)
		if err != nil {
			return err
		}
		in.apply(&g)
		g.ModifiedAt = a.Now()
		out.Group = answerGroup(g)
		return directory.PutGroup(tx, g)
	})
	return out, err
}

func (a *API) deleteGroup(ctx context.Context, in groupInput) (empty, error) {
	if err := in.check(); err != nil {
		return empty{}, err
	}
	return empty{}, a.inPool(ctx, in.UserPoolID, func(tx store.Tx, p directory.Pool) error {
		if _, err := groupOf(tx, p.ID, in.GroupName); err != nil {
			return err
		}
		return directory.DeleteGroup(tx, p, in.GroupName)
	})
}
