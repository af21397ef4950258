package api

import (
	"sync"
	"testing"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/users"
)

func forgot() fields { return fields{"ClientId": "web", "Username": "anaya"} }

func confirmForgot(code, password string) fields {
	return fields{"ClientId": "web", "Username": "anaya", "ConfirmationCode": code, "Password": password}
}

func TestForgottenPassword(t *testing.T) {
	w := newWorld(t)
	_, refresh := w.signIn("anaya", testPassword)
	w.refused("ConfirmForgotPassword", confirmForgot("123456", newPassword), "ExpiredCodeException", "Invalid code provided, please request a code again.")
	out := w.call("ForgotPassword", forgot())
	if got := out["CodeDeliveryDetails"].(fields); got["Destination"] != "a***@e***" || got["AttributeName"] != "email" || got["DeliveryMedium"] != "EMAIL" {
		t.Errorf("ForgotPassword: %v", out)
	}
	m := w.delivered()
	if m.Purpose != users.PurposeRecover || m.Destination != "anaya@example.com" {
		t.Fatalf("delivered: %+v", m)
	}
	w.refused("ConfirmForgotPassword", confirmForgot(wrong(m.Code), newPassword), "CodeMismatchException", "Invalid verification code provided, please try again.")
	w.refused("ConfirmForgotPassword", confirmForgot(m.Code, "weak"), "InvalidPasswordException", "Password did not conform with policy: Password not long enough")
	w.signIn("anaya", testPassword) // nothing has changed yet
	w.call("ConfirmForgotPassword", confirmForgot(m.Code, newPassword))
	w.refused("ConfirmForgotPassword", confirmForgot(m.Code, newPassword), "ExpiredCodeException", "Invalid code provided, please request a code again.")
	w.refuseSignIn("anaya", testPassword, "NotAuthorizedException", "Incorrect username or password.")
	w.signIn("anaya", newPassword)
	// Sign-ins from before go on, as Cognito's do.
	w.call("InitiateAuth", fields{"ClientId": "web", "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": fields{"REFRESH_TOKEN": refresh}})

	w.call("ForgotPassword", forgot())
	w.advance(time.Hour)
	w.refused("ConfirmForgotPassword", confirmForgot(w.delivered().Code, testPassword), "ExpiredCodeException", "Invalid code provided, please request a code again.")
	w.noSecrets(t, newPassword, m.Code)
}

func TestRecoveryGoesToAVerifiedAddress(t *testing.T) {
	w := newWorld(t)
	set := func(namesAndValues ...string) {
		w.call("AdminUpdateUserAttributes", fields{"UserPoolId": testPoolID, "Username": "anaya", "UserAttributes": attributePairs(namesAndValues...)})
	}
	set("phone_number", "+15555550100", "phone_number_verified", "true")
	if out := w.call("ForgotPassword", forgot()); out["CodeDeliveryDetails"].(fields)["Destination"] != "+*******0100" || w.delivered().Medium != users.SMS {
		t.Errorf("the telephone is first where nothing else is said: %v", out)
	}
	w.setPool(func(p *directory.Pool) {
		p.Settings = map[string]jsonRaw{"AccountRecoverySetting": jsonRaw(`{"RecoveryMechanisms":[{"Name":"verified_phone_number","Priority":2},{"Name":"verified_email","Priority":1}]}`)}
	})
	if out := w.call("ForgotPassword", forgot()); out["CodeDeliveryDetails"].(fields)["AttributeName"] != "email" {
		t.Errorf("the setting counts: %v", out)
	}
	w.setPool(func(p *directory.Pool) {
		p.Settings = map[string]jsonRaw{"AccountRecoverySetting": jsonRaw(`{"RecoveryMechanisms":[{"Name":"admin_only","Priority":1}]}`)}
	})
	w.refused("ForgotPassword", forgot(), "NotAuthorizedException", "Contact administrator to reset password.")
	w.setPool(func(p *directory.Pool) { p.Settings = nil })

	set("email_verified", "false", "phone_number_verified", "false")
	sent := w.deliveries()
	if out := w.call("ForgotPassword", forgot()); len(out["CodeDeliveryDetails"].(fields)["Destination"].(string)) != 9 {
		t.Errorf("a client that hides who exists: %v", out)
	}
	w.setClient(showUnknown)
	const none = "Cannot reset password for the user as there is no registered/verified email or phone_number"
	w.refused("ForgotPassword", forgot(), "InvalidParameterException", none)
	w.refused("AdminResetUserPassword", fields{"UserPoolId": testPoolID, "Username": "anaya"}, "InvalidParameterException", none)
	set("email_verified", "true")
	w.call("AdminDisableUser", fields{"UserPoolId": testPoolID, "Username": "anaya"})
	w.refused("ForgotPassword", forgot(), "NotAuthorizedException", "User is disabled.")
	if w.deliveries() != sent {
		t.Error("something was sent")
	}
}

func TestPasswordCodesAreTakenOnce(t *testing.T) {
	w := newWorld(t)
	w.call("ForgotPassword", forgot())
	code := w.delivered().Code
	results := make([]error, 6)
	var wg sync.WaitGroup
	for i := range results {
		wg.Go(func() {
			_, results[i] = w.try("ConfirmForgotPassword", confirmForgot(code, newPassword+string(rune('a'+i))))
		})
	}
	wg.Wait()
	won := -1
	for i, err := range results {
		if err == nil && won >= 0 {
			t.Error("a code was taken twice")
		}
		if err == nil {
			won = i
		}
	}
	w.signIn("anaya", newPassword+string(rune('a'+won)))
}

func TestCodesAndPasswordsOfThePast(t *testing.T) {
	w := newWorld(t)
	w.setPool(func(p *directory.Pool) { p.Password.HistorySize = 1 })
	w.call("ForgotPassword", forgot())
	code := w.delivered().Code
	w.refused("ConfirmForgotPassword", confirmForgot(wrong(code), testPassword), "CodeMismatchException", "Invalid verification code provided, please try again.")
	w.refused("ConfirmForgotPassword", confirmForgot(code, testPassword), "PasswordHistoryPolicyViolationException", "Password has previously been used.")
	w.call("ConfirmForgotPassword", confirmForgot(code, newPassword))

	// Who has found the password again needs no code any more.
	w.call("ForgotPassword", forgot())
	token, _ := w.signIn("anaya", newPassword)
	w.call("ChangePassword", fields{"AccessToken": token, "PreviousPassword": newPassword, "ProposedPassword": testPassword})
	w.refused("ConfirmForgotPassword", confirmForgot(w.delivered().Code, newPassword), "ExpiredCodeException", "Invalid code provided, please request a code again.")
}

func TestStatusOfAUserIsHidden(t *testing.T) {
	w := newWorld(t)
	w.setPool(verifyEmail)
	w.call("SignUp", signUpOf("bo", "email", "bo@example.org"))
	// Verified by an administrator, and yet not confirmed.
	w.call("AdminUpdateUserAttributes", with(inPool("bo"), "UserAttributes", attributePairs("email_verified", "true")))
	for _, name := range []string{"bo", "anaya"} {
		w.call("AdminDisableUser", inPool(name))
	}
	sent := w.deliveries()
	w.call("ResendConfirmationCode", confirmOf("bo", ""))
	w.call("ForgotPassword", forgot())
	w.refused("ConfirmForgotPassword", confirmForgot("123456", newPassword), "CodeMismatchException", "Invalid verification code provided, please try again.")
	w.setClient(showUnknown)
	w.refused("ResendConfirmationCode", confirmOf("bo", ""), "NotAuthorizedException", "User is disabled.")
	w.refused("ConfirmSignUp", confirmOf("bo", "123456"), "NotAuthorizedException", "User is disabled.")
	w.refused("ConfirmForgotPassword", confirmForgot("123456", newPassword), "NotAuthorizedException", "User is disabled.")
	w.call("AdminEnableUser", inPool("bo"))
	w.refused("ForgotPassword", confirmOf("bo", ""), "InvalidParameterException", "Cannot reset password for the user as there is no registered/verified email or phone_number")
	if w.deliveries() != sent {
		t.Error("something was sent")
	}
}

func TestRefusalsShowNoCodes(t *testing.T) {
	w := newWorld(t)
	w.refused("ConfirmSignUp", confirmOf("anaya", "987 654"), "InvalidParameterException",
		`1 validation error detected: Value at 'confirmationCode' failed to satisfy constraint: Member must satisfy regular expression pattern: [\S]+`)
	w.refused("ConfirmForgotPassword", confirmForgot("987654", "Pass w0rd!"), "InvalidParameterException",
		`1 validation error detected: Value at 'password' failed to satisfy constraint: Member must satisfy regular expression pattern: [\S]+`)
	w.noSecrets(t, "987", "w0rd")
}

func TestOneOfManyChangesWins(t *testing.T) {
	w := newWorld(t)
	token, _ := w.signIn("anaya", testPassword)
	results := make([]error, 4)
	var wg sync.WaitGroup
	for i := range results {
		wg.Go(func() {
			_, results[i] = w.try("ChangePassword", fields{
				"AccessToken": token, "PreviousPassword": testPassword, "ProposedPassword": newPassword + string(rune('a'+i)),
			})
		})
	}
	wg.Wait()
	won := 0
	for _, err := range results {
		if err == nil {
			won++
		}
	}
	if won != 1 {
		t.Errorf("%d won", won)
	}
}

func TestChangePassword(t *testing.T) {
	w := newWorld(t)
	token, _ := w.signIn("anaya", testPassword)
	change := func(previous, proposed string) fields {
		return fields{"AccessToken": token, "PreviousPassword": previous, "ProposedPassword": proposed}
	}
	w.refused("ChangePassword", change("Wr0ng!pass", newPassword), "NotAuthorizedException", "Incorrect username or password.")
	w.refused("ChangePassword", change("", newPassword), "NotAuthorizedException", "Incorrect username or password.")
	w.refused("ChangePassword", change(testPassword, "password"), "InvalidPasswordException", "Password did not conform with policy: Password must have uppercase characters")
	w.call("ChangePassword", change(testPassword, newPassword))
	w.refuseSignIn("anaya", testPassword, "NotAuthorizedException", "Incorrect username or password.")
	w.call("GetUser", fields{"AccessToken": token})

	w.setPool(func(p *directory.Pool) { p.Password.HistorySize = 2 })
	w.refused("ChangePassword", change(newPassword, newPassword), "PasswordHistoryPolicyViolationException", "Password has previously been used.")
	w.call("ChangePassword", change(newPassword, "Th1rd-one!"))
	w.refused("ChangePassword", change("Th1rd-one!", newPassword), "PasswordHistoryPolicyViolationException", "Password has previously been used.")
	w.call("ChangePassword", change("Th1rd-one!", "F0urth-one!"))
	w.call("ChangePassword", change("F0urth-one!", newPassword))

	// Guessing is as slow here as at signing in.
	for range 5 {
		w.refused("ChangePassword", change("Wr0ng!pass", testPassword), "NotAuthorizedException", "Incorrect username or password.")
	}
	w.refused("ChangePassword", change(newPassword, testPassword), "NotAuthorizedException", "Password attempts exceeded")
	w.noSecrets(t, newPassword, "Wr0ng!pass", "Th1rd-one!")
}
