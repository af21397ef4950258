package api

import (
	"testing"

	"github.com/poolguard/poolguard/userpool/internal/directory"
)

func TestSigningUpWithAnAddress(t *testing.T) {
	w := newWorld(t)
	w.setPool(func(p *directory.Pool) { verifyEmail(p); p.UsernameAttributes = []string{"email"} })
	w.refused("SignUp", signUpOf("bo"), "InvalidParameterException", "Username should be an email.")
	w.refused("SignUp", signUpOf("bo@example.org", "email", "other@example.org"), "InvalidParameterException", "Username and the email attribute must be the same.")
	out := w.call("SignUp", signUpOf("Bo@example.org"))
	w.refused("SignUp", signUpOf("bo@EXAMPLE.org"), "UsernameExistsException", "An account with the given email already exists.")
	w.refused("AdminCreateUser", fields{"UserPoolId": testPoolID, "Username": "bo@example.org"}, "UsernameExistsException", "An account with the given email already exists.")
	w.call("ConfirmSignUp", confirmOf("bo@example.org", w.delivered().Code))
	w.signIn("bo@example.org", newPassword)
	w.signIn(out["UserSub"].(string), newPassword)
	user, got := w.adminUser("bo@example.org")
	if user["Username"] != out["UserSub"] || got["email"] != "Bo@example.org" || got["email_verified"] != "true" {
		t.Errorf("AdminGetUser: %v", user)
	}
	token, _ := w.signIn("bo@example.org", newPassword)
	w.refused("DeleteUserAttributes", fields{"AccessToken": token, "UserAttributeNames": []string{"email"}},
		"InvalidParameterException", "user.email: Attribute cannot be removed, since users sign in with it.")

	w.setPool(func(p *directory.Pool) { p.UsernameAttributes = []string{"email", "phone_number"} })
	w.refused("SignUp", signUpOf("bo"), "InvalidParameterException", "Username should be either an email or a phone number.")
	w.call("SignUp", signUpOf("+15555550123"))
	w.setPool(func(p *directory.Pool) { p.UsernameAttributes = []string{"phone_number"} })
	w.refused("SignUp", signUpOf("x@example.org"), "InvalidParameterException", "Username should be a phone number.")
}

func TestAliases(t *testing.T) {
	w := newWorld(t)
	w.setPool(func(p *directory.Pool) { verifyEmail(p); p.AliasAttributes = []string{"email", "phone_number"} })
	w.refused("SignUp", signUpOf("bo@example.org"), "InvalidParameterException", "Username cannot be of email format, since user pool is configured for email alias.")
	w.refused("SignUp", signUpOf("+15555550123"), "InvalidParameterException", "Username cannot be of phone number format, since user pool is configured for phone number alias.")

	w.call("SignUp", signUpOf("jie", "email", "jie@example.com"))
	w.call("ConfirmSignUp", confirmOf("jie", w.delivered().Code))
	w.signIn("jie@example.com", newPassword)

	// Whose address it is does not show until the code shows it.
	w.call("SignUp", signUpOf("shirley", "email", "jie@example.com"))
	code := w.delivered().Code
	w.refused("ConfirmSignUp", confirmOf("shirley", code), "AliasExistsException", "An account with the given email already exists.")
	forced := confirmOf("shirley", code)
	forced["ForceAliasCreation"] = true
	w.call("ConfirmSignUp", forced)
	if user, _ := w.adminUser("jie@example.com"); user["Username"] != "shirley" {
		t.Errorf("the alias is %v's", user["Username"])
	}
	if _, got := w.adminUser("jie"); got["email"] != "jie@example.com" || got["email_verified"] != "false" {
		t.Errorf("jie has %v", got)
	}

	verified := attributePairs("email", "jie@example.com", "email_verified", "true")
	create := fields{"UserPoolId": testPoolID, "Username": "kai", "UserAttributes": verified, "MessageAction": "SUPPRESS"}
	w.refused("AdminCreateUser", create, "UsernameExistsException", "An account with the given email already exists.")
	w.refused("AdminUpdateUserAttributes", fields{"UserPoolId": testPoolID, "Username": "jie", "UserAttributes": verified},
		"AliasExistsException", "An account with the given email already exists.")
	create["ForceAliasCreation"] = true
	w.call("AdminCreateUser", create)
	if user, _ := w.adminUser("jie@example.com"); user["Username"] != "kai" {
		t.Errorf("the alias is %v's", user["Username"])
	}
}

func TestSubOfAUserIsRejectedAsUserName(t *testing.T) {
	w := newWorld(t)
	_, got := w.adminUser("anaya")
	w.refused("SignUp", signUpOf(got["sub"].(string)), "UsernameExistsException", "User already exists")
	w.setPool(func(p *directory.Pool) { p.AliasAttributes = []string{"preferred_username"} })
	w.call("AdminUpdateUserAttributes", with(inPool("anaya"), "UserAttributes", attributePairs("preferred_username", "ann")))
	w.refused("SignUp", signUpOf("Ann"), "UsernameExistsException", "User already exists")
	w.refused("SignUp", signUpOf("bo", "preferred_username", "ANN"), "UsernameExistsException", "An account with the given preferred_username already exists.")
}

func TestUserNamesDifferByCase(t *testing.T) {
	w := newWorld(t)
	w.setPool(func(p *directory.Pool) { p.CaseSensitive = true })
	w.call("SignUp", signUpOf("Bo"))
	w.call("SignUp", signUpOf("bo"))
	w.refused("AdminGetUser", fields{"UserPoolId": testPoolID, "Username": "BO"}, "UserNotFoundException", "User does not exist.")
}
