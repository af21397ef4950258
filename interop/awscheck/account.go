package awscheck

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	idp "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
)

var factorQuestions = []Question{
	{"factors/not-there", decision6, "What does SetUserMFAPreference answer for factors that the user pool does not have?", askMissingFactors},
	{"factors/not-set-up", decision6, "Can an authenticator app be preferred before it is set up, or while it is disabled?", askPreference},
	{"factors/token-or-session", decision6, "What does AssociateSoftwareToken answer to neither and both of AccessToken and Session?", askTokenOrSession},
	{"factors/wrong-codes", decision6, "What does the challenge for an authenticator app answer to wrong codes, and do they lock the user?", askWrongCodes},
}

func askMissingFactors(ctx context.Context, w *world) (string, error) {
	result, err := w.newSignIn(ctx)
	if err != nil {
		return "", err
	}
	return outcomes(
		namedCall{"SMS", second(w.API.SetUserMFAPreference(ctx, &idp.SetUserMFAPreferenceInput{
			AccessToken: result.AccessToken, SMSMfaSettings: &types.SMSMfaSettingsType{Enabled: true},
		}))},
		namedCall{"e-mail", second(w.API.SetUserMFAPreference(ctx, &idp.SetUserMFAPreferenceInput{
			AccessToken: result.AccessToken, EmailMfaSettings: &types.EmailMfaSettingsType{Enabled: true},
		}))},
	)
}

func askPreference(ctx context.Context, w *world) (string, error) {
	result, err := w.newSignIn(ctx)
	if err != nil {
		return "", err
	}
	set := func(enabled, preferred bool) error {
		return second(w.API.SetUserMFAPreference(ctx, &idp.SetUserMFAPreferenceInput{
			AccessToken: result.AccessToken, SoftwareTokenMfaSettings: &types.SoftwareTokenMfaSettingsType{Enabled: enabled, PreferredMfa: preferred},
		}))
	}
	return outcomes(namedCall{"not set up", set(true, true)}, namedCall{"preferred and disabled", set(false, true)})
}

func askTokenOrSession(ctx context.Context, w *world) (string, error) {
	result, err := w.newSignIn(ctx)
	if err != nil {
		return "", err
	}
	return outcomes(
		namedCall{"neither", second(w.API.AssociateSoftwareToken(ctx, &idp.AssociateSoftwareTokenInput{}))},
		namedCall{"both", second(w.API.AssociateSoftwareToken(ctx, &idp.AssociateSoftwareTokenInput{
			AccessToken: result.AccessToken, Session: aws.String(strings.Repeat("s", 30)),
		}))},
	)
}

// wrongCodes is more than the five wrong passwords after which Cognito waits.
const wrongCodes = 7

func askWrongCodes(ctx context.Context, w *world) (string, error) {
	name, _, err := w.withAuthenticator(ctx)
	if err != nil {
		return "", err
	}
	var said []string
	for range wrongCodes {
		started, err := w.initiate(ctx, w.web, types.AuthFlowTypeUserPasswordAuth, map[string]string{"USERNAME": name, "PASSWORD": password})
		if err == nil {
			_, err = w.answer(ctx, started, map[string]string{"USERNAME": name, "SOFTWARE_TOKEN_MFA_CODE": "000000"})
		}
		text, err := outcome(err)
		if err != nil {
			return "", err
		}
		if len(said) == 0 || said[len(said)-1] != text {
			said = append(said, text)
		}
	}
	return strings.Join(said, ", then "), nil
}

var attributeQuestions = []Question{
	{"attributes/number", decision6, "Which values does an attribute of type Number accept?", askNumbers},
	{"attributes/datetime", decision6, "Which values does an attribute of type DateTime accept?", askTimes},
	{"attributes/email", decision6, "Which values does the attribute email accept?", askEmails},
	{"attributes/phone", decision6, "Which values does the attribute phone_number accept?", askPhones},
	{"attributes/unknown", decision6, "What do AdminCreateUser and SignUp answer to an attribute that the schema does not have?", askUnknownAttribute},
	{"attributes/delete", decision6, "Can an immutable attribute be changed or deleted, and what of unknown ones?", askDelete},
	{"attributes/missing", decision6, "What does SignUp answer if more than two required attributes are missing?", askMissing},
	{"attributes/name", decision6, "Can an attribute that users sign in with be deleted?", askNameAttribute},
	{"attributes/first-password", decision6, "Can an immutable attribute be set with the first own password?", askFirstPassword},
	{"attributes/verify", decision6, "What does GetUserAttributeVerificationCode answer for an attribute that cannot be verified or has no value?", askVerify},
}

// values tries the values of an attribute with a user for each.
func (w *world) values(ctx context.Context, name string, values ...string) (string, error) {
	var calls []namedCall
	for _, value := range values {
		user, err := w.user(ctx)
		if err != nil {
			return "", err
		}
		calls = append(calls, namedCall{fmt.Sprintf("%q", value), second(w.API.AdminUpdateUserAttributes(ctx, &idp.AdminUpdateUserAttributesInput{
			UserPoolId: &w.pool, Username: &user, UserAttributes: []types.AttributeType{attribute(name, value)},
		}))})
	}
	return outcomes(calls...)
}

func askNumbers(ctx context.Context, w *world) (string, error) {
	return w.values(ctx, "custom:size", "12", "-1", "+1", "1.5", "1e3", "0x1", "12a", "")
}

func askTimes(ctx context.Context, w *world) (string, error) {
	return w.values(ctx, "custom:since", "2026-01-31", "2026-01-31T10:00:00Z", "1769853600", "yesterday")
}

func askEmails(ctx context.Context, w *world) (string, error) {
	return w.values(ctx, "email", "a@example.com", "a@b", "a", "a b@example.com", "a@@example.com", "ä@example.com")
}

func askPhones(ctx context.Context, w *world) (string, error) {
	return w.values(ctx, "phone_number", "+15555550123", "15555550123", "+1 555 555 0123", "+1")
}

func askUnknownAttribute(ctx context.Context, w *world) (string, error) {
	unknown := []types.AttributeType{attribute("custom:unknown", "x")}
	return outcomes(
		namedCall{"AdminCreateUser", second(w.API.AdminCreateUser(ctx, &idp.AdminCreateUserInput{
			UserPoolId: &w.pool, Username: aws.String("unknown1"), MessageAction: types.MessageActionTypeSuppress, UserAttributes: unknown,
		}))},
		namedCall{"SignUp", second(w.API.SignUp(ctx, &idp.SignUpInput{
			ClientId: &w.web, Username: aws.String("unknown2"), Password: aws.String(password), UserAttributes: unknown,
		}))},
	)
}

func askDelete(ctx context.Context, w *world) (string, error) {
	name, err := w.user(ctx, attribute("custom:fixed", "one"))
	if err != nil {
		return "", err
	}
	remove := func(attributes ...string) error {
		return second(w.API.AdminDeleteUserAttributes(ctx, &idp.AdminDeleteUserAttributesInput{UserPoolId: &w.pool, Username: &name, UserAttributeNames: attributes}))
	}
	return outcomes(
		namedCall{"change an immutable one", second(w.API.AdminUpdateUserAttributes(ctx, &idp.AdminUpdateUserAttributesInput{
			UserPoolId: &w.pool, Username: &name, UserAttributes: []types.AttributeType{attribute("custom:fixed", "two")},
		}))},
		namedCall{"delete an immutable one", remove("custom:fixed")},
		namedCall{"delete an unknown one", remove("custom:unknown")},
		namedCall{"delete sub", remove("sub")},
		namedCall{"delete one without a value", remove("nickname")},
	)
}

func askVerify(ctx context.Context, w *world) (string, error) {
	result, err := w.newSignIn(ctx)
	if err != nil {
		return "", err
	}
	verify := func(name string) error {
		return second(w.API.GetUserAttributeVerificationCode(ctx, &idp.GetUserAttributeVerificationCodeInput{AccessToken: result.AccessToken, AttributeName: &name}))
	}
	// Neither call sends a message: a name cannot be verified, and the user has no telephone number.
	return outcomes(namedCall{"name", verify("name")}, namedCall{"phone_number without a value", verify("phone_number")})
}

func askMissing(ctx context.Context, w *world) (string, error) {
	var required []types.SchemaAttributeType
	for _, name := range []string{"email", "family_name", "given_name", "nickname"} {
		required = append(required, types.SchemaAttributeType{Name: &name, Required: aws.Bool(true), Mutable: aws.Bool(true)})
	}
	return w.withPool(ctx, &idp.CreateUserPoolInput{Schema: required}, func(_, client string) (string, error) {
		return outcome(second(w.API.SignUp(ctx, &idp.SignUpInput{ClientId: &client, Username: aws.String("missing"), Password: aws.String(password)})))
	})
}

func askNameAttribute(ctx context.Context, w *world) (string, error) {
	in := &idp.CreateUserPoolInput{UsernameAttributes: []types.UsernameAttributeType{types.UsernameAttributeTypeEmail}}
	return w.withPool(ctx, in, func(pool, _ string) (string, error) {
		name := aws.String("name@example.com")
		if _, err := w.API.AdminCreateUser(ctx, &idp.AdminCreateUserInput{UserPoolId: &pool, Username: name, MessageAction: types.MessageActionTypeSuppress}); err != nil {
			return "", err
		}
		return outcome(second(w.API.AdminDeleteUserAttributes(ctx, &idp.AdminDeleteUserAttributesInput{UserPoolId: &pool, Username: name, UserAttributeNames: []string{"email"}})))
	})
}

func askFirstPassword(ctx context.Context, w *world) (string, error) {
	name := "first-password"
	_, err := w.API.AdminCreateUser(ctx, &idp.AdminCreateUserInput{
		UserPoolId: &w.pool, Username: &name, MessageAction: types.MessageActionTypeSuppress, TemporaryPassword: aws.String(other),
	})
	if err != nil {
		return "", err
	}
	started, err := w.initiate(ctx, w.web, types.AuthFlowTypeUserPasswordAuth, map[string]string{"USERNAME": name, "PASSWORD": other})
	if err != nil {
		return "", err
	}
	return outcome(second(w.answer(ctx, started, map[string]string{
		"USERNAME": name, "NEW_PASSWORD": password, "userAttributes.custom:fixed": "one",
	})))
}
