package api

import (
	"errors"
	"strings"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/signin"
	"github.com/poolguard/poolguard/userpool/internal/srp"
)

// authExceptions are the exceptions of signing in, in words that people quote from
// the answers of Cognito, unless a comment says otherwise.
var authExceptions = []struct {
	err       error
	exception Error
}{
	{signin.ErrSessionInvalid, Error{"NotAuthorizedException", "Invalid session for the user."}},
	{signin.ErrSessionExpired, Error{"NotAuthorizedException", "Invalid session for the user, session is expired."}},
	{signin.ErrSessionUsed, Error{"NotAuthorizedException", "Invalid session for the user, session can only be used once."}},
	{signin.ErrWrongCode, Error{"CodeMismatchException", "Invalid code received for user"}},
	{signin.ErrCodeUsed, Error{"ExpiredCodeException", "Your software token has already been used once."}},
	{signin.ErrNoTOTP, Error{"SoftwareTokenMFANotFoundException", "Software Token MFA does not exist for the user."}},
	{signin.ErrMFAOff, Error{"SoftwareTokenMFANotFoundException", "Software Token MFA has not been enabled by the userPool"}},
	{srp.ErrTimestamp, Error{"InvalidParameterException", "TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english"}},
	// A guess: only the exception was seen.
	{srp.ErrPublicValue, Error{"InvalidParameterException", "SRP_A is not a valid value."}},
	// A guess: only the exception is documented.
	{signin.ErrPasswordUsed, Error{"PasswordHistoryPolicyViolationException", "Password has previously been used."}},
	{directory.ErrAliasExists, Error{"AliasExistsException", "An account with the given email already exists."}},
}

// policyWords follow "Password did not conform with policy: ".
var policyWords = map[signin.Lack]string{
	signin.LackLength:    "Password not long enough",
	signin.LackUppercase: "Password must have uppercase characters",
	signin.LackLowercase: "Password must have lowercase characters",
	signin.LackNumbers:   "Password must have numeric characters",
	signin.LackSymbols:   "Password must have symbol characters",
}

// authError turns an error of signing in into Cognito's exception. A client that
// hides who exists does not say that a user is unknown.
func authError(client directory.Client, err error) error {
	if errors.Is(err, signin.ErrNoUser) && client.HideUnknownUsers {
		return signin.ErrWrongPassword
	}
	if weak := new(signin.PolicyError); errors.As(err, &weak) {
		return exception("InvalidPasswordException", "Password did not conform with policy: %s", policyWords[weak.Lack])
	}
	if bad := new(signin.AttributeError); errors.As(err, &bad) {
		return attributeException(bad)
	}
	for _, known := range authExceptions {
		if errors.Is(err, known.err) {
			return &known.exception
		}
	}
	return err
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

// attributeException has words that were seen, but for the length.
func attributeException(bad *signin.AttributeError) error {
	switch bad.Why {
	case signin.AttributeUnwritable:
		return notAuthorized("A client attempted to write unauthorized attribute")
	case signin.AttributeProvided:
		// https://github.com/aws-samples/aws-saas-factory-bootcamp/issues/67
		return notAuthorized("Cannot modify an already provided " + bad.Name)
	case signin.AttributeUnknown:
		return invalidParameter("Attributes did not conform to the schema: %s: Attribute does not exist in the schema.", name128(bad.Name))
	case signin.AttributeTooLong:
	}
	return invalidParameter("Attributes did not conform to the schema: %s: String must be no longer than 2048 characters", bad.Name)
}

// name128 keeps an absurd name out of the answer and the log.
func name128(name string) string {
	return strings.ToValidUTF8(name[:min(len(name), 128)], "")
}
