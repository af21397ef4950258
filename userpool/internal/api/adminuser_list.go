package api

import (
	"context"
	"slices"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/users"
)

// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUsers.html
type listUsersRequest struct {
	UserPoolID      string   `json:"UserPoolId"`
	AttributesToGet []string `json:"AttributesToGet"`
	Limit           int      `json:"Limit"`
	PaginationToken string   `json:"PaginationToken"`
	Filter          string   `json:"Filter"`
}

type listUsersAnswer struct {
	Users           []userShape `json:"Users"`
	PaginationToken string      `json:"PaginationToken,omitempty"`
}

func (a *API) listUsers(ctx context.Context, in listUsersRequest) (listUsersAnswer, error) {
	var c constraints
	c.required("userPoolId", in.UserPoolID, poolIDShape)
	c.attributeNames("attributesToGet", in.AttributesToGet)
	c.limit(in.Limit)
	c.optional("filter", in.Filter, filterShape)
	c.optional("paginationToken", in.PaginationToken, pageTokenShape)
	pool, err := a.poolOf(ctx, c, in.UserPoolID)
	if err != nil {
		return listUsersAnswer{}, err
	}
	filter, err := users.ParseFilter(in.Filter)
	if err != nil {
		return listUsersAnswer{}, err
	}
	page, err := a.Accounts.Users(ctx, pool, filter, in.Limit, in.PaginationToken)
	return listUsersAnswer{usersOut(page.Users, in.AttributesToGet), page.Next}, err
}

// usersOut shows users with those attributes, or all where there are none.
func usersOut(users []directory.User, wanted []string) []userShape {
	shapes := make([]userShape, 0, len(users))
	for _, u := range users {
		s := userOut(u)
		if len(wanted) > 0 {
			s.Attributes = slices.DeleteFunc(s.Attributes, func(at attributePair) bool { return !slices.Contains(wanted, at.Name) })
		}
		shapes = append(shapes, s)
	}
	return shapes
}

// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUsersInGroup.html
type listUsersInGroupRequest struct {
	UserPoolID string `json:"UserPoolId"`
	GroupName  string `json:"GroupName"`
	Limit      int    `json:"Limit"`
	NextToken  string `json:"NextToken"`
}

type listUsersInGroupAnswer struct {
	Users     []userShape `json:"Users"`
	NextToken string      `json:"NextToken,omitempty"`
}

func (a *API) listUsersInGroup(ctx context.Context, in listUsersInGroupRequest) (listUsersInGroupAnswer, error) {
	var c constraints
	c.required("userPoolId", in.UserPoolID, poolIDShape)
	c.required("groupName", in.GroupName, groupNameShape)
	c.limit(in.Limit)
	c.optional("nextToken", in.NextToken, pageTokenShape)
	pool, err := a.poolOf(ctx, c, in.UserPoolID)
	if err != nil {
		return listUsersInGroupAnswer{}, err
	}
	page, err := a.Accounts.Members(ctx, pool, in.GroupName, in.Limit, in.NextToken)
	return listUsersInGroupAnswer{usersOut(page.Users, nil), page.Next}, err
}

// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminListGroupsForUser.html
type adminListGroupsForUserRequest struct {
	userRequest
	Limit     int    `json:"Limit"`
	NextToken string `json:"NextToken"`
}

type adminListGroupsForUserAnswer struct {
	Groups    []groupAnswer `json:"Groups"`
	NextToken string        `json:"NextToken,omitempty"`
}

func (a *API) adminListGroupsForUser(ctx context.Context, in adminListGroupsForUserRequest) (adminListGroupsForUserAnswer, error) {
	c := in.check()
	c.limit(in.Limit)
	c.optional("nextToken", in.NextToken, pageTokenShape)
	pool, err := a.poolOf(ctx, c, in.UserPoolID)
	if err != nil {
		return adminListGroupsForUserAnswer{}, err
	}
	page, err := a.Accounts.GroupsOf(ctx, pool, in.Username, in.Limit, in.NextToken)
	out := adminListGroupsForUserAnswer{Groups: []groupAnswer{}, NextToken: page.Next}
	for _, g := range page.Groups {
		out.Groups = append(out.Groups, answerGroup(g))
	}
	return out, err
}
