package api

import (
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/directory"
)

func TestSoftwareTokenMFA(t *testing.T) {
	w := newAuthWorld(t)
	secret := w.enrol("OPTIONAL")
	start := func() fields {
		t.Helper()
		client, challenge := w.beginSRP("anaya")
		challenge = w.call("RespondToAuthChallenge", answerTo(challenge, client.answers(parametersIn(challenge), testPassword, w.clock())))
		if challenge["ChallengeName"] != "SOFTWARE_TOKEN_MFA" || keysOf(parametersIn(challenge)) != "USER_ID_FOR_SRP" {
			t.Fatalf("%v", challenge)
		}
		return challenge
	}
	answer := func(challenge fields, code string) fields {
		return answerTo(challenge, fields{"USERNAME": "anaya", "SOFTWARE_TOKEN_MFA_CODE": code})
	}
	challenge := start()
	w.refused("RespondToAuthChallenge", answer(challenge, ""), "InvalidParameterException: Missing required parameter SOFTWARE_TOKEN_MFA_CODE")
	w.refused("RespondToAuthChallenge", answer(challenge, w.wrongCode(secret)), wrongCode)
	used := w.code(secret)
	checkTokens(t, w, w.call("RespondToAuthChallenge", answer(challenge, used)), bothFactors, loa2)
	w.refused("RespondToAuthChallenge", answer(challenge, used), sessionUsed)

	challenge = start()
	w.refused("RespondToAuthChallenge", answer(challenge, used), "ExpiredCodeException: Your software token has already been used once.")
	w.advance(30 * time.Second)
	checkTokens(t, w, w.call("RespondToAuthChallenge", answer(challenge, w.code(secret))), bothFactors, loa2)

	// A clock that was ahead and came back leaves nobody without codes.
	w.advance(36 * time.Hour)
	w.call("RespondToAuthChallenge", answer(start(), w.code(secret)))
	w.advance(-36 * time.Hour)
	w.call("RespondToAuthChallenge", answer(start(), w.code(secret)))
	w.advance(30 * time.Second)

	challenge = start()
	w.advance(30 * time.Second)
	for range 5 {
		w.refused("RespondToAuthChallenge", answer(challenge, w.wrongCode(secret)), wrongCode)
	}
	w.refused("RespondToAuthChallenge", answer(challenge, w.code(secret)), sessionUsed)

	w.advance(time.Second) // of the wait that so many wrong codes cost

	challenge = start()
	w.changeUser(func(u *directory.User) { u.TOTPSecret = "" })
	w.refused("RespondToAuthChallenge", answer(challenge, "123456"), "SoftwareTokenMFANotFoundException: Software Token MFA does not exist for the user.")
	w.changeUser(func(u *directory.User) { u.TOTPSecret, u.TOTPEnabled = secret, false })
	w.signIn()
	w.setPool(func(p *directory.Pool) { p.MFA = "ON" })
	start()
	w.setPool(func(p *directory.Pool) { p.MFA = "OFF" })
	w.signIn()
	// A second factor comes after a forced change of the password, too.
	w.setPool(func(p *directory.Pool) { p.MFA = "ON" })
	w.temporary()
	challenge = w.call("InitiateAuth", passwordAuth(testPassword))
	challenge = w.call("RespondToAuthChallenge", answerTo(challenge, fields{"USERNAME": "anaya", "NEW_PASSWORD": "Fr3sh!password"}))
	checkTokens(t, w, w.call("RespondToAuthChallenge", answer(challenge, w.code(secret))), bothFactors, loa2)
}

func TestMFASetup(t *testing.T) {
	w := newAuthWorld(t)
	w.setPool(func(p *directory.Pool) { p.MFA = "ON" })
	challenge := w.call("InitiateAuth", passwordAuth(testPassword))
	if challenge["ChallengeName"] != "MFA_SETUP" || parametersIn(challenge)["MFAS_CAN_SETUP"] != `["SOFTWARE_TOKEN_MFA"]` {
		t.Fatalf("%v", challenge)
	}
	finish := fields{"USERNAME": "anaya"}
	const none = "SoftwareTokenMFANotFoundException: Software Token MFA does not exist for the user."
	w.refused("RespondToAuthChallenge", answerTo(challenge, finish), none)
	w.refused("VerifySoftwareToken", fields{"Session": challenge["Session"], "UserCode": "123456"}, none)
	associated := w.call("AssociateSoftwareToken", fields{"Session": challenge["Session"]})
	w.refused("AssociateSoftwareToken", fields{"Session": challenge["Session"]}, sessionUsed)
	secret := associated["SecretCode"].(string)
	const mismatch = "EnableSoftwareTokenMFAException: Code mismatch and fail enable Software Token MFA"
	w.refused("VerifySoftwareToken", fields{"Session": associated["Session"], "UserCode": w.wrongCode(secret)}, mismatch)
	challenge["Session"] = associated["Session"]
	w.refused("RespondToAuthChallenge", answerTo(challenge, finish), none)
	verified := w.call("VerifySoftwareToken", fields{"Session": associated["Session"], "UserCode": w.code(secret), "FriendlyDeviceName": "phone"})
	if keysOf(verified) != "Session Status" || verified["Status"] != "SUCCESS" {
		t.Errorf("%v", verified)
	}
	challenge["Session"] = verified["Session"]
	checkTokens(t, w, w.call("RespondToAuthChallenge", answerTo(challenge, finish)), bothFactors, loa2)
	w.refused("RespondToAuthChallenge", answerTo(challenge, finish), sessionUsed)
	if next := w.call("InitiateAuth", passwordAuth(testPassword)); next["ChallengeName"] != "SOFTWARE_TOKEN_MFA" {
		t.Errorf("%v", next)
	}
	for n := range 5 {
		if n == 0 {
			w.changeUser(func(u *directory.User) { u.TOTPSecret = "" })
			challenge = w.call("InitiateAuth", passwordAuth(testPassword))
			associated = w.call("AssociateSoftwareToken", fields{"Session": challenge["Session"]})
		}
		w.refused("VerifySoftwareToken", fields{"Session": associated["Session"], "UserCode": w.wrongCode(associated["SecretCode"].(string))}, mismatch)
	}
	w.refused("VerifySoftwareToken", fields{"Session": associated["Session"], "UserCode": w.code(associated["SecretCode"].(string))}, sessionUsed)
}

func TestMFAPreference(t *testing.T) {
	w := newAuthWorld(t)
	token := w.signIn()["AccessToken"]
	w.refused("AssociateSoftwareToken", fields{"AccessToken": token},
		"SoftwareTokenMFANotFoundException: Software Token MFA has not been enabled by the userPool")
	w.setPool(func(p *directory.Pool) { p.MFA = "OPTIONAL" })
	on, off := fields{"Enabled": true, "PreferredMfa": true}, fields{"Enabled": false, "PreferredMfa": false}
	prefer := func(name string, settings fields) fields { return fields{"AccessToken": token, name: settings} }
	w.refused("SetUserMFAPreference", prefer("SoftwareTokenMfaSettings", on), "InvalidParameterException: User has not set up software token mfa")
	associated := w.call("AssociateSoftwareToken", fields{"AccessToken": token})
	if keysOf(associated) != "SecretCode" {
		t.Errorf("%v", keysOf(associated))
	}
	w.refused("SetUserMFAPreference", prefer("SoftwareTokenMfaSettings", on), "InvalidParameterException: User has not verified software token mfa")
	verify := fields{"AccessToken": token, "UserCode": w.code(associated["SecretCode"].(string))}
	if out := w.call("VerifySoftwareToken", verify); keysOf(out) != "Status" {
		t.Errorf("%v", out)
	}
	w.signIn() // not asked for a code yet
	w.call("SetUserMFAPreference", prefer("SoftwareTokenMfaSettings", on))
	factors := w.call("GetUserAuthFactors", fields{"AccessToken": token})
	if keysOf(factors) != "ConfiguredUserAuthFactors PreferredMfaSetting UserMFASettingList Username" || factors["PreferredMfaSetting"] != "SOFTWARE_TOKEN_MFA" {
		t.Errorf("%v", factors)
	}
	if out := w.call("InitiateAuth", passwordAuth(testPassword)); out["ChallengeName"] != "SOFTWARE_TOKEN_MFA" {
		t.Errorf("%v", out)
	}
	admin := fields{"UserPoolId": testPoolID, "Username": "anaya", "SoftwareTokenMfaSettings": off}
	w.call("AdminSetUserMFAPreference", admin)
	w.signIn()
	for name, medium := range map[string]string{"SMSMfaSettings": "SMS_MFA", "EmailMfaSettings": "EMAIL_OTP", "WebAuthnMfaSettings": "WEB_AUTHN"} {
		w.refused("SetUserMFAPreference", prefer(name, on), "InvalidParameterException: User does not have delivery config set to turn on "+medium)
		w.call("SetUserMFAPreference", prefer(name, off))
	}
	w.refused("SetUserMFAPreference", prefer("SoftwareTokenMfaSettings", fields{"PreferredMfa": true}),
		"InvalidParameterException: SoftwareTokenMfa can not be preferred when it is not enabled")
	admin["Username"] = "nobody"
	w.refused("AdminSetUserMFAPreference", admin, "UserNotFoundException: User does not exist.")
	const either = "InvalidParameterException: Either AccessToken or Session must be provided"
	w.refused("AssociateSoftwareToken", fields{}, either)
	w.refused("AssociateSoftwareToken", fields{"AccessToken": token, "Session": strings.Repeat("x", 30)}, either)
	w.refused("VerifySoftwareToken", fields{"AccessToken": token, "UserCode": "12345"},
		"InvalidParameterException: 1 validation error detected: Value at 'userCode' failed to satisfy constraint: Member must have length greater than or equal to 6")
}

// TestWrongCodesOfAUser: a new session buys no more wrong codes, nor does the right
// password.
func TestWrongCodesOfAUser(t *testing.T) {
	w := newAuthWorld(t)
	secret := w.enrol("ON")
	start := func() fields { return w.call("InitiateAuth", passwordAuth(testPassword)) }
	answer := func(challenge fields, code string) fields {
		return answerTo(challenge, fields{"USERNAME": "anaya", "SOFTWARE_TOKEN_MFA_CODE": code})
	}
	const locked = "NotAuthorizedException: Password attempts exceeded"
	for range 5 {
		w.refused("RespondToAuthChallenge", answer(start(), w.wrongCode(secret)), wrongCode)
	}
	challenge := start()
	w.refused("RespondToAuthChallenge", answer(challenge, w.code(secret)), locked)
	w.advance(time.Second)
	w.refused("RespondToAuthChallenge", answer(start(), w.wrongCode(secret)), wrongCode)
	w.advance(time.Second)
	w.refused("RespondToAuthChallenge", answer(challenge, w.code(secret)), locked) // two seconds by now
	w.advance(time.Second)
	checkTokens(t, w, w.call("RespondToAuthChallenge", answer(challenge, w.code(secret))), bothFactors, loa2)
	if u := w.record(); u.TOTPFailures != 0 || !u.TOTPLockedUntil.IsZero() {
		t.Errorf("%d failures, locked until %v", u.TOTPFailures, u.TOTPLockedUntil)
	}
}
