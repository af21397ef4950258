package api

import (
	"context"
	"fmt"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/users"
)

// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminCreateUser.html
type adminCreateUserRequest struct {
	userRequest
	UserAttributes         []attributePair `json:"UserAttributes"`
	TemporaryPassword      string          `json:"TemporaryPassword"`
	ForceAliasCreation     bool            `json:"ForceAliasCreation"`
	MessageAction          string          `json:"MessageAction"`
	DesiredDeliveryMediums []string        `json:"DesiredDeliveryMediums"`
}

type adminCreateUserAnswer struct {
	User userShape `json:"User"`
}

const (
	actionResend   = "RESEND"
	actionSuppress = "SUPPRESS"
)

func (a *API) adminCreateUser(ctx context.Context, in adminCreateUserRequest) (adminCreateUserAnswer, error) {
	c := in.check()
	if in.TemporaryPassword != "" {
		c.typed("temporaryPassword", in.TemporaryPassword, passwordShape)
	}
	c.oneOf("messageAction", in.MessageAction, actionResend, actionSuppress)
	invitation := users.Invitation{
		Username: in.Username, Attributes: attributesIn(&c, in.UserAttributes),
		TemporaryPassword: in.TemporaryPassword, Silent: in.MessageAction == actionSuppress, Force: in.ForceAliasCreation,
	}
	if len(in.DesiredDeliveryMediums) > maxListed {
		in.DesiredDeliveryMediums = in.DesiredDeliveryMediums[:maxListed] // there are two: the rest repeats
	}
	for i, medium := range in.DesiredDeliveryMediums {
		c.oneOf(fmt.Sprintf("desiredDeliveryMediums.%d.member", i+1), medium, string(users.SMS), string(users.Email))
		invitation.Media = append(invitation.Media, users.Medium(medium))
	}
	pool, err := a.poolOf(ctx, c, in.UserPoolID)
	if err != nil {
		return adminCreateUserAnswer{}, err
	}
	var u directory.User
	if in.MessageAction == actionResend {
		u, err = a.Accounts.Reinvite(ctx, pool, invitation)
	} else {
		u, err = a.Accounts.Create(ctx, pool, invitation)
	}
	return adminCreateUserAnswer{userOut(u)}, err
}

// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminGetUser.html
type adminGetUserAnswer struct {
	Username             string          `json:"Username"`
	UserAttributes       []attributePair `json:"UserAttributes"`
	UserCreateDate       timestamp       `json:"UserCreateDate"`
	UserLastModifiedDate timestamp       `json:"UserLastModifiedDate"`
	Enabled              bool            `json:"Enabled"`
	UserStatus           string          `json:"UserStatus"`
	factors
}

func (a *API) adminGetUser(ctx context.Context, in userRequest) (adminGetUserAnswer, error) {
	pool, err := a.poolOf(ctx, in.check(), in.UserPoolID)
	if err != nil {
		return adminGetUserAnswer{}, err
	}
	u, err := a.Accounts.User(ctx, pool, in.Username)
	if err != nil {
		return adminGetUserAnswer{}, err
	}
	return adminGetUserAnswer{
		Username: u.Username, UserAttributes: attributesOut(users.Visible(u, nil)),
		UserCreateDate: timestamp(u.CreatedAt), UserLastModifiedDate: timestamp(u.ModifiedAt),
		Enabled: !u.Disabled, UserStatus: string(u.Status), factors: factorsOf(u),
	}, nil
}
