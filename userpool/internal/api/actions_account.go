package api

import (
	"context"
	"errors"

	"github.com/poolguard/poolguard/userpool/internal/account"
	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/signin"
)

// accountActions are those that users and app clients need for accounts. Members of
// the requests that mean nothing here (ClientMetadata, UserContextData,
// AnalyticsMetadata, ValidationData) are taken and ignored: they are for triggers
// and services that this server does not have.
func (a *API) accountActions() map[string]action {
	return map[string]action{
		"SignUp":                           public(refusing(a.signUp)),
		"ConfirmSignUp":                    public(refusing(a.confirmSignUp)),
		"ResendConfirmationCode":           public(refusing(a.resendConfirmationCode)),
		"ForgotPassword":                   public(refusing(a.forgotPassword)),
		"ConfirmForgotPassword":            public(refusing(a.confirmForgotPassword)),
		"ChangePassword":                   public(refusing(a.changePassword)),
		"GetUser":                          public(refusing(a.getUser)),
		"UpdateUserAttributes":             public(refusing(a.updateUserAttributes)),
		"DeleteUserAttributes":             public(refusing(a.deleteUserAttributes)),
		"GetUserAttributeVerificationCode": public(refusing(a.getUserAttributeVerificationCode)),
		"VerifyUserAttribute":              public(refusing(a.verifyUserAttribute)),
		"DeleteUser":                       public(refusing(a.deleteUser)),
	}
}

// refusing turns the refusals of package account into exceptions.
func refusing[In, Out any](run func(context.Context, In) (Out, error)) func(context.Context, In) (Out, error) {
	return func(ctx context.Context, in In) (Out, error) {
		out, err := run(ctx, in)
		if refused := new(account.Error); errors.As(err, &refused) {
			err = &Error{string(refused.Code), refused.Message}
		}
		return out, err
	}
}

// clientOf finds the app client of a request that names a user.
func (a *API) clientOf(ctx context.Context, id, username, hash string) (directory.Pool, directory.Client, error) {
	pool, client, err := a.SignIns.Client(ctx, id)
	if err != nil {
		return pool, client, err
	}
	return pool, client, checkSecretHash(client, username, hash)
}

// own judges the access token with which users come to their own accounts.
func (a *API) own(ctx context.Context, token string) (signin.Access, error) {
	access, err := a.authAccess(ctx, token)
	if err == nil && access.User.Status == directory.ResetRequired {
		err = signin.ErrResetRequired
	}
	return access, err
}
