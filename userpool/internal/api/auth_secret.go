package api

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"

	"github.com/poolguard/poolguard/userpool/internal/directory"
)

// checkSecretHash judges SECRET_HASH: a client that has a secret must send it, made
// for the user name of the same request, and one that has none must not.
// https://docs.aws.amazon.com/cognito/latest/developerguide/signing-up-users-in-your-app.html#cognito-user-pools-computing-secret-hash
func checkSecretHash(client directory.Client, username, hash string) error {
	return checkSecretHashOfAny(client, hash, username)
}

// checkSecretHashOfAny takes the hash of any of several names.
func checkSecretHashOfAny(client directory.Client, hash string, usernames ...string) error {
	switch {
	case client.Secret == "" && hash == "":
		return nil
	case client.Secret == "":
		// https://github.com/keivanK1/Cognito-Android-Studio/issues/1
		return invalidParameter("App client %s is not configured for secret but secret hash was received", client.ID)
	case hash == "":
		return notAuthorized("Client " + client.ID + " is configured with secret but SECRET_HASH was not received")
	}
	for _, name := range usernames {
		// Compared encoded: a decoder lets line breaks and stray bits through.
		if subtle.ConstantTimeCompare([]byte(secretHash(client, name)), []byte(hash)) == 1 {
			return nil
		}
	}
	return notAuthorized("Unable to verify secret hash for client " + client.ID)
}

func secretHash(client directory.Client, username string) string {
	mac := hmac.New(sha256.New, []byte(client.Secret))
	mac.Write([]byte(username + client.ID))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// checkClientSecret judges a ClientSecret: the secret itself, as RevokeToken and
// GetTokensFromRefreshToken take it.
func checkClientSecret(client directory.Client, secret string) error {
	switch {
	case client.Secret == "" && secret == "":
		return nil
	case client.Secret == "":
		return notAuthorized("Client " + client.ID + " is configured for no secret but secret was received")
	case secret == "":
		return notAuthorized("Client " + client.ID + " is configured for secret but secret was not received")
	case subtle.ConstantTimeCompare([]byte(client.Secret), []byte(secret)) != 1:
		return notAuthorized("Invalid client secret.") // a guess: not seen
	}
	return nil
}
