package api

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/users"
)

type jsonRaw = json.RawMessage

func TestOwnAttributes(t *testing.T) {
	w := newWorld(t)
	w.setPool(verifyEmail)
	token, _ := w.signIn("anaya", testPassword)
	update := func(namesAndValues ...string) fields {
		return fields{"AccessToken": token, "UserAttributes": attributePairs(namesAndValues...)}
	}
	out := w.call("UpdateUserAttributes", update("name", "Anaya", "custom:team", "a", "phone_number", "+15555550100"))
	if list := out["CodeDeliveryDetailsList"].([]any); len(list) != 0 {
		t.Errorf("the pool does not verify numbers: %v", list)
	}
	out = w.call("UpdateUserAttributes", update("email", "new@example.org", "name", ""))
	if list := out["CodeDeliveryDetailsList"].([]any); len(list) != 1 || list[0].(fields)["Destination"] != "n***@e***" {
		t.Errorf("UpdateUserAttributes: %v", out)
	}
	got := byName(w.call("GetUser", fields{"AccessToken": token})["UserAttributes"])
	if _, ok := got["name"]; ok || got["email"] != "new@example.org" || got["email_verified"] != "false" || got["phone_number_verified"] != "false" || got["custom:team"] != "a" {
		t.Errorf("GetUser: %v", got)
	}
	m := w.delivered()
	if m.Purpose != users.PurposeVerify || m.Destination != "new@example.org" {
		t.Fatalf("delivered: %+v", m)
	}
	verify := func(attribute, code string) fields {
		return fields{"AccessToken": token, "AttributeName": attribute, "Code": code}
	}
	w.refused("VerifyUserAttribute", verify("email", wrong(m.Code)), "CodeMismatchException", "Invalid verification code provided, please try again.")
	w.refused("VerifyUserAttribute", verify("phone_number", m.Code), "ExpiredCodeException", "Invalid code provided, please request a code again.")
	w.call("VerifyUserAttribute", verify("email", m.Code))
	w.refused("VerifyUserAttribute", verify("email", m.Code), "ExpiredCodeException", "Invalid code provided, please request a code again.")
	out = w.call("GetUserAttributeVerificationCode", verify("phone_number", ""))
	if out["CodeDeliveryDetails"].(fields)["DeliveryMedium"] != "SMS" {
		t.Errorf("GetUserAttributeVerificationCode: %v", out)
	}
	code := w.delivered().Code
	// A code for an address is worth nothing for the next one.
	w.call("UpdateUserAttributes", update("phone_number", "+15555550101"))
	w.refused("VerifyUserAttribute", verify("phone_number", code), "ExpiredCodeException", "Invalid code provided, please request a code again.")
	w.call("DeleteUserAttributes", fields{"AccessToken": token, "UserAttributeNames": []string{"phone_number", "custom:team", "nickname"}})
	_, got = w.adminUser("anaya")
	if len(got) != 3 || got["email_verified"] != "true" {
		t.Errorf("AdminGetUser: %v", got)
	}
	w.noSecrets(t, m.Code, code)
}

func TestOwnAttributesRefused(t *testing.T) {
	w := newWorld(t)
	w.setPool(func(p *directory.Pool) { p.AnyCustom = false })
	token, _ := w.signIn("anaya", testPassword)
	update := func(name, value string) fields {
		return fields{"AccessToken": token, "UserAttributes": attributePairs(name, value)}
	}
	const unwritable = "A client attempted to write unauthorized attribute"
	w.refused("UpdateUserAttributes", update("email_verified", "true"), "NotAuthorizedException", unwritable)
	w.refused("UpdateUserAttributes", update("sub", "x"), "InvalidParameterException", "user.sub: Attribute cannot be updated.\n")
	w.refused("UpdateUserAttributes", update("custom:team", "x"), "InvalidParameterException", "user.custom:team: Attribute does not exist in the schema.\n")
	w.refused("UpdateUserAttributes", update("email", "x"), "InvalidParameterException", "Invalid email address format.")
	w.refused("UpdateUserAttributes", update("phone_number", "5555550100"), "InvalidParameterException", "Invalid phone number format.")
	w.refused("DeleteUserAttributes", fields{"AccessToken": token, "UserAttributeNames": []string{"sub"}}, "InvalidParameterException", "user.sub: Attribute cannot be updated.\n")
	w.setClient(func(c *directory.Client) {
		c.WriteAttributes, c.ReadAttributes = []string{"nickname"}, []string{"email"}
	})
	w.refused("UpdateUserAttributes", update("name", "x"), "NotAuthorizedException", unwritable)
	w.call("UpdateUserAttributes", update("nickname", "x"))
	if got := byName(w.call("GetUser", fields{"AccessToken": token})["UserAttributes"]); len(got) != 2 || got["email"] == nil || got["sub"] == nil {
		t.Errorf("GetUser: %v", got)
	}
}

func TestNewAddressWaitsForItsCode(t *testing.T) {
	w := newWorld(t)
	w.setPool(func(p *directory.Pool) {
		verifyEmail(p)
		p.Settings = map[string]jsonRaw{"UserAttributeUpdateSettings": jsonRaw(`{"AttributesRequireVerificationBeforeUpdate":["email"]}`)}
	})
	token, _ := w.signIn("anaya", testPassword)
	w.call("UpdateUserAttributes", fields{"AccessToken": token, "UserAttributes": attributePairs("email", "new@example.org")})
	if _, got := w.adminUser("anaya"); got["email"] != "anaya@example.com" || got["email_verified"] != "true" {
		t.Errorf("before: %v", got)
	}
	w.call("VerifyUserAttribute", fields{"AccessToken": token, "AttributeName": "email", "Code": w.delivered().Code})
	if _, got := w.adminUser("anaya"); got["email"] != "new@example.org" || got["email_verified"] != "true" {
		t.Errorf("after: %v", got)
	}
}

func TestOwnAccountNeedsAGoodToken(t *testing.T) {
	w := newWorld(t)
	token, refresh := w.signIn("anaya", testPassword)
	all := []string{
		"GetUser", "ChangePassword", "UpdateUserAttributes", "DeleteUserAttributes",
		"GetUserAttributeVerificationCode", "VerifyUserAttribute", "DeleteUser",
	}
	in := func(token string) fields {
		return fields{"AccessToken": token, "ProposedPassword": newPassword, "AttributeName": "email", "Code": "123456"}
	}
	for _, action := range all {
		for _, bad := range []string{"x", refresh, token + "x"} {
			w.refused(action, in(bad), "NotAuthorizedException", "Invalid Access Token")
		}
		w.refused(action, in(""), "InvalidParameterException", "1 validation error detected: Value at 'accessToken' failed to satisfy constraint: Member must not be null")
	}
	w.call("AdminResetUserPassword", fields{"UserPoolId": testPoolID, "Username": "anaya"})
	for _, action := range all {
		w.refused(action, in(token), "PasswordResetRequiredException", "Password reset required for the user")
	}
	w.call("AdminSetUserPassword", fields{"UserPoolId": testPoolID, "Username": "anaya", "Password": newPassword, "Permanent": true})
	w.call("AdminDisableUser", fields{"UserPoolId": testPoolID, "Username": "anaya"})
	for _, action := range all {
		if _, err := w.try(action, in(token)); err == nil {
			t.Errorf("%s of a disabled user", action)
		}
	}
	w.call("AdminEnableUser", fields{"UserPoolId": testPoolID, "Username": "anaya"})
	w.refused("GetUser", in(token), "NotAuthorizedException", "Access Token has been revoked")

	token, _ = w.signIn("anaya", newPassword)
	w.advance(time.Hour)
	w.refused("GetUser", in(token), "NotAuthorizedException", "Access Token has expired")

	token, refresh = w.signIn("anaya", newPassword)
	w.call("DeleteUser", in(token))
	w.refused("GetUser", in(token), "UserNotFoundException", "User does not exist.")
	w.refuseSignIn("anaya", newPassword, "NotAuthorizedException", "Incorrect username or password.")
	if _, err := w.try("InitiateAuth", fields{"ClientId": "web", "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": fields{"REFRESH_TOKEN": refresh}}); err == nil {
		t.Error("the refresh token of a deleted user")
	}
}
