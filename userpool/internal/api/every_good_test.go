package api

import (
	"testing"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// addRecords adds one record of each kind that an action can use to the test pool.
func (w *world) addRecords() {
	w.t.Helper()
	pool := func(in fields) fields { in["UserPoolId"] = testPoolID; return in }
	w.setPool(func(p *directory.Pool) { verifyEmail(p); p.AliasAttributes = []string{"email"} })
	w.call("CreateUserPoolDomain", pool(fields{"Domain": "shop"}))
	w.call("CreateResourceServer", pool(fields{"Identifier": "orders", "Name": "Orders", "Scopes": []fields{{"ScopeName": "read", "ScopeDescription": "r"}}}))
	w.call("CreateIdentityProvider", pool(fields{
		"ProviderName": "Login", "ProviderType": "OIDC", "ProviderDetails": fields{"oidc_issuer": "https://id.example"}, "IdpIdentifiers": []string{"login"},
	}))
	w.call("SignUp", signUpOf("bo", "email", "bo@example.org"))
	w.call("SetUserPoolMfaConfig", pool(fields{"MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": fields{"Enabled": true}}))
}

// goodCalls has for each action a request that it takes in a furnished world, with
// every member that it looks at.
var goodCalls = map[string]func(w *world) fields{
	"InitiateAuth": func(*world) fields {
		return fields{"ClientId": "web", "AuthFlow": "USER_PASSWORD_AUTH", "Session": nil, "AuthParameters": fields{"USERNAME": "anaya", "PASSWORD": testPassword}}
	},
	"AdminInitiateAuth": func(*world) fields {
		return fields{
			"UserPoolId": testPoolID, "ClientId": "backend", "AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
			"AuthParameters": fields{"USERNAME": "anaya", "PASSWORD": testPassword, "SECRET_HASH": hashFor("anaya")},
		}
	},
	"RespondToAuthChallenge":      func(w *world) fields { return w.newPasswordAnswer() },
	"AdminRespondToAuthChallenge": func(w *world) fields { return with(w.newPasswordAnswer(), "UserPoolId", testPoolID) },
	"GetTokensFromRefreshToken": func(w *world) fields {
		_, refresh := w.signIn("anaya", testPassword)
		return fields{"ClientId": "web", "RefreshToken": refresh, "ClientSecret": nil}
	},
	"RevokeToken": func(w *world) fields {
		_, refresh := w.signIn("anaya", testPassword)
		return fields{"ClientId": "web", "Token": refresh, "ClientSecret": nil}
	},
	"GlobalSignOut":          func(w *world) fields { return w.withToken() },
	"AdminUserGlobalSignOut": func(*world) fields { return inPool("anaya") },
	"AssociateSoftwareToken": func(w *world) fields { return w.withToken("Session", nil) },
	"VerifySoftwareToken": func(w *world) fields {
		in := w.withToken()
		code := (&authWorld{world: w}).code(w.call("AssociateSoftwareToken", in)["SecretCode"].(string))
		return with(in, "UserCode", code, "Session", nil)
	},
	"SetUserMFAPreference":      func(w *world) fields { return w.withToken("SoftwareTokenMfaSettings", fields{"Enabled": false}) },
	"AdminSetUserMFAPreference": func(*world) fields { return with(inPool("anaya"), "SMSMfaSettings", fields{"Enabled": false}) },
	"GetUserAuthFactors":        func(w *world) fields { return w.withToken() },

	"SignUp":        func(*world) fields { return with(signUpOf("ci", "email", "ci@example.org"), "SecretHash", nil) },
	"ConfirmSignUp": func(w *world) fields { return with(confirmOf("bo", w.delivered().Code), "ForceAliasCreation", true) },
	"ResendConfirmationCode": func(*world) fields {
		return fields{"ClientId": "web", "Username": "bo", "SecretHash": nil}
	},
	"ForgotPassword": func(*world) fields { return with(forgot(), "SecretHash", nil) },
	"ConfirmForgotPassword": func(w *world) fields {
		w.call("ForgotPassword", forgot())
		return confirmForgot(w.delivered().Code, newPassword)
	},
	"ChangePassword": func(w *world) fields {
		return w.withToken("PreviousPassword", testPassword, "ProposedPassword", newPassword)
	},
	"GetUser": func(w *world) fields { return w.withToken() },
	"UpdateUserAttributes": func(w *world) fields {
		return w.withToken("UserAttributes", attributePairs("email", "new@example.org"))
	},
	"DeleteUserAttributes": func(w *world) fields { return w.withToken("UserAttributeNames", []string{"name"}) },
	"GetUserAttributeVerificationCode": func(w *world) fields {
		return w.withToken("AttributeName", "email")
	},
	"VerifyUserAttribute": func(w *world) fields {
		in := w.withToken("AttributeName", "email")
		w.call("GetUserAttributeVerificationCode", in)
		return with(in, "Code", w.delivered().Code)
	},
	"DeleteUser": func(w *world) fields { return w.withToken() },

	"AdminCreateUser": func(*world) fields {
		return with(inPool("di"), "UserAttributes", attributePairs("email", "di@example.org", "email_verified", "true"), "TemporaryPassword", newPassword,
			"ForceAliasCreation", true, "MessageAction", "SUPPRESS", "DesiredDeliveryMediums", []string{"EMAIL"})
	},
	"AdminGetUser":         func(*world) fields { return inPool("anaya") },
	"AdminDeleteUser":      func(*world) fields { return inPool("anaya") },
	"AdminSetUserPassword": func(*world) fields { return with(inPool("anaya"), "Password", newPassword, "Permanent", true) },
	"AdminConfirmSignUp":   func(*world) fields { return inPool("bo") },
	"AdminUpdateUserAttributes": func(*world) fields {
		return with(inPool("anaya"), "UserAttributes", attributePairs("custom:team", "shop"))
	},
	"AdminDeleteUserAttributes": func(*world) fields { return with(inPool("anaya"), "UserAttributeNames", []string{"email"}) },
	"AdminEnableUser":           func(*world) fields { return inPool("anaya") },
	"AdminDisableUser":          func(*world) fields { return inPool("anaya") },
	"AdminResetUserPassword":    func(*world) fields { return inPool("anaya") },
	"AdminAddUserToGroup":       func(*world) fields { return with(inPool("bo"), "GroupName", "staff") },
	"AdminRemoveUserFromGroup":  func(*world) fields { return with(inPool("anaya"), "GroupName", "staff") },
	"AdminListGroupsForUser":    func(*world) fields { return with(inPool("anaya"), "Limit", 1, "NextToken", nil) },
	"ListUsers": func(*world) fields {
		return inTestPool(fields{"AttributesToGet": []string{"email"}, "Limit": 1, "Filter": `email ^= "a"`, "PaginationToken": nil})
	},
	"ListUsersInGroup": func(*world) fields { return inTestPool(fields{"GroupName": "staff", "Limit": 1, "NextToken": nil}) },
}

// withToken is a request of anaya's with an access token.
func (w *world) withToken(namesAndValues ...any) fields {
	w.t.Helper()
	token, _ := w.signIn("anaya", testPassword)
	return with(fields{"AccessToken": token}, namesAndValues...)
}

// newPasswordAnswer makes anaya's password a temporary one and answers the challenge.
func (w *world) newPasswordAnswer() fields {
	w.t.Helper()
	w.call("AdminSetUserPassword", with(inPool("anaya"), "Password", testPassword))
	challenge := w.call("InitiateAuth", passwordAuth(testPassword))
	return answerTo(challenge, fields{"USERNAME": "anaya", "NEW_PASSWORD": newPassword, "userAttributes.name": "Anaya"})
}

func TestAddedRecordsAreComplete(t *testing.T) {
	w := newWorld(t)
	w.addRecords()
	err := w.store.View(bg, func(tx store.Tx) error {
		_, err := directory.PoolOfDomain(tx, "shop")
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
