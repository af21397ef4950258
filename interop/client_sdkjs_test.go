package interop

import "testing"

// TestClientAWSSDKJavaScript has the AWS SDK for JavaScript use the API.
func TestClientAWSSDKJavaScript(t *testing.T) {
	t.Parallel()
	needNode(t)
	serve(t, servedOptions{}).play(t, "sdk.mjs", []act{
		{step: "sign-up: a weak password", refused: &refusal{"InvalidPasswordException", "Password did not conform with policy: Password not long enough"}},
		{step: "sign-up: a new user", saw: `{"confirmed": false,
			"delivery": {"AttributeName": "email", "DeliveryMedium": "EMAIL", "Destination": "n***@e***"}}`},
		{step: "sign-up: a name that is taken", refused: &refusal{"UsernameExistsException", "User already exists"}},
		{step: "sign-in: before the confirmation", refused: notConfirmed},
		{step: "sign-up: a wrong code", refused: wrongCode},
		{step: "sign-up: the right code"},
		{step: "sign-up: confirmed again", refused: &refusal{"NotAuthorizedException", "User cannot be confirmed. Current status is CONFIRMED"}},
		{step: "sign-in: after the confirmation", tokens: true},
		{step: "wrong password: of a user", refused: wrongPassword},
		{step: "wrong password: of nobody", refused: wrongPassword},
		{step: "sign-in: with a password", tokens: true},
		{step: "sign-in: a client with a secret", tokens: true},
		{step: "sign-in: the secret hash left out", refused: &refusal{"NotAuthorizedException",
			"Client backend is configured with secret but SECRET_HASH was not received"}},
		{step: "sign-in: a wrong secret hash", refused: &refusal{"NotAuthorizedException", "Unable to verify secret hash for client backend"}},
		{step: "sign-in: an unknown client", refused: &refusal{"ResourceNotFoundException", "User pool client unknown does not exist."}},
		{step: "tokens: GetUser", saw: `{"username": "anaya",
			"attributes": {"email": "anaya@example.com", "email_verified": "true", "name": "Anaya Rao"}}`},
		{step: "tokens: GetUser with an ID token", refused: &refusal{"NotAuthorizedException", "Invalid Access Token"}},
		{step: "tokens: GetUser with nonsense", refused: &refusal{"NotAuthorizedException", "Invalid Access Token"}},
		{step: "tokens: GetUser after an hour", refused: &refusal{"NotAuthorizedException", "Access Token has expired"}},
		{step: "refresh: REFRESH_TOKEN_AUTH", tokens: true},
		{step: "refresh: GetTokensFromRefreshToken", tokens: true},
		{step: "refresh: with nonsense", refused: &refusal{"NotAuthorizedException", "Invalid Refresh Token."}},
		{step: "refresh: by another client", refused: &refusal{"NotAuthorizedException", "Invalid Refresh Token."}},
		{step: "rotation: signed in", tokens: true},
		{step: "rotation: a new refresh token", tokens: true},
		{step: "rotation: the old one within its grace", tokens: true},
		{step: "rotation: the old one later", refused: reused},
		{step: "rotation: REFRESH_TOKEN_AUTH is closed", refused: noRefreshFlow},
		{step: "revoke: RevokeToken"},
		{step: "revoke: refresh", refused: refreshRevoked},
		{step: "revoke: GetUser", refused: accessRevoked},
		{step: "revoke: an access token", refused: &refusal{Name: "UnsupportedTokenTypeException"}},
		{step: "sign-out: signed in", tokens: true},
		{step: "sign-out: GlobalSignOut"},
		{step: "sign-out: refresh", refused: refreshRevoked},
		{step: "sign-out: GetUser", refused: accessRevoked},
		{step: "password: a code for a forgotten one", saw: `{"AttributeName": "email", "DeliveryMedium": "EMAIL", "Destination": "n***@e***"}`},
		{step: "password: a new one"},
		{step: "password: the old one", refused: wrongPassword},
		{step: "password: changed", tokens: true},
	})
}
