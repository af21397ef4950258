package jose

import (
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"sync"
	"testing"
)

var testKeys = sync.OnceValue(func() (keys [2]*rsa.PublicKey) {
	for i := range keys {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		keys[i] = &key.PublicKey
	}
	return keys
})

func jwk(key *rsa.PublicKey, kid, more string) string {
	return fmt.Sprintf(`{"kty":"RSA","kid":%q,"n":%q,"e":%q%s}`, kid,
		encode(string(key.N.Bytes())), encode(string(big.NewInt(int64(key.E)).Bytes())), more)
}

func set(keys ...string) string { return `{"keys":[` + strings.Join(keys, ",") + `]}` }

func TestParseSet(t *testing.T) {
	a, b := testKeys()[0], testKeys()[1]
	small := &rsa.PublicKey{N: new(big.Int).SetBit(new(big.Int).SetBit(new(big.Int), 1023, 1), 0, 1), E: 65537}
	huge := &rsa.PublicKey{N: new(big.Int).SetBit(new(big.Int).SetBit(new(big.Int), 8192, 1), 0, 1), E: 65537}
	even := &rsa.PublicKey{N: new(big.Int).SetBit(new(big.Int), 2047, 1), E: 65537}
	with := func(e int) *rsa.PublicKey { return &rsa.PublicKey{N: a.N, E: e} }
	for name, test := range map[string]struct {
		key    string // beside a good one named b
		reason string // "" where it is used too
	}{
		"says nothing of itself":      {jwk(a, "a", ""), ""},
		"says all":                    {jwk(a, "a", `,"use":"sig","alg":"RS256","key_ops":["verify"]`), ""},
		"more operations":             {jwk(a, "a", `,"key_ops":["sign","verify"]`), ""},
		"unknown members":             {jwk(a, "a", `,"x5t":5,"Use":"enc"`), ""},
		"e of 3":                      {jwk(with(3), "a", ""), ""},
		"for encryption":              {jwk(a, "a", `,"use":"enc"`), `has use "enc", not "sig"`},
		"use empty":                   {jwk(a, "a", `,"use":""`), `has use "", not "sig"`},
		"use not a string":            {jwk(a, "a", `,"use":["sig"]`), "has a member use that is not a string"},
		"other algorithm":             {jwk(a, "a", `,"alg":"RS512"`), `has alg "RS512", not "RS256"`},
		"PS256":                       {jwk(a, "a", `,"alg":"PS256"`), `has alg "PS256", not "RS256"`},
		"alg null":                    {jwk(a, "a", `,"alg":null`), "has a member alg that is not a string"},
		"other operations":            {jwk(a, "a", `,"key_ops":["encrypt"]`), `has key_ops without "verify"`},
		"no operations":               {jwk(a, "a", `,"key_ops":[]`), `has key_ops without "verify"`},
		"operations not strings":      {jwk(a, "a", `,"key_ops":[1]`), "has a member key_ops that is not an array of strings"},
		"operations a string":         {jwk(a, "a", `,"key_ops":"verify"`), "has a member key_ops that is not an array of strings"},
		"private":                     {jwk(a, "a", `,"d":"AQAB"`), "holds private parts: each reader of the set can sign with it"},
		"symmetric":                   {`{"kty":"oct","kid":"a","k":"AAAA"}`, `has kty "oct", not "RSA"`},
		"elliptic":                    {`{"kty":"EC","kid":"a","crv":"P-256","x":"AA","y":"AA"}`, `has kty "EC", not "RSA"`},
		"no kty":                      {`{"kid":"a"}`, `has kty "", not "RSA"`},
		"no kid":                      {jwk(a, "", ""), "has no kid"},
		"1024 bits":                   {jwk(small, "a", ""), "has 1024 bits; at least 2048 are needed"},
		"8193 bits":                   {jwk(huge, "a", ""), "has 8193 bits; at most 8192 are accepted"},
		"even modulus":                {jwk(even, "a", ""), "has an even modulus"},
		"e of 31 bits":                {strings.Replace(jwk(a, "a", ""), "AQAB", "f____w", 1), ""},
		"e of 32 bits":                {strings.Replace(jwk(a, "a", ""), "AQAB", "gAAAAQ", 1), "has an exponent over 31 bits"},
		"e of 1":                      {jwk(with(1), "a", ""), "has an exponent that is even or under 3"},
		"e of 2":                      {jwk(with(2), "a", ""), "has an exponent that is even or under 3"},
		"e of 65536":                  {jwk(with(65536), "a", ""), "has an exponent that is even or under 3"},
		"e of 2^32+1":                 {strings.Replace(jwk(a, "a", ""), "AQAB", "AQAAAAE", 1), "has an exponent over 31 bits"},
		"e empty":                     {strings.Replace(jwk(a, "a", ""), "AQAB", "", 1), "has an e that is not canonical, unpadded base64url"},
		"e padded":                    {strings.Replace(jwk(a, "a", ""), "AQAB", "AQAB====", 1), "has an e that is not canonical, unpadded base64url"},
		"e with a carriage return":    {strings.Replace(jwk(a, "a", ""), "AQAB", `AQ\rAB`, 1), "has an e that is not canonical, unpadded base64url"},
		"e with a line break":         {strings.Replace(jwk(a, "a", ""), "AQAB", `AQ\nAB`, 1), "has an e that is not canonical, unpadded base64url"},
		"n missing":                   {`{"kty":"RSA","kid":"a","e":"AQAB"}`, "has an n that is not canonical, unpadded base64url"},
		"two faulty texts":            {jwk(a, "a", `,"use":1,"alg":1`), "has a member use that is not a string"},
		"faulty operations and text":  {jwk(a, "a", `,"key_ops":1,"use":1`), "has a member key_ops that is not an array of strings"},
		"faulty text and operations":  {jwk(a, "a", `,"use":1,"key_ops":1`), "has a member use that is not a string"},
		"long use":                    {jwk(a, "a", `,"use":"`+strings.Repeat("x", 40)+`y"`), `has use "` + strings.Repeat("x", 40) + `"… (41 bytes), not "sig"`},
		"not an object":               {`"key"`, "is not a JSON object"},
		"null":                        {`null`, "is not a JSON object"},
		"other key of the same name":  {jwk(a, "b", ""), "shares its kid with a different key"},
		"the same key a second time":  {jwk(b, "b", `,"x":1`), ""},
		"unfit key of the same name":  {jwk(a, "b", `,"use":"enc"`), `has use "enc", not "sig"`},
		"same name in another script": {jwk(a, "ｂ", ""), ""},
	} {
		t.Run(name, func(t *testing.T) {
			c := testKeys()[1]
			keys, skipped, err := ParseSet([]byte(set(jwk(b, "b", ""), test.key, jwk(c, "good", ""))))
			if err != nil {
				t.Fatal(err)
			}
			if keys[len(keys)-1].ID != "good" {
				t.Error("the good key was spoiled")
			}
			switch {
			case test.reason == "" && len(skipped) > 0:
				t.Errorf("skipped: %+v", skipped)
			case test.reason != "" && (len(skipped) == 0 || skipped[len(skipped)-1].Reason != test.reason || skipped[len(skipped)-1].Index != 1):
				t.Errorf("skipped: %+v, want %q", skipped, test.reason)
			}
			if strings.HasPrefix(test.reason, "shares") && len(keys) != 1 {
				t.Errorf("one of two keys of one name is used: %v", keys)
			}
		})
	}
}

// TestUnfitKeyKeepsItsReason: two keys that share a kid do not hide why a third one of
// that kid is not used.
func TestUnfitKeyKeepsItsReason(t *testing.T) {
	a, b := testKeys()[0], testKeys()[1]
	const shared, unfit = "shares its kid with a different key", `has use "enc", not "sig"`
	_, skipped, err := ParseSet([]byte(set(jwk(a, "k", ""), jwk(b, "k", ""), jwk(a, "k", `,"use":"enc"`))))
	want := []Skipped{{0, "k", shared}, {1, "k", shared}, {2, "k", unfit}}
	if !errors.Is(err, ErrNoUsableKey) || !slices.Equal(skipped, want) {
		t.Errorf("got %+v, %v, want %+v", skipped, err, want)
	}
}

func TestParseSetRefuses(t *testing.T) {
	good := jwk(testKeys()[0], "a", "")
	for name, text := range map[string]string{
		"empty":             "",
		"HTML":              "<!DOCTYPE html><title>403</title>",
		"cut short":         set(good)[:100],
		"array":             "[" + good + "]",
		"no keys":           `{"Keys":[` + good + `]}`,
		"keys an object":    `{"keys":{}}`,
		"keys null":         `{"keys":null}`,
		"keys repeated":     `{"keys":[` + good + `],"keys":[]}`,
		"member repeated":   set(jwk(testKeys()[0], "a", `,"kid":"b"`)),
		"text after":        set(good) + "x",
		"bad UTF-8":         set(good, `{"kty":"`+"\xff"+`"}`),
		"deep":              set(good, strings.Repeat("[", 100)+strings.Repeat("]", 100)),
		"repeated in a bad": set(good, `{"kty":"oct","kty":"oct"}`),
	} {
		t.Run(name, func(t *testing.T) {
			var malformed *MalformedError
			if keys, _, err := ParseSet([]byte(text)); !errors.As(err, &malformed) || keys != nil {
				t.Errorf("got %v, %v; want a MalformedError", keys, err)
			}
		})
	}
	for _, text := range []string{set(), set(jwk(testKeys()[0], "a", `,"use":"enc"`)), set("1", "null")} {
		if _, _, err := ParseSet([]byte(text)); !errors.Is(err, ErrNoUsableKey) {
			t.Errorf("%.40s: %v, want ErrNoUsableKey", text, err)
		}
	}
}
