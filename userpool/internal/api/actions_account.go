package api

import (
	"context"

	"github.com/poolguard/poolguard/userpool/internal/authflow"
	"github.com/poolguard/poolguard/userpool/internal/directory"
)

// accountActions are those that users and app clients need for accounts. Members of
// the requests that mean nothing here (ClientMetadata, UserContextData,
// AnalyticsMetadata, ValidationData) are taken and ignored: they are for triggers
// and services that this server does not have.
func (a *API) accountActions() map[string]action {
	return map[string]action{
		"SignUp":                           public(a.signUp),
		"ConfirmSignUp":                    public(a.confirmSignUp),
		"ResendConfirmationCode":           public(a.resendConfirmationCode),
		"ForgotPassword":                   public(a.forgotPassword),
		"ConfirmForgotPassword":            public(a.confirmForgotPassword),
		"ChangePassword":                   public(a.changePassword),
		"GetUser":                          public(a.getUser),
		"UpdateUserAttributes":             public(a.updateUserAttributes),
		"DeleteUserAttributes":             public(a.deleteUserAttributes),
		"GetUserAttributeVerificationCode": public(a.getUserAttributeVerificationCode),
		"VerifyUserAttribute":              public(a.verifyUserAttribute),
		"DeleteUser":                       public(a.deleteUser),
	}
}

// clientOf finds the app client of a request that names a user, and has passed its
// checks.
func (a *API) clientOf(ctx context.Context, c constraints, id, username, hash string) (directory.Pool, directory.Client, error) {
	if err := c.err(); err != nil {
		return directory.Pool{}, directory.Client{}, err
	}
	pool, client, err := a.authClient(ctx, "", id)
	if err != nil {
		return pool, client, err
	}
	return pool, client, checkSecretHash(client, username, hash)
}

// own judges the access token with which users come to their own accounts, after the
// checks of the rest of the request.
func (a *API) own(ctx context.Context, c constraints, token string) (authflow.Access, error) {
	access, err := a.authAccess(ctx, c, token)
	if err == nil && access.User.Status == directory.ResetRequired {
		err = authflow.ErrResetRequired
	}
	return access, err
}
