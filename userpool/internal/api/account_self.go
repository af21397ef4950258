package api

import (
	"context"

	"github.com/poolguard/poolguard/userpool/internal/users"
)

// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ChangePassword.html
type changePasswordRequest struct {
	AccessToken      string `json:"AccessToken"`
	PreviousPassword string `json:"PreviousPassword"`
	ProposedPassword string `json:"ProposedPassword"`
}

func (a *API) changePassword(ctx context.Context, in changePasswordRequest) (empty, error) {
	var c constraints
	if in.PreviousPassword != "" {
		c.typed("previousPassword", in.PreviousPassword, passwordShape)
	}
	c.typed("proposedPassword", in.ProposedPassword, passwordShape)
	access, err := a.own(ctx, c, in.AccessToken)
	if err != nil {
		return empty{}, err
	}
	return empty{}, a.Accounts.ChangePassword(ctx, access.Pool, access.User, in.PreviousPassword, in.ProposedPassword)
}

// tokenRequest is what several actions ask with nothing but an access token.
type tokenRequest struct {
	AccessToken string `json:"AccessToken"`
}

// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetUser.html
type getUserAnswer struct {
	Username       string          `json:"Username"`
	UserAttributes []attributePair `json:"UserAttributes"`
	factors
}

func (a *API) getUser(ctx context.Context, in tokenRequest) (getUserAnswer, error) {
	access, err := a.own(ctx, nil, in.AccessToken)
	if err != nil {
		return getUserAnswer{}, err
	}
	visible := users.Visible(access.User, &access.Client)
	return getUserAnswer{access.User.Username, attributesOut(visible), factorsOf(access.User)}, nil
}

// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserAttributes.html
type updateUserAttributesRequest struct {
	AccessToken    string          `json:"AccessToken"`
	UserAttributes []attributePair `json:"UserAttributes"`
}

type updateUserAttributesAnswer struct {
	CodeDeliveryDetailsList []deliveryShape `json:"CodeDeliveryDetailsList"`
}

func (a *API) updateUserAttributes(ctx context.Context, in updateUserAttributesRequest) (updateUserAttributesAnswer, error) {
	var c constraints
	attributes := attributesIn(&c, in.UserAttributes)
	access, err := a.own(ctx, c, in.AccessToken)
	if err != nil {
		return updateUserAttributesAnswer{}, err
	}
	sent, err := a.Accounts.UpdateAttributes(ctx, access.Pool, access.Client, access.User, attributes)
	out := updateUserAttributesAnswer{CodeDeliveryDetailsList: []deliveryShape{}}
	for _, d := range sent {
		out.CodeDeliveryDetailsList = append(out.CodeDeliveryDetailsList, *deliveryOut(&d))
	}
	return out, err
}

// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DeleteUserAttributes.html
type deleteUserAttributesRequest struct {
	AccessToken        string   `json:"AccessToken"`
	UserAttributeNames []string `json:"UserAttributeNames"`
}

func (a *API) deleteUserAttributes(ctx context.Context, in deleteUserAttributesRequest) (empty, error) {
	var c constraints
	c.attributeNames("userAttributeNames", in.UserAttributeNames)
	access, err := a.own(ctx, c, in.AccessToken)
	if err != nil {
		return empty{}, err
	}
	return empty{}, a.Accounts.DeleteAttributes(ctx, access.Pool, access.Client, access.User, in.UserAttributeNames)
}

// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetUserAttributeVerificationCode.html
type attributeCodeRequest struct {
	AccessToken   string `json:"AccessToken"`
	AttributeName string `json:"AttributeName"`
}

func (a *API) getUserAttributeVerificationCode(ctx context.Context, in attributeCodeRequest) (deliveryAnswer, error) {
	var c constraints
	c.required("attributeName", in.AttributeName, attributeNameShape)
	access, err := a.own(ctx, c, in.AccessToken)
	if err != nil {
		return deliveryAnswer{}, err
	}
	d, err := a.Accounts.SendVerification(ctx, access.Pool, access.Client, access.User, in.AttributeName)
	return deliveryAnswer{deliveryOut(d)}, err
}

// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_VerifyUserAttribute.html
type verifyUserAttributeRequest struct {
	attributeCodeRequest
	Code string `json:"Code"`
}

func (a *API) verifyUserAttribute(ctx context.Context, in verifyUserAttributeRequest) (empty, error) {
	var c constraints
	c.required("attributeName", in.AttributeName, attributeNameShape)
	c.typed("code", in.Code, codeShape)
	access, err := a.own(ctx, c, in.AccessToken)
	if err != nil {
		return empty{}, err
	}
	return empty{}, a.Accounts.VerifyAttribute(ctx, access.Pool, access.User, in.AttributeName, in.Code)
}

// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DeleteUser.html
func (a *API) deleteUser(ctx context.Context, in tokenRequest) (empty, error) {
	access, err := a.own(ctx, nil, in.AccessToken)
	if err != nil {
		return empty{}, err
	}
	return empty{}, a.Accounts.Delete(ctx, access.Pool, access.User)
}
