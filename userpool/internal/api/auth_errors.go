package api

import (
	"errors"

	"github.com/poolguard/poolguard/userpool/internal/authflow"
	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/srp"
	"github.com/poolguard/poolguard/userpool/internal/users"
)

// authExceptions are the exceptions of signing in, in words that people quote from
// the answers of Cognito, unless a comment says otherwise.
var authExceptions = []struct {
	err       error
	exception Error
}{
	{authflow.ErrSessionInvalid, Error{"NotAuthorizedException", "Invalid session for the user."}},
	{authflow.ErrSessionExpired, Error{"NotAuthorizedException", "Invalid session for the user, session is expired."}},
	{authflow.ErrSessionUsed, Error{"NotAuthorizedException", "Invalid session for the user, session can only be used once."}},
	{authflow.ErrWrongCode, Error{"CodeMismatchException", "Invalid code received for user"}},
	{authflow.ErrCodeUsed, Error{"ExpiredCodeException", "Your software token has already been used once."}},
	{authflow.ErrNoTOTP, Error{"SoftwareTokenMFANotFoundException", "Software Token MFA does not exist for the user."}},
	{authflow.ErrMFAOff, Error{"SoftwareTokenMFANotFoundException", "Software Token MFA has not been enabled by the userPool"}},
	{srp.ErrTimestamp, Error{"InvalidParameterException", "TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english"}},
	// A guess: only the exception was seen.
	{srp.ErrPublicValue, Error{"InvalidParameterException", "SRP_A is not a valid value."}},
	{directory.ErrAliasExists, Error{"AliasExistsException", "An account with the given email already exists."}},
}

// authError turns an error of signing in into Cognito's exception. A client that
// hides who exists does not say that a user is unknown.
func authError(client directory.Client, err error) error {
	if errors.Is(err, authflow.ErrNoUser) && client.HideUnknownUsers {
		return authflow.ErrWrongPassword
	}
	for _, known := range authExceptions {
		if errors.Is(err, known.err) {
			return &known.exception
		}
	}
	return users.Refusal(err)
}

func flowNotEnabled(flow string) error {
	switch flow {
	case "USER_PASSWORD_AUTH":
		return invalidParameter("USER_PASSWORD_AUTH flow not enabled for this client")
	case "ADMIN_USER_PASSWORD_AUTH":
		return invalidParameter("Auth flow not enabled for this client")
	}
	// Seen for USER_SRP_AUTH and CUSTOM_AUTH; for the others a guess.
	return invalidParameter("%s is not enabled for the client.", flow)
}
