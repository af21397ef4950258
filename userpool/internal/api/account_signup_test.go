package api

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/users"
)

const newPassword = "N3w-Passw0rd!"

func signUpOf(name string, attrs ...string) fields {
	return fields{"ClientId": "web", "Username": name, "Password": newPassword, "UserAttributes": attributePairs(attrs...)}
}

func confirmOf(name, code string) fields {
	return fields{"ClientId": "web", "Username": name, "ConfirmationCode": code}
}

func TestSignUpStory(t *testing.T) {
	w := newWorld(t)
	w.setPool(verifyEmail)
	out := w.call("SignUp", signUpOf("Bo", "email", "bo@example.org", "custom:team", "a"))
	delivery := out["CodeDeliveryDetails"].(fields)
	if out["UserConfirmed"] != false || len(out["UserSub"].(string)) != 36 ||
		delivery["AttributeName"] != "email" || delivery["DeliveryMedium"] != "EMAIL" || delivery["Destination"] != "b***@e***" {
		t.Fatalf("SignUp: %v", out)
	}
	m := w.delivered()
	if m.PoolID != testPoolID || m.ClientID != "web" || m.Username != "Bo" || m.Destination != "bo@example.org" ||
		m.Medium != users.Email || m.Purpose != users.PurposeConfirm || len(m.Code) != 6 || strings.Trim(m.Code, "0123456789") != "" {
		t.Fatalf("delivered: %+v", m)
	}
	w.refuseSignIn("bo", newPassword, "UserNotConfirmedException", "User is not confirmed.")
	w.refused("SignUp", signUpOf("bO"), "UsernameExistsException", "User already exists")

	w.refused("ConfirmSignUp", confirmOf("bo", wrong(m.Code)), "CodeMismatchException", "Invalid verification code provided, please try again.")
	w.advance(23 * time.Hour)
	if out := w.call("ConfirmSignUp", confirmOf("bo", m.Code)); len(out) != 0 {
		t.Errorf("ConfirmSignUp: %v", out)
	}
	w.refused("ConfirmSignUp", confirmOf("bo", m.Code), "NotAuthorizedException", "User cannot be confirmed. Current status is CONFIRMED")
	w.refused("ResendConfirmationCode", confirmOf("bo", ""), "InvalidParameterException", "User is already confirmed.")

	token, _ := w.signIn("bo", newPassword)
	user := w.call("GetUser", fields{"AccessToken": token})
	got := byName(user["UserAttributes"])
	if user["Username"] != "Bo" || got["sub"] != out["UserSub"] || got["email"] != "bo@example.org" || got["email_verified"] != "true" || got["custom:team"] != "a" {
		t.Errorf("GetUser: %v", user)
	}
	admin, _ := w.adminUser("BO")
	if admin["UserStatus"] != "CONFIRMED" || admin["Enabled"] != true || admin["UserCreateDate"] != 1772366400.0 {
		t.Errorf("AdminGetUser: %v", admin)
	}
	w.noSecrets(t, newPassword, m.Code)
}

func TestCodesExpireAndAreCounted(t *testing.T) {
	w := newWorld(t)
	w.setPool(verifyEmail)
	w.call("SignUp", signUpOf("bo", "email", "bo@example.org"))
	old := w.delivered().Code
	w.advance(24 * time.Hour)
	const expired = "Invalid code provided, please request a code again."
	w.refused("ConfirmSignUp", confirmOf("bo", old), "ExpiredCodeException", expired)
	out := w.call("ResendConfirmationCode", confirmOf("bo", ""))
	if out["CodeDeliveryDetails"].(fields)["Destination"] != "b***@e***" {
		t.Errorf("ResendConfirmationCode: %v", out)
	}
	code := w.delivered().Code
	for range 5 {
		w.refused("ConfirmSignUp", confirmOf("bo", wrong(code)), "CodeMismatchException", "Invalid verification code provided, please try again.")
	}
	const limit = "Attempt limit exceeded, please try after some time."
	w.refused("ConfirmSignUp", confirmOf("bo", code), "LimitExceededException", limit)
	// Another code buys no more guesses.
	w.call("ResendConfirmationCode", confirmOf("bo", ""))
	code = w.delivered().Code
	w.refused("ConfirmSignUp", confirmOf("bo", code), "LimitExceededException", limit)
	w.advance(time.Hour)
	w.call("ConfirmSignUp", confirmOf("bo", code))
}

func TestSignUpRefusals(t *testing.T) {
	w := newWorld(t)
	w.setPool(func(p *directory.Pool) { verifyEmail(p); p.AnyCustom = false; p.Custom = []string{"custom:team"} })
	with := func(in fields, field string, value any) fields { in[field] = value; return in }
	const validation = "1 validation error detected: "
	for _, tc := range []struct {
		in                 fields
		exception, message string
	}{
		{with(signUpOf("bo"), "Password", "Sh0rt!"), "InvalidPasswordException", "Password did not conform with policy: Password not long enough"},
		{with(signUpOf("bo"), "Password", "passw0rd!"), "InvalidPasswordException", "Password did not conform with policy: Password must have uppercase characters"},
		{with(signUpOf("bo"), "Password", "PASSW0RD!"), "InvalidPasswordException", "Password did not conform with policy: Password must have lowercase characters"},
		{with(signUpOf("bo"), "Password", "Password!"), "InvalidPasswordException", "Password did not conform with policy: Password must have numeric characters"},
		{with(signUpOf("bo"), "Password", "Passw0rdd"), "InvalidPasswordException", "Password did not conform with policy: Password must have symbol characters"},
		{with(signUpOf("bo"), "Password", strings.Repeat("aA1!", 65)), "InvalidParameterException", validation + "Value at 'password' failed to satisfy constraint: Member must have length less than or equal to 256"},
		{with(signUpOf("bo"), "ClientId", "none"), "ResourceNotFoundException", "User pool client none does not exist."},
		{signUpOf(""), "InvalidParameterException", "2 validation errors detected: Value at 'username' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+; Value at 'username' failed to satisfy constraint: Member must have length greater than or equal to 1"},
		{signUpOf(strings.Repeat("b", 129)), "InvalidParameterException", validation + "Value at 'username' failed to satisfy constraint: Member must have length less than or equal to 128"},
		{signUpOf("b o"), "InvalidParameterException", validation + "Value at 'username' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+"},
		{signUpOf("bo", "email", "bo@"), "InvalidParameterException", "Invalid email address format."},
		{signUpOf("bo", "phone_number", "0123"), "InvalidParameterException", "Invalid phone number format."},
		{signUpOf("bo", "custom:nope", "1"), "InvalidParameterException", "Attributes did not conform to the schema: custom:nope: Attribute does not exist in the schema.\n"},
		{signUpOf("bo", "sub", "1"), "InvalidParameterException", "Attributes did not conform to the schema: sub: Attribute cannot be updated.\n"},
		{signUpOf("bo", "email_verified", "true"), "NotAuthorizedException", "A client attempted to write unauthorized attribute"},
		{signUpOf("bo", "name", strings.Repeat("n", 2049)), "InvalidParameterException", validation + "Value at 'userAttributes.1.member.value' failed to satisfy constraint: Member must have length less than or equal to 2048"},
	} {
		w.refused("SignUp", tc.in, tc.exception, tc.message)
	}
	w.setClient(func(c *directory.Client) { c.WriteAttributes = []string{"email"} })
	w.refused("SignUp", signUpOf("bo", "name", "Bo"), "NotAuthorizedException", "A client attempted to write unauthorized attribute")
	w.setPool(func(p *directory.Pool) { p.AdminCreateUserOnly = true })
	w.refused("SignUp", signUpOf("bo"), "NotAuthorizedException", "SignUp is not permitted for this user pool")
	if w.deliveries() != 0 {
		t.Error("something was sent")
	}
	w.noSecrets(t, "Sh0rt!", "passw0rd!", "PASSW0RD!", "Passw0rdd")
}

func TestSecretHash(t *testing.T) {
	w := newWorld(t)
	w.setPool(verifyEmail)
	in := signUpOf("bo", "email", "bo@example.org")
	in["ClientId"] = "backend"
	w.refused("SignUp", in, "NotAuthorizedException", "Client backend is configured with secret but SECRET_HASH was not received")
	in["SecretHash"] = secretHashFor("backend", "backend-secret", "other")
	w.refused("SignUp", in, "NotAuthorizedException", "Unable to verify secret hash for client backend")
	in["SecretHash"] = secretHashFor("backend", "backend-secret", "bo")
	w.call("SignUp", in)
	for _, action := range []string{"ConfirmSignUp", "ResendConfirmationCode", "ForgotPassword", "ConfirmForgotPassword"} {
		w.refused(action, fields{"ClientId": "backend", "Username": "bo", "ConfirmationCode": "123456", "Password": newPassword},
			"NotAuthorizedException", "Client backend is configured with secret but SECRET_HASH was not received")
	}
	w.call("ConfirmSignUp", fields{"ClientId": "backend", "Username": "bo", "ConfirmationCode": w.delivered().Code, "SecretHash": in["SecretHash"]})
}

func TestUnknownUsersOfClients(t *testing.T) {
	w := newWorld(t)
	w.setPool(verifyEmail)
	const mismatch, missing = "Invalid verification code provided, please try again.", "Username/client id combination not found."
	confirm := fields{"ClientId": "web", "Username": "nobody", "ConfirmationCode": "123456", "Password": newPassword}
	for _, action := range []string{"ForgotPassword", "ResendConfirmationCode"} {
		first, second := w.call(action, confirm), w.call(action, confirm)
		a, b := first["CodeDeliveryDetails"].(fields)["Destination"], second["CodeDeliveryDetails"].(fields)["Destination"]
		if a != b || len(a.(string)) != len("a***@b***") {
			t.Errorf("%s: %v, then %v", action, a, b)
		}
		out := w.call(action, fields{"ClientId": "web", "Username": "nobody@example.com"})
		if got := out["CodeDeliveryDetails"].(fields)["Destination"]; got != "n***@e***" {
			t.Errorf("%s of an address: %v", action, got)
		}
		out = w.call(action, fields{"ClientId": "web", "Username": "+15555550100"})
		if got := out["CodeDeliveryDetails"].(fields); got["Destination"] != "+*******0100" || got["DeliveryMedium"] != "SMS" {
			t.Errorf("%s of a number: %v", action, got)
		}
	}
	w.refused("ConfirmSignUp", confirm, "CodeMismatchException", mismatch)
	w.refused("ConfirmForgotPassword", confirm, "CodeMismatchException", mismatch)
	w.setClient(showUnknown)
	for _, action := range []string{"ForgotPassword", "ResendConfirmationCode", "ConfirmSignUp", "ConfirmForgotPassword"} {
		w.refused(action, confirm, "UserNotFoundException", missing)
	}
	if w.deliveries() != 0 {
		t.Error("something was sent to nobody")
	}
}

func TestOneOfManySignUpsWins(t *testing.T) {
	w := newWorld(t)
	w.setPool(verifyEmail)
	const callers = 8
	var wg sync.WaitGroup
	results := make([]error, callers)
	for i := range callers {
		wg.Go(func() { _, results[i] = w.try("SignUp", signUpOf("bo", "email", fmt.Sprintf("bo%d@example.org", i))) })
	}
	wg.Wait()
	won := 0
	for _, err := range results {
		switch {
		case err == nil:
			won++
		case err.Error() != "UsernameExistsException: User already exists":
			t.Errorf("a loser: %v", err)
		}
	}
	if won != 1 || w.deliveries() != 1 {
		t.Errorf("%d won, %d codes were sent", won, w.deliveries())
	}

	code := w.delivered().Code
	for i := range callers {
		wg.Go(func() { _, results[i] = w.try("ConfirmSignUp", confirmOf("bo", code)) })
	}
	wg.Wait()
	won = 0
	for _, err := range results {
		if err == nil {
			won++
		}
	}
	if won != 1 {
		t.Errorf("a code was taken %d times", won)
	}
}
