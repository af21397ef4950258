package api

import (
	"testing"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// In a pool of e-mail addresses too, SRP and plain passwords count for one name.
func TestLockOfUnknownAddress(t *testing.T) {
	w := newAuthWorld(t)
	w.setPool(func(p *directory.Pool) { p.UsernameAttributes = []string{"email"} })
	const name, locked = "nobody@example.com", "NotAuthorizedException: Password attempts exceeded"
	auth := passwordAuth("nonsense")
	auth["AuthParameters"].(fields)["USERNAME"] = name
	for range 5 {
		w.refused("InitiateAuth", auth, wrongPassword)
	}
	client, challenge := w.beginSRP(name)
	w.refused("RespondToAuthChallenge", answerTo(challenge, client.answers(parametersIn(challenge), "nonsense", w.clock())), locked)
}

// A wait that began while the clock was ahead ends with the clock's return.
func TestLockOfAnotherTime(t *testing.T) {
	w := newAuthWorld(t)
	w.advance(36 * time.Hour)
	for range 6 {
		_, _ = w.try("InitiateAuth", passwordAuth("nonsense"))
	}
	w.advance(-36 * time.Hour)
	w.signIn()
}

// Tokens without an origin_jti are called back too.
func TestGlobalSignOutWithoutOrigin(t *testing.T) {
	w := newAuthWorld(t)
	w.update(func(tx store.Tx) error {
		client, err := directory.GetClient(tx, "web")
		if err != nil {
			return err
		}
		client.NoRevocation = true
		return directory.PutClient(tx, client)
	})
	result := w.call("InitiateAuth", passwordAuth(testPassword))["AuthenticationResult"].(fields)
	token := fields{"AccessToken": result["AccessToken"]}
	w.call("GetUser", token)
	w.call("GlobalSignOut", token)
	w.refused("GetUser", token, "NotAuthorizedException: Access Token has been revoked")
}
