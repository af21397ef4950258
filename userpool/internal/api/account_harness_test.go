package api

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/store"
	"github.com/poolguard/poolguard/userpool/internal/users"
)

// setPool changes the test pool.
func (w *world) setPool(change func(*directory.Pool)) {
	w.t.Helper()
	w.update(func(tx store.Tx) error {
		p, err := directory.GetPool(tx, testPoolID)
		if err != nil {
			return err
		}
		change(&p)
		return directory.PutPool(tx, p)
	})
}

// setClient changes the client "web".
func (w *world) setClient(change func(*directory.Client)) {
	w.t.Helper()
	w.update(func(tx store.Tx) error {
		c, err := directory.GetClient(tx, "web")
		if err != nil {
			return err
		}
		change(&c)
		return directory.PutClient(tx, c)
	})
}

func verifyEmail(p *directory.Pool) { p.AutoVerifiedAttributes = []string{"email"} }

func showUnknown(c *directory.Client) { c.HideUnknownUsers = false }

// refused fails the test unless an action is refused with an exception and message.
func (w *world) refused(action string, in fields, exception, message string) {
	w.t.Helper()
	_, err := w.try(action, in)
	e := new(Error)
	if !errors.As(err, &e) || e.Type != exception || e.Message != message {
		w.t.Errorf("%s %v:\n got %v\nwant %s: %s", action, in, err, exception, message)
	}
}

// delivered returns the last message.
func (w *world) delivered() users.Message {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.sent) == 0 {
		w.t.Fatal("nothing was delivered")
	}
	return w.sent[len(w.sent)-1]
}

// deliveries is how many messages there were.
func (w *world) deliveries() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.sent)
}

// wrong is a code that code is not.
func wrong(code string) string {
	if code[0] == '9' {
		return "0" + code[1:]
	}
	return "9" + code[1:]
}

// signIn returns an access and a refresh token.
func (w *world) signIn(username, password string) (access, refresh string) {
	w.t.Helper()
	out := w.call("InitiateAuth", fields{
		"ClientId": "web", "AuthFlow": "USER_PASSWORD_AUTH",
		"AuthParameters": fields{"USERNAME": username, "PASSWORD": password},
	})
	result, ok := out["AuthenticationResult"].(fields)
	if !ok {
		w.t.Fatalf("signing in as %s: %v", username, out)
	}
	return result["AccessToken"].(string), result["RefreshToken"].(string)
}

func (w *world) refuseSignIn(username, password, exception, message string) {
	w.t.Helper()
	w.refused("InitiateAuth", fields{
		"ClientId": "web", "AuthFlow": "USER_PASSWORD_AUTH",
		"AuthParameters": fields{"USERNAME": username, "PASSWORD": password},
	}, exception, message)
}

// adminUser returns what AdminGetUser says, with the attributes by name.
func (w *world) adminUser(name string) (user, attributes fields) {
	w.t.Helper()
	user = w.call("AdminGetUser", fields{"UserPoolId": testPoolID, "Username": name})
	return user, byName(user["UserAttributes"])
}

func byName(list any) fields {
	attributes := fields{}
	for _, at := range list.([]any) {
		attributes[at.(fields)["Name"].(string)] = at.(fields)["Value"]
	}
	return attributes
}

func attributePairs(namesAndValues ...string) []fields {
	var list []fields
	for pair := range slices.Chunk(namesAndValues, 2) {
		list = append(list, fields{"Name": pair[0], "Value": pair[1]})
	}
	return list
}

func secretHashFor(clientID, secret, username string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(username + clientID))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// noSecrets fails the test if the log holds one of them.
func (w *world) noSecrets(t *testing.T, secrets ...string) {
	t.Helper()
	for _, secret := range secrets {
		if strings.Contains(w.log.String(), secret) {
			t.Errorf("the log holds a secret: %q", secret)
		}
	}
}
