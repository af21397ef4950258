package api

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/store"
	"github.com/poolguard/poolguard/userpool/internal/totp"
)

// authWorld is a world that remembers the secrets that went to and fro, and looks
// for them in the log when the test ends.
type authWorld struct {
	*world
	secrets map[string]string // to their names
}

func newAuthWorld(t testing.TB) *authWorld {
	t.Helper()
	w := &authWorld{world: newWorld(t), secrets: map[string]string{testPassword: "password"}}
	t.Cleanup(func() {
		log := w.log.String()
		for secret, name := range w.secrets {
			if secret != "" && regexp.MustCompile(`(^|\W)`+regexp.QuoteMeta(secret)+`(\W|$)`).MatchString(log) {
				t.Errorf("the log holds a %s", name)
			}
		}
	})
	return w
}

// secretMembers are the members of requests and answers that no log may hold.
var secretMembers = []string{
	"PASSWORD", "NEW_PASSWORD", "SECRET_HASH", "REFRESH_TOKEN", "SRP_A", "SRP_B", "SALT", "SECRET_BLOCK",
	"PASSWORD_CLAIM_SIGNATURE", "SOFTWARE_TOKEN_MFA_CODE", "AccessToken", "IdToken", "RefreshToken", "Token", "ClientSecret",
	"Session", "SecretCode", "UserCode",
}

func (w *authWorld) remember(in fields) {
	for name, value := range in {
		switch value := value.(type) {
		case fields:
			w.remember(value)
		case string:
			for _, secret := range secretMembers {
				if name == secret {
					w.secrets[value] = name
				}
			}
		}
	}
}

func (w *authWorld) try(action string, in fields) (fields, error) {
	w.t.Helper()
	w.remember(in)
	out, err := w.world.try(action, in)
	w.remember(out)
	return out, err
}

func (w *authWorld) call(action string, in fields) fields {
	w.t.Helper()
	out, err := w.try(action, in)
	if err != nil {
		w.t.Fatalf("%s: %v", action, err)
	}
	return out
}

// refused has an action refuse in with exactly that exception and message.
func (w *authWorld) refused(action string, in fields, want string) {
	w.t.Helper()
	out, err := w.try(action, in)
	if err == nil {
		w.t.Errorf("%s answered with %s, want %s", action, keysOf(out), want)
	} else if err.Error() != want {
		w.t.Errorf("%s: %v, want %s", action, err, want)
	}
}

func (w *authWorld) changeUser(change func(*directory.User)) {
	w.t.Helper()
	w.update(func(tx store.Tx) error {
		p, err := directory.GetPool(tx, testPoolID)
		if err != nil {
			return err
		}
		u, err := directory.GetUser(tx, p, "anaya")
		if err != nil {
			return err
		}
		change(&u)
		return directory.PutUser(tx, p, u)
	})
}

func (w *authWorld) record() directory.User {
	w.t.Helper()
	var found directory.User
	w.changeUser(func(u *directory.User) { found = *u })
	return found
}

// enrol gives anaya an authenticator app.
func (w *authWorld) enrol(mfa string) (secret string) {
	w.t.Helper()
	secret, err := totp.NewSecret(rand.Reader)
	if err != nil {
		w.t.Fatal(err)
	}
	w.setPool(func(p *directory.Pool) { p.MFA = mfa })
	w.changeUser(func(u *directory.User) { u.TOTPSecret, u.TOTPEnabled = secret, true })
	return secret
}

func (w *authWorld) code(secret string) string {
	w.t.Helper()
	code, err := totp.Code(secret, w.clock())
	if err != nil {
		w.t.Fatal(err)
	}
	return code
}

// wrongCode is none of those that are good now.
func (w *authWorld) wrongCode(secret string) string {
	w.t.Helper()
	for _, code := range []string{"000000", "111111", "222222", "333333"} {
		if _, ok := totp.Verify(secret, code, w.clock(), 0); !ok {
			return code
		}
	}
	panic("unlikely")
}

// hashFor is the SECRET_HASH of "backend".
func hashFor(username string) string {
	mac := hmac.New(sha256.New, []byte("backend-secret"))
	mac.Write([]byte(username + "backend"))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// passwordAuth is the request of InitiateAuth for a plain password of anaya's.
func passwordAuth(password string) fields {
	return fields{
		"ClientId": "web", "AuthFlow": "USER_PASSWORD_AUTH",
		"AuthParameters": fields{"USERNAME": "anaya", "PASSWORD": password},
	}
}

func answerTo(challenge, responses fields) fields {
	in := fields{"ClientId": "web", "ChallengeName": challenge["ChallengeName"], "ChallengeResponses": responses}
	if challenge["Session"] != nil {
		in["Session"] = challenge["Session"]
	}
	return in
}

// signIn returns the tokens of anaya.
func (w *authWorld) signIn() fields {
	w.t.Helper()
	return w.tokens(w.call("InitiateAuth", passwordAuth(testPassword)))
}

func (w *authWorld) tokens(out fields) fields {
	w.t.Helper()
	tokens, ok := out["AuthenticationResult"].(fields)
	if !ok {
		w.t.Fatalf("no tokens: %v", out["ChallengeName"])
	}
	return tokens
}

// claims reads a token without checking it.
func (w *authWorld) claims(token any) fields {
	w.t.Helper()
	raw, _ := token.(string)
	parts := strings.Split(raw, ".")
	if len(parts) != 3 {
		w.t.Fatalf("not a token of three parts: %v", token)
	}
	b, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		w.t.Fatal(err)
	}
	var c fields
	if err := json.Unmarshal(b, &c); err != nil {
		w.t.Fatal(err)
	}
	return c
}

func keysOf(in fields) string {
	keys := []string{}
	for key := range in {
		keys = append(keys, key)
	}
	return strings.Join(sorted(keys), " ")
}
