package api

import (
	"strings"
	"testing"

	"github.com/poolguard/poolguard/userpool/internal/directory"
)

// schooled gives the test pool a schema and checks that nothing of it is said not to
// be acted upon.
func (w *world) schooled() {
	w.t.Helper()
	const schema = `[
		{"Name":"sub","AttributeDataType":"String","Mutable":false,"Required":true},
		{"Name":"email","AttributeDataType":"String","Mutable":true,"Required":true,"StringAttributeConstraints":{"MinLength":"0","MaxLength":"30"}},
		{"Name":"given_name","AttributeDataType":"String","Mutable":true,"Required":true},
		{"Name":"birthdate","AttributeDataType":"String","StringAttributeConstraints":{"MinLength":"10","MaxLength":"10"}},
		{"Name":"custom:tenant","AttributeDataType":"String","Mutable":false,"StringAttributeConstraints":{"MinLength":"2","MaxLength":"4"}},
		{"Name":"custom:age","AttributeDataType":"Number","Mutable":true,"NumberAttributeConstraints":{"MinValue":"18","MaxValue":"130"}},
		{"Name":"custom:member","AttributeDataType":"Boolean","Mutable":true},
		{"Name":"dev:custom:rank","AttributeDataType":"String","DeveloperOnlyAttribute":true,"Mutable":true}]`
	w.setPool(func(p *directory.Pool) {
		p.AnyCustom = false
		p.Custom = []string{"custom:tenant", "custom:age", "custom:member", "dev:custom:rank"}
		p.Settings = map[string]jsonRaw{"SchemaAttributes": jsonRaw(schema)}
	})
}

func TestSchemaOfNewUsers(t *testing.T) {
	w := newWorld(t)
	w.schooled()
	const invalid, schema = "InvalidParameterException", "Attributes did not conform to the schema: "
	good := []string{"email", "bo@example.org", "given_name", "Bo"}
	for _, c := range []struct {
		attributes []string
		message    string
	}{
		{nil, schema + "email: The attribute is required\ngiven_name: The attribute is required\n"},
		{[]string{"email", "bo@example.org", "given_name", ""}, schema + "given_name: The attribute is required\n"},
		{append(good, "email", strings.Repeat("b", 30)+"@example.org"), schema + "email: String must be no longer than 30 characters\n"},
		{append(good, "custom:tenant", "x"), schema + "custom:tenant: String must be no shorter than 2 characters\n"},
		{append(good, "custom:tenant", "xxxxx", "custom:no", "1"), schema + "custom:tenant: String must be no longer than 4 characters\ncustom:no: Attribute does not exist in the schema.\n"},
		{append(good, "custom:age", "17"), schema + "custom:age: Number must be no less than 18\n"},
		{append(good, "custom:age", "130.5"), schema + "custom:age: Number must be no greater than 130\n"},
		{append(good, "custom:age", "0x20"), schema + "custom:age: Value must be a number\n"},
		{append(good, "custom:member", "yes"), schema + "custom:member: must be true or false\n"},
		{append(good, "birthdate", "1990"), schema + "birthdate: String must be no shorter than 10 characters\n"},
	} {
		w.refused("SignUp", signUpOf("bo", c.attributes...), invalid, c.message)
	}
	w.refused("SignUp", signUpOf("bo", append(good, "dev:custom:rank", "1")...), "NotAuthorizedException", "A client attempted to write unauthorized attribute")
	w.call("SignUp", signUpOf("bo", append(good, "custom:tenant", "acme", "custom:age", "18", "custom:member", "true")...))

	// Where people sign in with an address, the name is the attribute.
	w.setPool(func(p *directory.Pool) { p.UsernameAttributes = []string{"email"} })
	w.call("SignUp", signUpOf("ci@example.org", "given_name", "Ci"))
	// Administrators may leave out what is required, but not write what cannot be.
	w.call("AdminCreateUser", with(inPool("di@example.org"), "UserAttributes", attributePairs("custom:tenant", "acme", "dev:custom:rank", "1")))
	w.refused("AdminCreateUser", with(inPool("ed@example.org"), "UserAttributes", attributePairs("custom:age", "old")), invalid, schema+"custom:age: Value must be a number\n")
	if strings.Contains(w.log.String(), "not acted upon") {
		t.Error(w.log.String())
	}
}

func TestSchemaOfUsers(t *testing.T) {
	w := newWorld(t)
	w.schooled()
	const invalid = "InvalidParameterException"
	token, _ := w.signIn("anaya", testPassword)
	for name, c := range map[string]struct{ value, message string }{
		"custom:tenant": {"acme", "user.custom:tenant: Attribute cannot be updated.\n"},
		"custom:age":    {"7", "user.custom:age: Number must be no less than 18\n"},
		"given_name":    {"", "user.given_name: The attribute is required\n"},
		"custom:no":     {"x", "user.custom:no: Attribute does not exist in the schema.\n"},
		"email":         {strings.Repeat("b", 30) + "@example.org", "user.email: String must be no longer than 30 characters\n"},
	} {
		list := attributePairs(name, c.value)
		w.refused("UpdateUserAttributes", fields{"AccessToken": token, "UserAttributes": list}, invalid, c.message)
		w.refused("AdminUpdateUserAttributes", with(inPool("anaya"), "UserAttributes", list), invalid, c.message)
	}
	w.refused("DeleteUserAttributes", fields{"AccessToken": token, "UserAttributeNames": []string{"email"}}, invalid, "user.email: The attribute is required\n")
	w.call("AdminUpdateUserAttributes", with(inPool("anaya"), "UserAttributes", attributePairs("custom:age", "18", "dev:custom:rank", "2")))
}

// TestSchemaOfNewPasswords: the first own password comes with what is required.
func TestSchemaOfNewPasswords(t *testing.T) {
	w := newAuthWorld(t)
	w.schooled()
	w.temporary()
	w.changeUser(func(u *directory.User) {
		u.Codes = map[string]directory.SentCode{directory.CodeRecover: {Code: "123456", ExpiresAt: w.clock().AddDate(0, 0, 1)}}
	})
	challenge := w.call("InitiateAuth", passwordAuth(testPassword))
	if got := parametersIn(challenge)["requiredAttributes"]; got != `["userAttributes.given_name"]` {
		t.Errorf("requiredAttributes %v", got)
	}
	answer := func(password string, namesAndValues ...any) fields {
		in := with(fields{"USERNAME": "anaya", "NEW_PASSWORD": password}, namesAndValues...)
		return answerTo(challenge, in)
	}
	const invalid = "InvalidParameterException: "
	w.refused("RespondToAuthChallenge", answer(newPassword), invalid+"Invalid attributes given, given_name is missing")
	w.refused("RespondToAuthChallenge", answer(newPassword, "userAttributes.given_name", "A", "userAttributes.email", "b@example.com"),
		"NotAuthorizedException: Cannot modify an already provided email")
	w.refused("RespondToAuthChallenge", answer(newPassword, "userAttributes.given_name", "A", "userAttributes.custom:age", "x"),
		invalid+"Attributes did not conform to the schema: custom:age: Value must be a number\n")
	w.refused("RespondToAuthChallenge", answer(newPassword, "userAttributes.given_name", "A", "userAttributes.phone_number", "1"), invalid+"Invalid phone number format.")
	w.refused("RespondToAuthChallenge", answer(" "+newPassword), "InvalidPasswordException: Password did not conform with policy: Password must not begin or end with a space or have over 256 characters")
	w.changeUser(func(u *directory.User) { delete(u.Attributes, "email") })
	w.refused("RespondToAuthChallenge", answer(newPassword), invalid+"Invalid attributes given, email and given_name is missing")
	w.call("RespondToAuthChallenge", answer(newPassword, "userAttributes.given_name", "A", "userAttributes.email", "c@example.com", "userAttributes.custom:tenant", "acme"))
	u := w.record()
	if u.Attributes["custom:tenant"] != "acme" || u.Attributes["email_verified"] != "false" || len(u.Codes) != 0 {
		t.Errorf("%v %v", u.Attributes, u.Codes)
	}
}

func TestPasswordHistory(t *testing.T) {
	w := newWorld(t)
	w.call("UpdateUserPool", inTestPool(fields{"Policies": fields{"PasswordPolicy": fields{"PasswordHistorySize": 3}}}))
	wantAt(t, w.call("DescribeUserPool", inTestPool(fields{})), 3.0, "UserPool", "Policies", "PasswordPolicy", "PasswordHistorySize")
	token, _ := w.signIn("anaya", testPassword)
	change := func(from, to string) fields {
		return fields{"AccessToken": token, "PreviousPassword": from, "ProposedPassword": to}
	}
	w.call("ChangePassword", change(testPassword, "first-one-1"))
	w.refused("ChangePassword", change("first-one-1", testPassword), "PasswordHistoryPolicyViolationException", "Password has previously been used.")
	w.call("ChangePassword", change("first-one-1", "second-one-2"))
	w.call("ChangePassword", change("second-one-2", "third-one-3"))
	w.call("ChangePassword", change("third-one-3", testPassword)) // forgotten by now
	w.call("UpdateUserPool", inTestPool(fields{}))
	wantAt(t, w.call("DescribeUserPool", inTestPool(fields{})), nil, "UserPool", "Policies", "PasswordPolicy", "PasswordHistorySize")
}
