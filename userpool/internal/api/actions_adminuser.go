package api

import (
	"context"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/store"
	"github.com/poolguard/poolguard/userpool/internal/users"
)

// adminUserActions are what administrators do to users.
func (a *API) adminUserActions() map[string]action {
	return map[string]action{
		"AdminCreateUser":           iam(a.adminCreateUser),
		"AdminGetUser":              iam(a.adminGetUser),
		"AdminDeleteUser":           iam(onUser(a, a.Accounts.Remove)),
		"AdminSetUserPassword":      iam(a.adminSetUserPassword),
		"AdminConfirmSignUp":        iam(onUser(a, a.Accounts.Confirm)),
		"AdminUpdateUserAttributes": iam(a.adminUpdateUserAttributes),
		"AdminDeleteUserAttributes": iam(a.adminDeleteUserAttributes),
		"AdminEnableUser":           iam(onUser(a, enabling(a.Accounts, true))),
		"AdminDisableUser":          iam(onUser(a, enabling(a.Accounts, false))),
		"AdminResetUserPassword":    iam(onUser(a, a.Accounts.ResetPassword)),
		"AdminAddUserToGroup":       iam(inGroup(a, a.Accounts.Join)),
		"AdminRemoveUserFromGroup":  iam(inGroup(a, a.Accounts.Leave)),
		"AdminListGroupsForUser":    iam(a.adminListGroupsForUser),
		"ListUsers":                 iam(a.listUsers),
		"ListUsersInGroup":          iam(a.listUsersInGroup),
	}
}

// userRequest is what all of them ask for: a pool and a user of it.
type userRequest struct {
	UserPoolID string `json:"UserPoolId"`
	Username   string `json:"Username"`
}

func (r userRequest) check() constraints {
	var c constraints
	c.required("userPoolId", r.UserPoolID, poolIDShape)
	c.typed("username", r.Username, usernameShape)
	return c
}

// poolOf finds the pool of a request that has passed its checks.
func (a *API) poolOf(ctx context.Context, c constraints, id string) (directory.Pool, error) {
	if err := c.err(); err != nil {
		return directory.Pool{}, err
	}
	var pool directory.Pool
	err := a.lookIntoPool(ctx, id, func(_ store.Tx, p directory.Pool) error {
		pool = p
		return nil
	})
	return pool, err
}

type userAction = func(ctx context.Context, pool directory.Pool, name string) error

// onUser makes an action of what is done to a user without further ado.
func onUser(a *API, do userAction) func(context.Context, userRequest) (empty, error) {
	return func(ctx context.Context, in userRequest) (empty, error) {
		pool, err := a.poolOf(ctx, in.check(), in.UserPoolID)
		if err != nil {
			return empty{}, err
		}
		return empty{}, do(ctx, pool, in.Username)
	}
}

func enabling(s *users.Service, enabled bool) userAction {
	return func(ctx context.Context, pool directory.Pool, name string) error {
		return s.SetEnabled(ctx, pool, name, enabled)
	}
}

type groupRequest struct {
	userRequest
	GroupName string `json:"GroupName"`
}

// inGroup makes an action of what is done to a user and a group.
func inGroup(a *API, do func(ctx context.Context, pool directory.Pool, name, group string) error) func(context.Context, groupRequest) (empty, error) {
	return func(ctx context.Context, in groupRequest) (empty, error) {
		c := in.check()
		c.required("groupName", in.GroupName, groupNameShape)
		pool, err := a.poolOf(ctx, c, in.UserPoolID)
		if err != nil {
			return empty{}, err
		}
		return empty{}, do(ctx, pool, in.Username, in.GroupName)
	}
}

// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminSetUserPassword.html
type adminSetUserPasswordRequest struct {
	userRequest
	Password  string `json:"Password"`
	Permanent bool   `json:"Permanent"`
}

func (a *API) adminSetUserPassword(ctx context.Context, in adminSetUserPasswordRequest) (empty, error) {
	c := in.check()
	c.typed("password", in.Password, passwordShape)
	pool, err := a.poolOf(ctx, c, in.UserPoolID)
	if err != nil {
		return empty{}, err
	}
	return empty{}, a.Accounts.SetPassword(ctx, pool, in.Username, in.Password, in.Permanent)
}

// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminUpdateUserAttributes.html
type adminUpdateUserAttributesRequest struct {
	userRequest
	UserAttributes []attributePair `json:"UserAttributes"`
}

func (a *API) adminUpdateUserAttributes(ctx context.Context, in adminUpdateUserAttributesRequest) (empty, error) {
	c := in.check()
	attributes := attributesIn(&c, in.UserAttributes)
	pool, err := a.poolOf(ctx, c, in.UserPoolID)
	if err != nil {
		return empty{}, err
	}
	return empty{}, a.Accounts.SetAttributes(ctx, pool, in.Username, attributes)
}

// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminDeleteUserAttributes.html
type adminDeleteUserAttributesRequest struct {
	userRequest
	UserAttributeNames []string `json:"UserAttributeNames"`
}

func (a *API) adminDeleteUserAttributes(ctx context.Context, in adminDeleteUserAttributesRequest) (empty, error) {
	c := in.check()
	c.attributeNames("userAttributeNames", in.UserAttributeNames)
	pool, err := a.poolOf(ctx, c, in.UserPoolID)
	if err != nil {
		return empty{}, err
	}
	return empty{}, a.Accounts.RemoveAttributes(ctx, pool, in.Username, in.UserAttributeNames)
}
