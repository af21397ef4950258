package api

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

const (
	sessionUsed    = "NotAuthorizedException: Invalid session for the user, session can only be used once."
	sessionExpired = "NotAuthorizedException: Invalid session for the user, session is expired."
	sessionInvalid = "NotAuthorizedException: Invalid session for the user."
	wrongCode      = "CodeMismatchException: Invalid code received for user"
)

func (w *authWorld) temporary() {
	w.t.Helper()
	w.changeUser(func(u *directory.User) {
		u.Status, u.TemporaryUntil = directory.ForceChangePassword, w.clock().Add(time.Hour)
	})
}

func TestNewPasswordRequired(t *testing.T) {
	w := newAuthWorld(t)
	w.temporary()
	challenge := w.call("InitiateAuth", passwordAuth(testPassword))
	p := parametersIn(challenge)
	if keysOf(challenge) != "ChallengeName ChallengeParameters Session" || challenge["ChallengeName"] != "NEW_PASSWORD_REQUIRED" ||
		keysOf(p) != "USER_ID_FOR_SRP requiredAttributes userAttributes" || p["requiredAttributes"] != "[]" || p["USER_ID_FOR_SRP"] != "anaya" {
		t.Fatalf("%v", challenge)
	}
	var attributes map[string]string
	if err := json.Unmarshal([]byte(p["userAttributes"].(string)), &attributes); err != nil || attributes["email_verified"] != "true" {
		t.Errorf("userAttributes: %v %v", p["userAttributes"], err)
	}
	with := func(password string, more ...string) fields {
		responses := fields{"USERNAME": "anaya", "NEW_PASSWORD": password}
		for n := 0; n < len(more); n += 2 {
			responses["userAttributes."+more[n]] = more[n+1]
		}
		return answerTo(challenge, responses)
	}
	const weak = "InvalidPasswordException: Password did not conform with policy: "
	for password, lack := range map[string]string{
		"Ab1!": "Password not long enough", "abcdef1!": "Password must have uppercase characters",
		"ABCDEF1!": "Password must have lowercase characters", "Abcdefg!": "Password must have numeric characters",
		"Abcdefg1": "Password must have symbol characters",
	} {
		w.refused("RespondToAuthChallenge", with(password), weak+lack)
	}
	w.refused("RespondToAuthChallenge", with(""), "InvalidParameterException: Missing required parameter NEW_PASSWORD")
	w.refused("RespondToAuthChallenge", with("Fr3sh!password", "email_verified", "true"),
		"NotAuthorizedException: A client attempted to write unauthorized attribute")
	w.refused("RespondToAuthChallenge", with("Fr3sh!password", "shoe_size", "43"),
		"InvalidParameterException: Attributes did not conform to the schema: shoe_size: Attribute does not exist in the schema.\n")
	w.refused("RespondToAuthChallenge", with("Fr3sh!password", "name", strings.Repeat("n", 2049)),
		"InvalidParameterException: Attributes did not conform to the schema: name: String must be no longer than 2048 characters\n")
	out := w.call("RespondToAuthChallenge", with("Fr3sh!password", "name", "Anaya", "email", "anaya@example.com"))
	checkTokens(t, w, out, onlyPassword, loa1)
	u := w.record()
	if u.Status != directory.Confirmed || !u.TemporaryUntil.IsZero() || u.Attributes["name"] != "Anaya" || u.Attributes["email_verified"] != "true" {
		t.Errorf("%s %v %v", u.Status, u.TemporaryUntil, u.Attributes)
	}
	w.refused("RespondToAuthChallenge", with("Fr3sh!password"), sessionUsed)
	w.refused("InitiateAuth", passwordAuth(testPassword), wrongPassword)
	checkTokens(t, w, w.call("InitiateAuth", passwordAuth("Fr3sh!password")), onlyPassword, loa1)
}

// TestNewPasswordAttributes changes attributes to what is another's, and to what
// nobody has verified.
func TestNewPasswordAttributes(t *testing.T) {
	w := newAuthWorld(t)
	w.setPool(func(p *directory.Pool) { p.AliasAttributes, p.Password.HistorySize = []string{"preferred_username"}, 2 })
	w.temporary()
	w.changeUser(func(u *directory.User) {
		u.Username, u.Sub, u.Attributes = "bela", "7a1de6a2-0a40-4e6b-8f5c-3a1f2d9e4c55", map[string]string{"preferred_username": "bee"}
	})
	challenge := w.call("InitiateAuth", passwordAuth(testPassword))
	answer := func(password, name, value string) fields {
		return answerTo(challenge, fields{"USERNAME": "anaya", "NEW_PASSWORD": password, "userAttributes." + name: value})
	}
	w.refused("RespondToAuthChallenge", answer("Fr3sh!password", "preferred_username", "bee"), "AliasExistsException: An account with the given email already exists.")
	w.refused("RespondToAuthChallenge", answer(testPassword, "name", "Anaya"), "PasswordHistoryPolicyViolationException: Password has previously been used.")
	w.setPool(func(p *directory.Pool) { p.UsernameAttributes = []string{"email"} })
	w.refused("RespondToAuthChallenge", answer("Fr3sh!password", "email", "anaya@example.com"), "NotAuthorizedException: Cannot modify an already provided email")
	w.setPool(func(p *directory.Pool) { p.UsernameAttributes = nil })
	w.setClient(func(c *directory.Client) { c.WriteAttributes = []string{"email"} })
	w.refused("RespondToAuthChallenge", answer("Fr3sh!password", "name", "Anaya"), "NotAuthorizedException: A client attempted to write unauthorized attribute")
	w.call("RespondToAuthChallenge", answer("Fr3sh!password", "email", "new@example.com"))
	if u := w.record(); u.Attributes["email"] != "new@example.com" || u.Attributes["email_verified"] != "false" || len(u.PastPasswords) != 1 {
		t.Errorf("%v, %d past passwords", u.Attributes, len(u.PastPasswords))
	}
}

func TestSessions(t *testing.T) {
	w := newAuthWorld(t)
	w.temporary()
	challenge := w.call("InitiateAuth", passwordAuth(testPassword))
	responses := fields{"USERNAME": "anaya", "NEW_PASSWORD": "Fr3sh!password"}
	w.refused("RespondToAuthChallenge", fields{"ClientId": "web", "ChallengeName": "NEW_PASSWORD_REQUIRED", "ChallengeResponses": responses},
		"InvalidParameterException: Missing required parameter Session")
	other := func(change func(fields)) fields {
		in := answerTo(challenge, responses)
		change(in)
		return in
	}
	w.refused("RespondToAuthChallenge", other(func(in fields) { in["Session"] = strings.Repeat("x", 40) }), sessionInvalid)
	w.refused("RespondToAuthChallenge", other(func(in fields) { in["Session"] = "short" }),
		"InvalidParameterException: 1 validation error detected: Value at 'session' failed to satisfy constraint: Member must have length greater than or equal to 20")
	w.refused("RespondToAuthChallenge", other(func(in fields) { in["Session"] = strings.Repeat("x", 2049) }),
		"InvalidParameterException: 1 validation error detected: Value at 'session' failed to satisfy constraint: Member must have length less than or equal to 2048")
	for _, name := range []string{"MFA_SETUP", "SOFTWARE_TOKEN_MFA", "SELECT_CHALLENGE", "SMS_MFA", "CUSTOM_CHALLENGE", "SELECT_MFA_TYPE"} {
		w.refused("RespondToAuthChallenge", other(func(in fields) {
			in["ChallengeName"] = name
			in["ChallengeResponses"] = fields{"USERNAME": "anaya", "SOFTWARE_TOKEN_MFA_CODE": "123456", "ANSWER": "PASSWORD", "PASSWORD": "x"}
		}), sessionInvalid)
	}
	w.refused("RespondToAuthChallenge", other(func(in fields) {
		in["ChallengeResponses"] = fields{"USERNAME": "bela", "NEW_PASSWORD": "Fr3sh!password"}
	}), sessionInvalid)
	w.refused("RespondToAuthChallenge", other(func(in fields) {
		in["ClientId"] = "backend"
		in["ChallengeResponses"] = fields{
			"USERNAME": "anaya", "NEW_PASSWORD": "Fr3sh!password", "SECRET_HASH": hashFor("anaya"),
		}
	}), sessionInvalid)
	w.refused("AssociateSoftwareToken", fields{"Session": challenge["Session"]}, sessionInvalid)
	w.advance(3*time.Minute - time.Second)
	late := w.call("InitiateAuth", passwordAuth(testPassword))
	w.advance(time.Second)
	w.refused("RespondToAuthChallenge", answerTo(challenge, responses), sessionExpired)
	// Another challenge sweeps the expired one away.
	w.advance(time.Second)
	w.call("InitiateAuth", passwordAuth(testPassword))
	w.refused("RespondToAuthChallenge", answerTo(challenge, responses), sessionExpired)
	w.changeUser(func(u *directory.User) { u.Disabled = true })
	w.refused("RespondToAuthChallenge", answerTo(late, responses), "NotAuthorizedException: User is disabled.")
	w.changeUser(func(u *directory.User) { u.Disabled = false })
	// A new user of the same name has nothing to do with the old one's session.
	w.update(func(tx store.Tx) error {
		p, err := directory.GetPool(tx, testPoolID)
		if err != nil {
			return err
		}
		u, err := directory.GetUser(tx, p, "anaya")
		if err != nil {
			return err
		}
		if err := directory.DeleteUser(tx, p, u); err != nil {
			return err
		}
		old := u.Sub
		u.Sub = "5b1de6a2-0a40-4e6b-8f5c-3a1f2d9e4c55"
		if err := directory.PutUser(tx, p, u); err != nil {
			return err
		}
		u.Username, u.Sub = old, "6b1de6a2-0a40-4e6b-8f5c-3a1f2d9e4c55"
		return directory.PutUser(tx, p, u)
	})
	w.refused("RespondToAuthChallenge", answerTo(late, responses), sessionInvalid)
	responses["USERNAME"] = "0d8e3d2c-4c1f-4f5e-9d33-7a0f3d2a9b11"
	w.refused("RespondToAuthChallenge", answerTo(late, responses), sessionInvalid)
}
