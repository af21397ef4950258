package cognito_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

// FuzzVerify runs whole tokens through the verifier: it must refuse without a
// panic, by one of its codes, as the inspection does.
func FuzzVerify(f *testing.F) {
	issuer := cognitotest.NewIssuer()
	pool := issuer.Pool()
	good := pool.AccessToken()
	f.Add(good)
	f.Add(pool.IDToken(cognitotest.Expired()))
	f.Add(pool.RefreshToken())
	f.Add(pool.AccessToken(cognitotest.Algorithm("none")))
	f.Add(pool.MachineToken(cognitotest.Claim("aud", []string{"a"})))
	f.Fuzz(func(t *testing.T, raw string) {
		verifier := newVerifier(t, issuer, nil)
		token, err := verifier.VerifyEither(t.Context(), raw)
		if err == nil && !strings.HasPrefix(raw, good[:20]) {
			t.Fatalf("%q was accepted as %s", raw, token)
		}
		report := verifier.Inspect(t.Context(), raw, "")
		if cognito.CodeOf(err) != cognito.CodeOf(report.Err()) {
			t.Fatalf("%q: verified %v, inspected %v", raw, err, report.Err())
		}
	})
}

// FuzzPayload signs what the fuzzer makes, so that it gets past the signature. What is
// accepted must say to encoding/json what it says here.
func FuzzPayload(f *testing.F) {
	issuer := cognitotest.NewIssuer()
	pool := issuer.Pool()
	iss := pool.Issuer()
	f.Add([]byte(`{"iss":"` + iss + `","token_use":"access","client_id":"test-client","exp":9000000000,"cognito:groups":["a"],"scope":"a b","aud":"x","auth_time":1.5}`))
	f.Add([]byte(`{"iss":"` + iss + `","token_use":"id","aud":"test-client","exp":9000000000,"identities":[{"primary":"true"}],"nonce":"n","nbf":0}`))
	verifier := newVerifier(f, issuer, func(c *cognito.Config) { c.UserPools[0].Audiences = []string{"x"} })
	f.Fuzz(func(t *testing.T, payload []byte) {
		raw := pool.AccessToken(cognitotest.RawPayload(string(payload)))
		token, err := verifier.VerifyEither(t.Context(), raw)
		if report := verifier.Inspect(t.Context(), raw, ""); cognito.CodeOf(err) != cognito.CodeOf(report.Err()) {
			t.Fatalf("%q: verified %v, inspected %v", payload, err, report.Err())
		}
		if err != nil {
			return
		}
		read := decodeAgain(t, payload)
		if exp := read.seconds("exp"); exp <= float64(issuer.Clock().Now().Unix()) || read["iss"] != iss {
			t.Fatalf("%q was accepted", payload)
		}
		switch token := token.(type) {
		case *cognito.AccessToken:
			if read["token_use"] != "access" || read["client_id"] != cognitotest.ClientID {
				t.Fatalf("%q was accepted as an access token", payload)
			}
			read.check(t, token, map[string]string{
				"client_id": token.ClientID(), "username": token.Username(), "device_key": token.DeviceKey(),
			}, map[string]cognito.Set{"scope": token.Scopes(), "aud": token.Audiences()})
			if version := read.seconds("version"); version >= 0 && version < 1<<16 && token.Version() != int(version) {
				t.Fatalf("%q: version %d", payload, token.Version())
			}
		case *cognito.IDToken:
			if read["token_use"] != "id" || read["aud"] != cognitotest.ClientID {
				t.Fatalf("%q was accepted as an ID token", payload)
			}
			read.check(t, token, map[string]string{
				"aud": token.ClientID(), "cognito:username": token.Username(), "email": token.Email(), "phone_number": token.PhoneNumber(),
				"cognito:preferred_role": token.PreferredRole(), "nonce": token.Nonce(), "at_hash": token.AccessTokenHash(),
			}, map[string]cognito.Set{"cognito:roles": token.Roles()})
			if token.EmailVerified() != (read["email_verified"] == true) || token.PhoneNumberVerified() != (read["phone_number_verified"] == true) {
				t.Fatalf("%q: email verified %v, phone number %v", payload, token.EmailVerified(), token.PhoneNumberVerified())
			}
			if listed, _ := read["identities"].([]any); len(listed) != len(token.Identities()) {
				t.Fatalf("%q: %d identities", payload, len(token.Identities()))
			}
		}
	})
}

// A reading is what encoding/json makes of an object, with numbers as they are spelled.
type reading map[string]any

func decodeAgain(t *testing.T, text []byte) (r reading) {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(&r); err != nil {
		t.Fatalf("encoding/json refuses %q: %v", text, err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		t.Fatalf("encoding/json sees more than one object in %q", text)
	}
	return r
}

// commonToken is what tokens of both kinds say.
type commonToken interface {
	cognito.Token
	Claims(dst any) error
	Claim(name string) (json.RawMessage, bool)
	RawClaims() json.RawMessage
	RawHeader() json.RawMessage
	KeyID() string
	Issuer() string
	Subject() string
	TokenID() string
	OriginTokenID() string
	EventID() string
	ACR() string
	AMR() cognito.Set
	Groups() cognito.Set
	ExpiresAt() time.Time
	NotBefore() time.Time
	IssuedAt() time.Time
	AuthTime() time.Time
}

// check holds the token, and the texts and lists that only its kind has, against the
// reading of its payload; its header against encoding/json's; and Claims and Claim
// against the reading, value by value.
func (r reading) check(t *testing.T, token commonToken, texts map[string]string, lists map[string]cognito.Set) {
	t.Helper()
	if header := decodeAgain(t, token.RawHeader()); header["kid"] != token.KeyID() || header["alg"] != "RS256" {
		t.Fatalf("header %s, key %q", token.RawHeader(), token.KeyID())
	}
	texts["iss"], texts["sub"], texts["jti"], texts["origin_jti"] = token.Issuer(), token.Subject(), token.TokenID(), token.OriginTokenID()
	texts["event_id"], texts["acr"] = token.EventID(), token.ACR()
	for name, text := range texts {
		if want, _ := r[name].(string); text != want {
			t.Fatalf("%s is %q, encoding/json reads %q in %q", name, text, want, token.RawClaims())
		}
	}
	lists["cognito:groups"], lists["amr"] = token.Groups(), token.AMR()
	for name, list := range lists {
		if want := r.list(name); !slices.Equal(list.Slice(), want) {
			t.Fatalf("%s is %q, encoding/json reads %q in %q", name, list.Slice(), want, token.RawClaims())
		}
	}
	for name, at := range map[string]time.Time{"exp": token.ExpiresAt(), "nbf": token.NotBefore(), "iat": token.IssuedAt(), "auth_time": token.AuthTime()} {
		got := float64(at.Unix()) + float64(at.Nanosecond())/1e9
		if want := r.seconds(name); r[name] == nil && !at.IsZero() || r[name] != nil && math.Abs(got-want) > 1e-6 {
			t.Fatalf("%s is %v, encoding/json reads %v in %q", name, at, r[name], token.RawClaims())
		}
	}
	r.checkClaims(t, token)
}

// checkClaims decodes all claims as an application would, once here and once with
// encoding/json, and each of them by itself.
func (r reading) checkClaims(t *testing.T, token commonToken) {
	t.Helper()
	var own, other map[string]any
	err, otherErr := token.Claims(&own), json.Unmarshal(token.RawClaims(), &other)
	if (err == nil) != (otherErr == nil) || err == nil && !reflect.DeepEqual(own, other) {
		t.Fatalf("%q decoded as %v (%v), by encoding/json as %v (%v)", token.RawClaims(), own, err, other, otherErr)
	}
	for name := range r {
		value, ok := token.Claim(name)
		again := decodeAgain(t, slices.Concat([]byte(`{"x":`), value, []byte("}")))
		if !ok || !reflect.DeepEqual(again["x"], r[name]) {
			t.Fatalf("claim %q is %q, encoding/json reads %v in %q", name, value, r[name], token.RawClaims())
		}
	}
}

// seconds returns a number, 0 where there is none.
func (r reading) seconds(name string) float64 {
	n, _ := r[name].(json.Number)
	f, _ := n.Float64()
	return f
}

// list returns an array of texts, or the one text, which for scope is split at spaces.
func (r reading) list(name string) []string {
	list := []string{}
	switch value := r[name].(type) {
	case string:
		if name != "scope" {
			return []string{value}
		}
		for one := range strings.SplitSeq(value, " ") {
			if one != "" {
				list = append(list, one)
			}
		}
	case []any:
		for _, one := range value {
			text, _ := one.(string)
			list = append(list, text)
		}
	}
	return list
}
