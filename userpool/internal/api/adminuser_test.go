package api

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/users"
)

func inPool(name string) fields { return fields{"UserPoolId": testPoolID, "Username": name} }

func with(in fields, namesAndValues ...any) fields {
	for pair := range slices.Chunk(namesAndValues, 2) {
		in[pair[0].(string)] = pair[1]
	}
	return in
}

func TestAdminCreatesAUser(t *testing.T) {
	w := newWorld(t)
	out := w.call("AdminCreateUser", with(inPool("bo"), "UserAttributes", attributePairs("email", "bo@example.org", "email_verified", "true")))
	user := out["User"].(fields)
	got := byName(user["Attributes"])
	if user["Username"] != "bo" || user["UserStatus"] != "FORCE_CHANGE_PASSWORD" || user["Enabled"] != true || len(got["sub"].(string)) != 36 || got["email_verified"] != "true" {
		t.Errorf("AdminCreateUser: %v", out)
	}
	if user["UserCreateDate"] == nil || user["UserCreateDate"] != user["UserLastModifiedDate"] {
		t.Errorf("two dates: %v", user)
	}
	m := w.delivered()
	if m.Purpose != users.PurposeInvite || m.Medium != users.Email || m.Destination != "bo@example.org" || m.ClientID != "" || len(m.Code) < 8 {
		t.Fatalf("delivered: %+v", m)
	}
	w.refused("ForgotPassword", fields{"ClientId": "web", "Username": "bo"}, "NotAuthorizedException", "User password cannot be reset in the current state.")
	w.refused("AdminCreateUser", inPool("BO"), "UsernameExistsException", "User account already exists")
	w.challenged(t, "bo", m.Code)

	// A second invitation makes the first worthless.
	w.call("AdminCreateUser", with(inPool("bo"), "MessageAction", "RESEND"))
	w.refuseSignIn("bo", m.Code, "NotAuthorizedException", "Incorrect username or password.")
	w.advance(7 * 24 * time.Hour)
	w.refuseSignIn("bo", w.delivered().Code, "NotAuthorizedException", "Temporary password has expired and must be reset by an administrator.")
	w.call("AdminCreateUser", with(inPool("bo"), "MessageAction", "RESEND", "TemporaryPassword", newPassword))
	w.challenged(t, "bo", newPassword)
	w.refused("AdminCreateUser", with(inPool("anaya"), "MessageAction", "RESEND"), "UnsupportedUserStateException", "Resend not possible. anaya status is not FORCE_CHANGE_PASSWORD.")
	w.refused("AdminCreateUser", with(inPool("nobody"), "MessageAction", "RESEND"), "UserNotFoundException", "User does not exist.")
	w.noSecrets(t, m.Code, newPassword)
}

// challenged fails the test unless signing in asks for a new password.
func (w *world) challenged(t *testing.T, name, password string) {
	t.Helper()
	out := w.call("InitiateAuth", fields{"ClientId": "web", "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": fields{"USERNAME": name, "PASSWORD": password}})
	if out["ChallengeName"] != "NEW_PASSWORD_REQUIRED" {
		t.Errorf("signing in as %s: %v", name, out)
	}
}

func TestInvitations(t *testing.T) {
	w := newWorld(t)
	both := attributePairs("email", "x@example.org", "phone_number", "+15555550100")
	for name, tc := range map[string]struct {
		in   fields
		want []users.Medium
	}{
		"suppressed": {with(inPool("a"), "UserAttributes", both, "MessageAction", "SUPPRESS"), nil},
		"default":    {with(inPool("b"), "UserAttributes", both), []users.Medium{users.SMS}},
		"email":      {with(inPool("c"), "UserAttributes", both, "DesiredDeliveryMediums", []string{"EMAIL"}), []users.Medium{users.Email}},
		"both":       {with(inPool("d"), "UserAttributes", both, "DesiredDeliveryMediums", []string{"EMAIL", "SMS"}), []users.Medium{users.SMS, users.Email}},
		"nowhere":    {inPool("e"), []users.Medium{""}},
	} {
		before := w.deliveries()
		w.call("AdminCreateUser", tc.in)
		var got []users.Medium
		for _, m := range w.sent[before:] {
			got = append(got, m.Medium)
		}
		if len(got) != len(tc.want) || len(got) > 0 && got[0] != tc.want[0] {
			t.Errorf("%s: %v, want %v", name, got, tc.want)
		}
	}
	w.refused("AdminCreateUser", with(inPool("f"), "MessageAction", "X"), "InvalidParameterException",
		"1 validation error detected: Value 'X' at 'messageAction' failed to satisfy constraint: Member must satisfy enum value set: [RESEND, SUPPRESS]")
	w.refused("AdminCreateUser", with(inPool("f"), "TemporaryPassword", "Short1!"), "InvalidPasswordException", "Password did not conform with policy: Password not long enough")
}

func TestAdminSetsAPassword(t *testing.T) {
	w := newWorld(t)
	w.call("AdminSetUserPassword", with(inPool("anaya"), "Password", newPassword))
	if user, _ := w.adminUser("anaya"); user["UserStatus"] != "FORCE_CHANGE_PASSWORD" {
		t.Errorf("temporary: %v", user)
	}
	w.challenged(t, "anaya", newPassword)
	w.refused("AdminResetUserPassword", inPool("anaya"), "NotAuthorizedException", "User password cannot be reset in the current state.")
	w.call("AdminDisableUser", inPool("anaya"))
	w.refused("AdminResetUserPassword", inPool("anaya"), "NotAuthorizedException", "User is disabled.")
	w.call("AdminEnableUser", inPool("anaya"))
	w.call("AdminSetUserPassword", with(inPool("anaya"), "Password", testPassword, "Permanent", true))
	w.signIn("anaya", testPassword)
	w.refused("AdminSetUserPassword", with(inPool("anaya"), "Password", "password"), "InvalidPasswordException", "Password did not conform with policy: Password must have uppercase characters")

	w.setPool(verifyEmail)
	w.call("SignUp", signUpOf("bo", "email", "bo@example.org"))
	w.refused("AdminResetUserPassword", inPool("bo"), "NotAuthorizedException", "User password cannot be reset in the current state.")
	w.call("AdminSetUserPassword", with(inPool("bo"), "Password", testPassword, "Permanent", true))
	if user, got := w.adminUser("bo"); user["UserStatus"] != "CONFIRMED" || got["email_verified"] != "false" {
		t.Errorf("confirmed by a password: %v", user)
	}
	w.noSecrets(t, testPassword, newPassword)
}

func TestAdminResetsAPassword(t *testing.T) {
	w := newWorld(t)
	w.call("AdminResetUserPassword", inPool("anaya"))
	w.refuseSignIn("anaya", testPassword, "PasswordResetRequiredException", "Password reset required for the user")
	if user, _ := w.adminUser("anaya"); user["UserStatus"] != "RESET_REQUIRED" {
		t.Errorf("AdminGetUser: %v", user)
	}
	w.call("ConfirmForgotPassword", confirmForgot(w.delivered().Code, newPassword))
	w.signIn("anaya", newPassword)
}

func TestAdminConfirmsAndDisables(t *testing.T) {
	w := newWorld(t)
	w.setPool(verifyEmail)
	w.call("SignUp", signUpOf("bo", "email", "bo@example.org"))
	code := w.delivered().Code
	w.call("AdminConfirmSignUp", inPool("bo"))
	if user, got := w.adminUser("bo"); user["UserStatus"] != "CONFIRMED" || got["email_verified"] != "false" {
		t.Errorf("AdminGetUser: %v", user)
	}
	w.refused("AdminConfirmSignUp", inPool("bo"), "NotAuthorizedException", "User cannot be confirmed. Current status is CONFIRMED")
	w.refused("ConfirmSignUp", confirmOf("bo", code), "NotAuthorizedException", "User cannot be confirmed. Current status is CONFIRMED")

	_, refresh := w.signIn("bo", newPassword)
	again := fields{"ClientId": "web", "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": fields{"REFRESH_TOKEN": refresh}}
	w.call("AdminDisableUser", inPool("bo"))
	w.refused("InitiateAuth", again, "NotAuthorizedException", "User is disabled.")
	w.refuseSignIn("bo", newPassword, "NotAuthorizedException", "User is disabled.")
	w.call("AdminEnableUser", inPool("bo"))
	w.signIn("bo", newPassword)
	w.refused("InitiateAuth", again, "NotAuthorizedException", "Refresh Token has been revoked")
	w.call("AdminDeleteUser", inPool("bo"))
	w.refused("AdminDeleteUser", inPool("bo"), "UserNotFoundException", "User does not exist.")
}

func TestAdminActionsNeedPoolAndUser(t *testing.T) {
	w := newWorld(t)
	ofUser := []string{
		"AdminGetUser", "AdminDeleteUser", "AdminSetUserPassword", "AdminConfirmSignUp", "AdminUpdateUserAttributes",
		"AdminDeleteUserAttributes", "AdminEnableUser", "AdminDisableUser", "AdminResetUserPassword",
		"AdminAddUserToGroup", "AdminRemoveUserFromGroup", "AdminListGroupsForUser",
	}
	for _, action := range ofUser {
		in := with(inPool("nobody"), "Password", newPassword, "GroupName", "staff")
		w.refused(action, in, "UserNotFoundException", "User does not exist.")
		in["UserPoolId"] = "us-east-1_x"
		w.refused(action, in, "ResourceNotFoundException", "User pool us-east-1_x does not exist.")
		in["UserPoolId"] = "x"
		w.refused(action, in, "InvalidParameterException", `1 validation error detected: Value 'x' at 'userPoolId' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w-]+_[0-9a-zA-Z]+`)
		in["UserPoolId"], in["Username"] = strings.Repeat("x", 100_000)+"_x", strings.Repeat("y", 100_000)
		if _, err := w.try(action, in); err == nil || len(err.Error()) > 1000 {
			t.Errorf("%s of a very long pool ID", action)
		}
	}
	for _, action := range append(ofUser, "AdminCreateUser", "ListUsers", "ListUsersInGroup") {
		if !w.API.actions[action].iam {
			t.Errorf("%s is for everybody", action)
		}
	}
}
