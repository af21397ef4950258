package interop

import "testing"

// TestClientIdentityJS has amazon-cognito-identity-js sign in by its own SRP.
func TestClientIdentityJS(t *testing.T) {
	t.Parallel()
	needNode(t)
	acts := []act{
		{step: "sign-up: a new user", saw: `{"confirmed": false,
			"delivery": {"AttributeName": "email", "DeliveryMedium": "EMAIL", "Destination": "n***@e***"}}`},
		{step: "sign-up: a name that is taken", refused: &refusal{"UsernameExistsException", "User already exists"}},
		{step: "sign-in: before the confirmation", refused: notConfirmed},
		{step: "sign-up: a wrong code", refused: wrongCode},
		{step: "sign-up: another code",
			saw: `{"CodeDeliveryDetails": {"AttributeName": "email", "DeliveryMedium": "EMAIL", "Destination": "n***@e***"}}`},
		{step: "sign-up: the right code", saw: `"SUCCESS"`},
		{step: "wrong password: SRP", refused: wrongPassword},
		{step: "wrong password: SRP, of nobody", refused: wrongPassword},
		{step: "wrong password: USER_PASSWORD_AUTH", refused: wrongPassword},
		{step: "sign-in: USER_PASSWORD_AUTH", tokens: true},
		{step: "sign-in: SRP with a name of another case", tokens: true},
		{step: "tokens: kept session", tokens: true, saw: `{"groups": ["staff"]}`},
		{step: "tokens: attributes", saw: `{"email": "anaya@example.com", "email_verified": "true", "name": "Anaya Rao"}`},
		{step: "tokens: a changed attribute", saw: `"Anaya R."`},
		{step: "refresh: REFRESH_TOKEN_AUTH", tokens: true},
		{step: "rotation: signed in", tokens: true},
		// This client knows REFRESH_TOKEN_AUTH only.
		{step: "rotation: not for this client", refused: noRefreshFlow},
		{step: "mfa: an authenticator app", saw: `{"verified": "SUCCESS", "set": "SUCCESS"}`},
		{step: "mfa: a wrong code", refused: &refusal{"CodeMismatchException", "Invalid code received for user"}},
		{step: "mfa: signed in", tokens: true},
		{step: "mfa: off again", saw: `"SUCCESS"`},
		{step: "password: changed", saw: `"SUCCESS"`},
		{step: "password: the old one", refused: wrongPassword},
		{step: "password: forgotten", tokens: true},
		{step: "revoke: signOut with revocation", refused: accessRevoked},
		{step: "revoke: refresh", refused: refreshRevoked},
		{step: "sign-out: everywhere", saw: `"SUCCESS"`, refused: accessRevoked},
		{step: "sign-out: refresh", refused: refreshRevoked},
		{step: "sign-out: nobody is left"},
		{step: "sign-out: the account is deleted", refused: wrongPassword},
	}
	for _, n := range "1234" {
		acts = append(acts, act{step: "sign-in: SRP " + string(n), tokens: true})
	}
	serve(t, servedOptions{}).play(t, "identity.mjs", acts)
}

// TestClientAmplify has Amplify sign in without a browser.
func TestClientAmplify(t *testing.T) {
	t.Parallel()
	needNode(t)
	serve(t, servedOptions{}).play(t, "amplify.mjs", []act{
		{step: "sign-up: a new user", saw: `{"isSignUpComplete": false, "nextStep": {"signUpStep": "CONFIRM_SIGN_UP",
			"codeDeliveryDetails": {"deliveryMedium": "EMAIL", "destination": "n***@e***", "attributeName": "email"}}}`},
		{step: "sign-up: a wrong code", refused: wrongCode},
		{step: "sign-in: before the confirmation", saw: `{"isSignedIn": false, "nextStep": {"signInStep": "CONFIRM_SIGN_UP"}}`},
		{step: "sign-up: the right code", saw: `{"isSignUpComplete": true, "nextStep": {"signUpStep": "COMPLETE_AUTO_SIGN_IN"}}`},
		{step: "sign-in: by itself after the sign-up", tokens: true},
		{step: "wrong password: SRP", refused: wrongPassword},
		{step: "wrong password: SRP, of nobody", refused: wrongPassword},
		{step: "wrong password: USER_PASSWORD_AUTH", refused: wrongPassword},
		{step: "sign-in: USER_PASSWORD_AUTH", tokens: true},
		{step: "sign-in: SRP", tokens: true},
		{step: "tokens: who is signed in", saw: `{"username": "anaya", "signInDetails": {"loginId": "anaya", "authFlowType": "USER_SRP_AUTH"}}`},
		{step: "tokens: attributes", saw: `{"email": "anaya@example.com", "email_verified": "true", "name": "Anaya Rao"}`},
		{step: "tokens: a changed attribute", saw: `{"result": true, "name": "Anaya R."}`},
		{step: "tokens: a changed e-mail address", saw: `{"email": "new@example.com", "verified": "true", "next": {
			"updateAttributeStep": "CONFIRM_ATTRIBUTE_WITH_CODE",
			"codeDeliveryDetails": {"destination": "n***@e***", "deliveryMedium": "EMAIL", "attributeName": "email"}}}`},
		{step: "refresh: forced", tokens: true},
		{step: "mfa: an authenticator app", tokens: true, refused: &refusal{"CodeMismatchException", "Invalid code received for user"},
			saw: `{"preference": {"enabled": ["TOTP"], "preferred": "TOTP"}, "next": {"signInStep": "CONFIRM_SIGN_IN_WITH_TOTP_CODE"}}`},
		{step: "password: changed", tokens: true},
		{step: "password: forgotten", tokens: true, saw: `{"resetPasswordStep": "CONFIRM_RESET_PASSWORD_WITH_CODE",
			"codeDeliveryDetails": {"destination": "n***@e***", "deliveryMedium": "EMAIL", "attributeName": "email"}}`},
		{step: "rotation: two refreshes", tokens: true},
		{step: "revoke: signOut", refused: accessRevoked},
		{step: "sign-out: signOut everywhere", refused: accessRevoked},
		{step: "sign-out: nobody is left", refused: &refusal{"UserUnAuthenticatedException", "User needs to be authenticated to call this API."}},
	})
}
