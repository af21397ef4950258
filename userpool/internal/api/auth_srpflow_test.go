package api

import (
	"fmt"
	"testing"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/directory"
)

func parametersIn(challenge fields) fields { return challenge["ChallengeParameters"].(fields) }

func (w *authWorld) beginSRP(name string) (client srpClient, challenge fields) {
	w.t.Helper()
	client = newSRPClient(w.t)
	return client, w.call("InitiateAuth", fields{
		"ClientId": "web", "AuthFlow": "USER_SRP_AUTH", "AuthParameters": fields{"USERNAME": name, "SRP_A": client.publicA()},
	})
}

func TestSRPAuth(t *testing.T) {
	w := newAuthWorld(t)
	w.setPool(func(p *directory.Pool) { p.AliasAttributes = []string{"email"} })
	w.changeUser(func(*directory.User) {}) // files the alias
	for _, name := range []string{"anaya", "Anaya", "anaya@example.com"} {
		client, challenge := w.beginSRP(name)
		p := parametersIn(challenge)
		if keysOf(challenge) != "ChallengeName ChallengeParameters" || challenge["ChallengeName"] != "PASSWORD_VERIFIER" ||
			keysOf(p) != "SALT SECRET_BLOCK SRP_B USERNAME USER_ID_FOR_SRP" || p["USERNAME"] != "anaya" || p["USER_ID_FOR_SRP"] != "anaya" {
			t.Fatalf("%s: %v", name, challenge)
		}
		responses := client.answers(p, testPassword, w.clock().Add(-time.Minute))
		if name == "anaya@example.com" {
			responses["USERNAME"] = name
		}
		checkTokens(t, w, w.call("RespondToAuthChallenge", answerTo(challenge, responses)), onlyPassword, loa1)
		// A handshake is good for one answer.
		w.refused("RespondToAuthChallenge", answerTo(challenge, responses), wrongPassword)
	}
	client := newSRPClient(t)
	in := fields{
		"UserPoolId": testPoolID, "ClientId": "backend", "AuthFlow": "USER_SRP_AUTH", "AuthParameters": fields{
			"USERNAME": "anaya", "SRP_A": client.publicA(), "SECRET_HASH": hashFor("anaya"),
		},
	}
	challenge := w.call("AdminInitiateAuth", in)
	responses := client.answers(parametersIn(challenge), testPassword, w.clock())
	answer := answerTo(challenge, responses)
	answer["ClientId"], answer["UserPoolId"] = "backend", testPoolID
	w.refused("AdminRespondToAuthChallenge", answer, "NotAuthorizedException: Client backend is configured with secret but SECRET_HASH was not received")
	responses["SECRET_HASH"] = hashFor("anaya")
	checkTokens(t, w, w.call("AdminRespondToAuthChallenge", answer), onlyPassword, loa1)
}

func TestSRPRefusals(t *testing.T) {
	w := newAuthWorld(t)
	w.changeUser(func(u *directory.User) { u.Failures = -100 }) // no lock today
	const badTime = "InvalidParameterException: TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english"
	_, stranger := w.beginSRP("anaya")
	for name, c := range map[string]struct {
		password string
		at       time.Duration
		spoil    func(fields)
		want     string
	}{
		"wrong password":    {password: "nonsense", want: wrongPassword},
		"too late":          {at: -6 * time.Minute, want: wrongPassword},
		"too early":         {at: 6 * time.Minute, want: wrongPassword},
		"other user":        {spoil: func(r fields) { r["USERNAME"] = "bela" }, want: wrongPassword},
		"other block":       {spoil: func(r fields) { r["PASSWORD_CLAIM_SECRET_BLOCK"] = parametersIn(stranger)["SECRET_BLOCK"] }, want: wrongPassword},
		"no block of ours":  {spoil: func(r fields) { r["PASSWORD_CLAIM_SECRET_BLOCK"] = "%%%" }, want: wrongPassword},
		"signature cut":     {spoil: func(r fields) { r["PASSWORD_CLAIM_SIGNATURE"] = "AAAA" }, want: wrongPassword},
		"padded day":        {spoil: func(r fields) { r["TIMESTAMP"] = "Sun Mar 01 12:00:00 UTC 2026" }, want: wrongPassword},
		"wrong weekday":     {spoil: func(r fields) { r["TIMESTAMP"] = "Mon Mar 1 12:00:00 UTC 2026" }, want: wrongPassword},
		"no time":           {spoil: func(r fields) { r["TIMESTAMP"] = "So. März 1 12:00:00 UTC 2026" }, want: badTime},
		"missing time":      {spoil: func(r fields) { delete(r, "TIMESTAMP") }, want: "InvalidParameterException: Missing required parameter TIMESTAMP"},
		"missing block":     {spoil: func(r fields) { delete(r, "PASSWORD_CLAIM_SECRET_BLOCK") }, want: "InvalidParameterException: Missing required parameter PASSWORD_CLAIM_SECRET_BLOCK"},
		"missing signature": {spoil: func(r fields) { delete(r, "PASSWORD_CLAIM_SIGNATURE") }, want: "InvalidParameterException: Missing required parameter PASSWORD_CLAIM_SIGNATURE"},
		"missing name":      {spoil: func(r fields) { delete(r, "USERNAME") }, want: "InvalidParameterException: Missing required parameter USERNAME"},
	} {
		t.Run(name, func(*testing.T) {
			client, challenge := w.beginSRP("anaya")
			password := testPassword
			if c.password != "" {
				password = c.password
			}
			responses := client.answers(parametersIn(challenge), password, w.clock().Add(c.at))
			if c.spoil != nil {
				c.spoil(responses)
			}
			w.refused("RespondToAuthChallenge", answerTo(challenge, responses), c.want)
		})
	}
	client, challenge := w.beginSRP("anaya")
	w.advance(3 * time.Minute)
	w.refused("RespondToAuthChallenge", answerTo(challenge, client.answers(parametersIn(challenge), testPassword, w.clock())),
		"NotAuthorizedException: Invalid session for the user, session is expired.")
	client, challenge = w.beginSRP("anaya")
	answer := answerTo(challenge, client.answers(parametersIn(challenge), testPassword, w.clock()))
	answer["ClientId"] = "backend"
	answer["ChallengeResponses"].(fields)["SECRET_HASH"] = hashFor("anaya")
	w.refused("RespondToAuthChallenge", answer, wrongPassword)
}

// TestLock has wrong passwords of both ways cost the same wait, whether there is a
// user of that name or not.
func TestLock(t *testing.T) {
	w := newAuthWorld(t)
	const locked = "NotAuthorizedException: Password attempts exceeded"
	for _, name := range []string{"anaya", "nobody"} {
		auth := passwordAuth("nonsense")
		auth["AuthParameters"].(fields)["USERNAME"] = name
		proof := func(want string) {
			t.Helper()
			client, challenge := w.beginSRP(name)
			w.refused("RespondToAuthChallenge", answerTo(challenge, client.answers(parametersIn(challenge), "nonsense", w.clock())), want)
		}
		for n := range 5 {
			if n%2 == 0 {
				w.refused("InitiateAuth", auth, wrongPassword)
				continue
			}
			proof(wrongPassword)
		}
		w.refused("InitiateAuth", auth, locked)
		proof(locked)
		w.advance(time.Second)
		proof(wrongPassword)
		w.advance(2 * time.Second)
	}
	w.signIn()
}

// TestUnknownUsersLookAlike compares what somebody without a password sees.
func TestUnknownUsersLookAlike(t *testing.T) {
	w := newAuthWorld(t)
	salts := map[string]any{}
	for _, name := range []string{"anaya", "nobody", "nobody", "Nobody", "anaya", "noone"} {
		client, challenge := w.beginSRP(name)
		p := parametersIn(challenge)
		if keysOf(challenge) != "ChallengeName ChallengeParameters" || keysOf(p) != "SALT SECRET_BLOCK SRP_B USERNAME USER_ID_FOR_SRP" {
			t.Errorf("%s: %v", name, challenge)
		}
		key := (&directory.Pool{}).UserKey(name)
		if before, ok := salts[key]; ok && before != p["SALT"] {
			t.Errorf("%s has a salt that changes", name)
		}
		salts[key] = p["SALT"]
		if len(p["SECRET_BLOCK"].(string)) != 140 || p["USER_ID_FOR_SRP"] != p["USERNAME"] {
			t.Errorf("%s: %v", name, p)
		}
		w.refused("RespondToAuthChallenge", answerTo(challenge, client.answers(p, "nonsense", w.clock())), wrongPassword)
	}
	if salts["nobody"] == salts["noone"] || salts["nobody"] == salts["anaya"] {
		t.Error("salts are shared")
	}
	choice := func(name string) fields {
		return w.call("InitiateAuth", fields{"ClientId": "web", "AuthFlow": "USER_AUTH", "AuthParameters": fields{"USERNAME": name}})
	}
	known, unknown := choice("anaya"), choice("nobody")
	if keysOf(known) != keysOf(unknown) || fmt.Sprint(known["AvailableChallenges"]) != fmt.Sprint(unknown["AvailableChallenges"]) {
		t.Errorf("%v and %v", known, unknown)
	}
	w.refused("RespondToAuthChallenge", answerTo(unknown, fields{"USERNAME": "nobody", "ANSWER": "PASSWORD", "PASSWORD": "x"}), wrongPassword)
	// Where user names are UUIDs, that of nobody is one too.
	w.setPool(func(p *directory.Pool) { p.UsernameAttributes = []string{"email"} })
	_, challenge := w.beginSRP("nobody@example.com")
	_, again := w.beginSRP("Nobody@example.com")
	if id := parametersIn(challenge)["USER_ID_FOR_SRP"].(string); len(id) != 36 || id != parametersIn(again)["USER_ID_FOR_SRP"] {
		t.Errorf("USER_ID_FOR_SRP is %q, then %q", id, parametersIn(again)["USER_ID_FOR_SRP"])
	}
}
