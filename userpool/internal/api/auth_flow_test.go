package api

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

func sorted(list []string) []string {
	slices.Sort(list)
	return list
}

// checkTokens looks at what a sign-in of anaya gives.
func checkTokens(t *testing.T, w *authWorld, out fields, methods, level string) {
	t.Helper()
	if keysOf(out) != "AuthenticationResult ChallengeParameters" || keysOf(out["ChallengeParameters"].(fields)) != "" {
		t.Errorf("the answer has %s", keysOf(out))
	}
	tokens := w.tokens(out)
	if keysOf(tokens) != "AccessToken ExpiresIn IdToken RefreshToken TokenType" || tokens["TokenType"] != "Bearer" ||
		tokens["ExpiresIn"] != 3600.0 {
		t.Errorf("AuthenticationResult has %s, ExpiresIn %v, TokenType %v", keysOf(tokens), tokens["ExpiresIn"], tokens["TokenType"])
	}
	access, id := w.claims(tokens["AccessToken"]), w.claims(tokens["IdToken"])
	if access["scope"] != "aws.cognito.signin.user.admin" || access["username"] != "anaya" || access["client_id"] == nil {
		t.Errorf("access token: %v", access)
	}
	if id["cognito:username"] != "anaya" || id["email"] != "anaya@example.com" || id["nonce"] != nil || id["at_hash"] != nil {
		t.Errorf("ID token: %v", id)
	}
	for _, claims := range []fields{access, id} {
		if got := fmt.Sprint(claims["amr"]); got != methods || claims["acr"] != level {
			t.Errorf("amr %v acr %v, want %s %s", got, claims["acr"], methods, level)
		}
	}
	w.call("SetUserMFAPreference", fields{"AccessToken": tokens["AccessToken"]})
}

const (
	onlyPassword = "[pwd]"
	bothFactors  = "[pwd otp mfa]"
	loa1, loa2   = "urn:cognito:loa:1", "urn:cognito:loa:2"
)

func TestPasswordAuth(t *testing.T) {
	w := newAuthWorld(t)
	checkTokens(t, w, w.call("InitiateAuth", passwordAuth(testPassword)), onlyPassword, loa1)
	for _, flow := range []string{"ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"} {
		out := w.call("AdminInitiateAuth", fields{
			"UserPoolId": testPoolID, "ClientId": "backend", "AuthFlow": flow, "AuthParameters": fields{
				"USERNAME": "anaya", "PASSWORD": testPassword, "SECRET_HASH": hashFor("anaya"),
			},
		})
		checkTokens(t, w, out, onlyPassword, loa1)
	}
}

const wrongPassword = "NotAuthorizedException: Incorrect username or password."

func TestInitiateAuthRefusals(t *testing.T) {
	w := newAuthWorld(t)
	w.setClient(func(c *directory.Client) { c.ID, c.AuthFlows = "closed", nil })
	w.setClient(func(c *directory.Client) { c.ID, c.HideUnknownUsers = "open", false })
	w.update(func(tx store.Tx) error { return directory.PutPool(tx, directory.Pool{ID: "us-east-1_Other"}) })
	auth := func(client, flow string, parameters fields) fields {
		return fields{"ClientId": client, "AuthFlow": flow, "AuthParameters": parameters}
	}
	plain := fields{"USERNAME": "anaya", "PASSWORD": testPassword}
	with := func(name, hash string) fields {
		return fields{"USERNAME": name, "PASSWORD": testPassword, "SECRET_HASH": hash}
	}
	const invalid = "InvalidParameterException: "
	for _, c := range []struct {
		in   fields
		want string
	}{
		{auth("web", "USER_PASSWORD_AUTH", fields{"USERNAME": "anaya", "PASSWORD": "nonsense"}), wrongPassword},
		{auth("web", "USER_PASSWORD_AUTH", fields{"USERNAME": "nobody", "PASSWORD": "nonsense"}), wrongPassword},
		{auth("open", "USER_PASSWORD_AUTH", fields{"USERNAME": "nobody", "PASSWORD": "nonsense"}), "UserNotFoundException: User does not exist."},
		{auth("open", "USER_SRP_AUTH", fields{"USERNAME": "nobody", "SRP_A": "1234"}), "UserNotFoundException: User does not exist."},
		{auth("open", "USER_AUTH", fields{"USERNAME": "nobody"}), "UserNotFoundException: User does not exist."},
		{auth("web", "USER_PASSWORD_AUTH", fields{"PASSWORD": "x"}), invalid + "Missing required parameter USERNAME"},
		{auth("web", "USER_PASSWORD_AUTH", fields{"USERNAME": "anaya"}), invalid + "Missing required parameter PASSWORD"},
		{auth("web", "USER_PASSWORD_AUTH", nil), invalid + "Missing required parameter USERNAME"},
		{auth("web", "USER_SRP_AUTH", fields{"USERNAME": "anaya"}), invalid + "Missing required parameter SRP_A"},
		{auth("web", "USER_SRP_AUTH", fields{"USERNAME": "anaya", "SRP_A": "0"}), invalid + "SRP_A is not a valid value."},
		{auth("web", "REFRESH_TOKEN_AUTH", nil), invalid + "Missing required parameter REFRESH_TOKEN"},
		{auth("web", "REFRESH_TOKEN", fields{"REFRESH_TOKEN": "nonsense"}), "NotAuthorizedException: Invalid Refresh Token."},
		{auth("web", "CUSTOM_AUTH", plain), invalid + "Custom auth lambda trigger is not configured for the user pool."},
		{auth("web", "ADMIN_NO_SRP_AUTH", plain), invalid + "Initiate Auth method not supported."},
		{auth("web", "ADMIN_USER_PASSWORD_AUTH", plain), invalid + "Initiate Auth method not supported."},
		{auth("closed", "USER_PASSWORD_AUTH", plain), invalid + "USER_PASSWORD_AUTH flow not enabled for this client"},
		{auth("closed", "USER_SRP_AUTH", plain), invalid + "USER_SRP_AUTH is not enabled for the client."},
		{auth("closed", "CUSTOM_AUTH", plain), invalid + "CUSTOM_AUTH is not enabled for the client."},
		{auth("closed", "USER_AUTH", plain), invalid + "USER_AUTH is not enabled for the client."},
		{auth("closed", "REFRESH_TOKEN_AUTH", plain), invalid + "REFRESH_TOKEN_AUTH is not enabled for the client."},
		{auth("nothing", "USER_PASSWORD_AUTH", plain), "ResourceNotFoundException: User pool client nothing does not exist."},
		{auth("web", "USER_PASSWORD_AUTH", with("anaya", "aGFzaA==")), invalid + "App client web is not configured for secret but secret hash was received"},
		{auth("backend", "USER_PASSWORD_AUTH", plain), "NotAuthorizedException: Client backend is configured with secret but SECRET_HASH was not received"},
		{auth("backend", "USER_PASSWORD_AUTH", with("anaya", "aGFzaA==")), "NotAuthorizedException: Unable to verify secret hash for client backend"},
		{
			auth("backend", "USER_PASSWORD_AUTH", with("anaya", hashFor("bela"))),
			"NotAuthorizedException: Unable to verify secret hash for client backend",
		},
		{
			auth("web", "SRP", plain), invalid + "1 validation error detected: Value 'SRP' at 'authFlow' failed to satisfy constraint: " +
				"Member must satisfy enum value set: [USER_SRP_AUTH, REFRESH_TOKEN_AUTH, REFRESH_TOKEN, CUSTOM_AUTH, " +
				"ADMIN_NO_SRP_AUTH, USER_PASSWORD_AUTH, ADMIN_USER_PASSWORD_AUTH, USER_AUTH]",
		},
		{
			auth("", "", nil), invalid + "2 validation errors detected: Value null at 'clientId' failed to satisfy constraint: " +
				"Member must not be null; Value null at 'authFlow' failed to satisfy constraint: Member must not be null",
		},
	} {
		w.refused("InitiateAuth", c.in, c.want)
	}
	admin := func(pool, flow string) fields {
		return fields{"UserPoolId": pool, "ClientId": "web", "AuthFlow": flow, "AuthParameters": plain}
	}
	w.refused("AdminInitiateAuth", admin(testPoolID, "USER_PASSWORD_AUTH"), invalid+"Initiate Auth method not supported.")
	w.refused("AdminInitiateAuth", admin("us-east-1_Other", "ADMIN_NO_SRP_AUTH"), "ResourceNotFoundException: User pool client web does not exist.")
	w.refused("AdminInitiateAuth", admin("us-east-1_None", "ADMIN_NO_SRP_AUTH"), "ResourceNotFoundException: User pool us-east-1_None does not exist.")
	w.setClient(func(c *directory.Client) { c.AuthFlows = nil })
	w.refused("AdminInitiateAuth", admin(testPoolID, "ADMIN_NO_SRP_AUTH"), invalid+"Auth flow not enabled for this client")
}

func TestUsersWhoMayNotEnter(t *testing.T) {
	for _, c := range []struct {
		change func(*directory.User)
		want   string
	}{
		{func(u *directory.User) { u.Disabled = true }, "NotAuthorizedException: User is disabled."},
		{func(u *directory.User) { u.Status = directory.Unconfirmed }, "UserNotConfirmedException: User is not confirmed."},
		{func(u *directory.User) { u.Status = directory.ResetRequired }, "PasswordResetRequiredException: Password reset required for the user"},
		{
			func(u *directory.User) {
				u.Status, u.TemporaryUntil = directory.ForceChangePassword, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
			},
			"NotAuthorizedException: Temporary password has expired and must be reset by an administrator.",
		},
	} {
		w := newAuthWorld(t)
		w.changeUser(c.change)
		w.refused("InitiateAuth", passwordAuth(testPassword), c.want)
		client, challenge := w.beginSRP("anaya")
		w.refused("RespondToAuthChallenge", answerTo(challenge, client.answers(parametersIn(challenge), testPassword, w.clock())), c.want)
	}
}

func TestUserAuth(t *testing.T) {
	w := newAuthWorld(t)
	client := newSRPClient(t)
	auth := func(parameters fields) fields {
		parameters["USERNAME"] = "anaya"
		return fields{"ClientId": "web", "AuthFlow": "USER_AUTH", "AuthParameters": parameters}
	}
	checkTokens(t, w, w.call("InitiateAuth", auth(fields{"PREFERRED_CHALLENGE": "PASSWORD", "PASSWORD": testPassword})), onlyPassword, loa1)
	prove := func(challenge fields) {
		t.Helper()
		if keysOf(challenge) != "ChallengeName ChallengeParameters Session" {
			t.Errorf("%v", challenge)
		}
		responses := client.answers(parametersIn(challenge), testPassword, w.clock())
		checkTokens(t, w, w.call("RespondToAuthChallenge", answerTo(challenge, responses)), onlyPassword, loa1)
	}
	prove(w.call("InitiateAuth", auth(fields{"PREFERRED_CHALLENGE": "PASSWORD_SRP", "SRP_A": client.publicA()})))
	for _, in := range []fields{
		{"ANSWER": "PASSWORD", "PASSWORD": testPassword}, {"ANSWER": "PASSWORD_SRP", "SRP_A": client.publicA()},
		{"PASSWORD": testPassword}, {"SRP_A": client.publicA()},
	} {
		challenge := w.call("InitiateAuth", auth(fields{"PREFERRED_CHALLENGE": "WEB_AUTHN"}))
		if keysOf(challenge) != "AvailableChallenges ChallengeName ChallengeParameters Session" ||
			challenge["ChallengeName"] != "SELECT_CHALLENGE" || fmt.Sprint(challenge["AvailableChallenges"]) != "[PASSWORD PASSWORD_SRP]" {
			t.Fatalf("%v", challenge)
		}
		in["USERNAME"] = "anaya"
		answer := answerTo(challenge, in)
		if in["ANSWER"] == nil {
			answer["ChallengeName"] = map[bool]string{true: "PASSWORD", false: "PASSWORD_SRP"}[in["PASSWORD"] != nil]
		}
		for _, other := range []string{"WEB_AUTHN", "EMAIL_OTP", "SMS_OTP"} {
			w.refused("RespondToAuthChallenge", answerTo(challenge, fields{"USERNAME": "anaya", "ANSWER": other}),
				"InvalidParameterException: The selected challenge is not available for the user.")
		}
		out := w.call("RespondToAuthChallenge", answer)
		if in["PASSWORD"] != nil {
			checkTokens(t, w, out, onlyPassword, loa1)
		} else {
			prove(out)
		}
		w.refused("RespondToAuthChallenge", answer, "NotAuthorizedException: Invalid session for the user, session can only be used once.")
	}
	w.refused("InitiateAuth", auth(fields{"PREFERRED_CHALLENGE": "X"}), "InvalidParameterException: PREFERRED_CHALLENGE is not a valid challenge.")
}

// TestNullsAndTypes sends what JSON has and requests do not.
func TestNullsAndTypes(t *testing.T) {
	w := newAuthWorld(t)
	for _, body := range []string{
		`{"ClientId":null,"AuthFlow":"USER_AUTH"}`, `[]`, `null`, `"x"`, `{"AuthParameters":{"PASSWORD":{"sesame":1}}}`,
		`{"AuthParameters":{"sesame":[]}}`, `{"AuthParameters":"sesame"}`, `{"ClientId":7}`, ``, `{`,
	} {
		rec := w.post("InitiateAuth", body)
		var out fields
		if err := json.Unmarshal(rec.Body.Bytes(), &out); err != nil || rec.Code != 400 {
			t.Errorf("%s: %d %s", body, rec.Code, rec.Body)
		}
	}
	w.secrets["sesame"] = "piece of a body"
}

// TestSubIsNoNameToSignInWith: the sub names a user to other actions.
func TestSubIsNoNameToSignInWith(t *testing.T) {
	w := newAuthWorld(t)
	w.setClient(func(c *directory.Client) { c.ID, c.HideUnknownUsers = "open", false })
	sub := byName(w.call("AdminGetUser", inPool("anaya"))["UserAttributes"])["sub"].(string)
	if user := w.call("AdminGetUser", inPool(sub)); user["Username"] != "anaya" {
		t.Errorf("AdminGetUser with the sub: %v", user)
	}
	for flow, more := range map[string]fields{
		"USER_PASSWORD_AUTH": {"PASSWORD": testPassword},
		"USER_SRP_AUTH":      {"SRP_A": newSRPClient(t).publicA()},
		"USER_AUTH":          {"PREFERRED_CHALLENGE": "PASSWORD", "PASSWORD": testPassword},
	} {
		more["USERNAME"] = sub
		w.refused("InitiateAuth", fields{"ClientId": "open", "AuthFlow": flow, "AuthParameters": more}, "UserNotFoundException: User does not exist.")
	}
	// Where people sign in with an e-mail address, the user name is the sub.
	w.setPool(func(p *directory.Pool) { p.UsernameAttributes = []string{"email"} })
	made := w.call("AdminCreateUser", with(inPool("bo@example.org"), "MessageAction", "SUPPRESS"))
	name := at(t, made, "User", "Username")
	w.call("AdminSetUserPassword", with(inPool("bo@example.org"), "Password", testPassword, "Permanent", true))
	w.call("InitiateAuth", fields{
		"ClientId": "open", "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": fields{"USERNAME": name, "PASSWORD": testPassword},
	})
}
