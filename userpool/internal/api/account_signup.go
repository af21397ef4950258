package api

import (
	"context"

	"github.com/poolguard/poolguard/userpool/internal/users"
)

// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_SignUp.html
type signUpRequest struct {
	ClientID       string          `json:"ClientId"`
	SecretHash     string          `json:"SecretHash"`
	Username       string          `json:"Username"`
	Password       string          `json:"Password"`
	UserAttributes []attributePair `json:"UserAttributes"`
}

type signUpAnswer struct {
	UserConfirmed       bool           `json:"UserConfirmed"`
	CodeDeliveryDetails *deliveryShape `json:"CodeDeliveryDetails,omitempty"`
	UserSub             string         `json:"UserSub"`
}

func (a *API) signUp(ctx context.Context, in signUpRequest) (signUpAnswer, error) {
	var c constraints
	c.required("clientId", in.ClientID, clientIDShape)
	c.typed("username", in.Username, usernameShape)
	c.typed("password", in.Password, passwordShape)
	attributes := attributesIn(&c, in.UserAttributes)
	pool, client, err := a.clientOf(ctx, c, in.ClientID, in.Username, in.SecretHash)
	if err != nil {
		return signUpAnswer{}, err
	}
	up, err := a.Accounts.SignUp(ctx, pool, client, users.NewUser{Username: in.Username, Password: in.Password, Attributes: attributes})
	return signUpAnswer{up.Confirmed, deliveryOut(up.Delivery), up.Sub}, err
}

// namedRequest is what several actions ask of a client and a user.
type namedRequest struct {
	ClientID   string `json:"ClientId"`
	SecretHash string `json:"SecretHash"`
	Username   string `json:"Username"`
}

func (r namedRequest) check() constraints {
	var c constraints
	c.required("clientId", r.ClientID, clientIDShape)
	c.typed("username", r.Username, usernameShape)
	return c
}

// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ConfirmSignUp.html
type confirmSignUpRequest struct {
	namedRequest
	ConfirmationCode   string `json:"ConfirmationCode"`
	ForceAliasCreation bool   `json:"ForceAliasCreation"`
}

func (a *API) confirmSignUp(ctx context.Context, in confirmSignUpRequest) (empty, error) {
	c := in.check()
	c.typed("confirmationCode", in.ConfirmationCode, codeShape)
	pool, client, err := a.clientOf(ctx, c, in.ClientID, in.Username, in.SecretHash)
	if err != nil {
		return empty{}, err
	}
	return empty{}, a.Accounts.ConfirmSignUp(ctx, pool, client, in.Username, in.ConfirmationCode, in.ForceAliasCreation)
}

// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ResendConfirmationCode.html
func (a *API) resendConfirmationCode(ctx context.Context, in namedRequest) (deliveryAnswer, error) {
	pool, client, err := a.clientOf(ctx, in.check(), in.ClientID, in.Username, in.SecretHash)
	if err != nil {
		return deliveryAnswer{}, err
	}
	d, err := a.Accounts.ResendConfirmationCode(ctx, pool, client, in.Username)
	return deliveryAnswer{deliveryOut(d)}, err
}

// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ForgotPassword.html
func (a *API) forgotPassword(ctx context.Context, in namedRequest) (deliveryAnswer, error) {
	pool, client, err := a.clientOf(ctx, in.check(), in.ClientID, in.Username, in.SecretHash)
	if err != nil {
		return deliveryAnswer{}, err
	}
	d, err := a.Accounts.ForgotPassword(ctx, pool, client, in.Username)
	return deliveryAnswer{deliveryOut(d)}, err
}

// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ConfirmForgotPassword.html
type confirmForgotPasswordRequest struct {
	namedRequest
	ConfirmationCode string `json:"ConfirmationCode"`
	Password         string `json:"Password"`
}

func (a *API) confirmForgotPassword(ctx context.Context, in confirmForgotPasswordRequest) (empty, error) {
	c := in.check()
	c.typed("confirmationCode", in.ConfirmationCode, codeShape)
	c.typed("password", in.Password, passwordShape)
	pool, client, err := a.clientOf(ctx, c, in.ClientID, in.Username, in.SecretHash)
	if err != nil {
		return empty{}, err
	}
	return empty{}, a.Accounts.ConfirmForgotPassword(ctx, pool, client, in.Username, in.ConfirmationCode, in.Password)
}
