package jose

import (
	"bytes"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"reflect"
	"testing"
)

// FuzzParseCompact holds what is accepted against a second reading: splitting and
// encoding anew must give the text, and encoding/json must see the same header.
func FuzzParseCompact(f *testing.F) {
	for _, header := range []string{goodHeader, `{"alg":"none"}`, `{"alg":"RS256","kid":"a\/b","jwk":{}}`, `{"crit":["x"]}`, "{}", "[]"} {
		f.Add(encode(header) + "." + encode(`{"sub":"x","aud":["a"]}`) + "." + encode("signature"))
	}
	f.Add("....")
	f.Add("e30.e30.e30=")
	parser := new(Parser)
	f.Fuzz(func(t *testing.T, raw string) {
		c, err := ParseCompact(raw)
		if err != nil {
			return
		}
		// A parser that has read the header before comes to the same.
		if again, err := parser.Parse(raw); err != nil || again.Header != c.Header || again.Algorithm != c.Algorithm || again.KeyID != c.KeyID {
			t.Fatalf("%q: another time read as %+v (%v)", raw, again, err)
		}
		anew := base64.RawURLEncoding.EncodeToString([]byte(c.Header)) + "." +
			base64.RawURLEncoding.EncodeToString(c.Payload) + "." + base64.RawURLEncoding.EncodeToString(c.Signature)
		if anew != raw {
			t.Fatalf("%q was accepted for %q", raw, anew)
		}
		var header map[string]any
		if err := json.Unmarshal([]byte(c.Header), &header); err != nil {
			t.Fatalf("encoding/json refuses the header %q: %v", c.Header, err)
		}
		if alg, _ := header["alg"].(string); alg != c.Algorithm {
			t.Fatalf("alg %q, encoding/json reads %q", c.Algorithm, alg)
		}
		if kid, _ := header["kid"].(string); kid != c.KeyID {
			t.Fatalf("kid %q, encoding/json reads %q", c.KeyID, kid)
		}
		if header["crit"] != nil || header["b64"] != nil {
			t.Fatalf("accepted the header %q", c.Header)
		}
	})
}

// FuzzHeader reads the fuzzer's text as a header, which a compact form that is mutated
// as a whole seldom has: what is accepted must be what encoding/json reads.
func FuzzHeader(f *testing.F) {
	for _, header := range []string{goodHeader, `{"alg":"none"}`, `{"kid":"a\/b"}`, `{"alg":"RS256","Alg":"none"}`, `{"crit":[]}`, `{"alg":1,"kid":null}`} {
		f.Add([]byte(header))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := ParseCompact(base64.RawURLEncoding.EncodeToString(text) + "." + encode("{}") + "." + encode("signature"))
		if err != nil {
			return
		}
		if c.Header != string(text) {
			t.Fatalf("%q became %q", text, c.Header)
		}
		header, ok := decodeAny(t, text).(map[string]any)
		alg, _ := header["alg"].(string)
		kid, _ := header["kid"].(string)
		if !ok || alg != c.Algorithm || kid != c.KeyID {
			t.Fatalf("alg %q, kid %q; encoding/json reads %v", c.Algorithm, c.KeyID, header)
		}
		for _, name := range []string{"crit", "b64"} {
			if _, there := header[name]; there {
				t.Fatalf("accepted the header %q", text)
			}
		}
	})
}

// FuzzDecodeObject holds the walk over members against encoding/json.
func FuzzDecodeObject(f *testing.F) {
	for _, text := range []string{`{}`, `{"a":1,"b":[true,null,"x\u00e9"],"c":{"d":-1e3}}`, ` {"a" : "\/" } `, `{"a":1,"a":2}`, `{"a":"\ud800"}`, "{\"\xff\":1}", `{"a":1}x`, `null`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		walked := map[string]any{}
		err := DecodeObject(data, "payload", VisitorFunc(func(name []byte, value Value, offset int) error {
			if !bytes.HasPrefix(data[offset:], value) {
				t.Fatalf("offset %d is not that of %q in %q", offset, value, data)
			}
			if _, again := walked[string(name)]; again {
				t.Fatalf("%q repeats the name %q", data, name)
			}
			v := decodeAny(t, value)
			if text, ok := value.Text(); ok && text != v {
				t.Fatalf("%s read as %q, encoding/json reads %q", value, text, v)
			}
			walked[string(name)] = v
			return nil
		}))
		if err != nil {
			return
		}
		if whole := decodeAny(t, data); !reflect.DeepEqual(whole, any(walked)) {
			t.Fatalf("%q read as %v, encoding/json reads %v", data, walked, whole)
		}
	})
}

// decodeAny decodes with encoding/json, numbers as they are spelled.
func decodeAny(t *testing.T, data []byte) (v any) {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	if err := dec.Decode(&v); err != nil {
		t.Fatalf("encoding/json refuses %q: %v", data, err)
	}
	return v
}

// FuzzParseSet checks that whatever is accepted may be given to crypto/rsa.
func FuzzParseSet(f *testing.F) {
	// Odd numbers of 2048 bits serve as moduli: making keys takes each worker seconds.
	modulus := new(big.Int).Lsh(big.NewInt(1), 2047)
	first := &rsa.PublicKey{N: new(big.Int).SetBit(modulus, 0, 1), E: 65537}
	second := &rsa.PublicKey{N: new(big.Int).SetBit(first.N, 1, 1), E: 3}
	f.Add([]byte(set(jwk(first, "a", `,"use":"sig"`), jwk(second, "b", `,"alg":"RS512"`))))
	f.Add([]byte(`{"keys":[{"kty":"oct","k":"AAAA"},null,1,{"kty":"RSA","n":"AQ","e":"AQ"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		keys, skipped, err := ParseSet(data)
		if err != nil {
			return
		}
		seen := map[string]bool{}
		for _, key := range keys {
			if seen[key.ID] || key.ID == "" || key.Public.N.BitLen() < MinRSABits || key.Public.N.BitLen() > MaxRSABits || key.Public.E < 3 || key.Public.E%2 == 0 {
				t.Fatalf("accepted %+v", key)
			}
			seen[key.ID] = true
			c := Compact{Signature: make([]byte, key.Public.Size())}
			if c.VerifyRS256(key.Public) == nil {
				t.Fatal("a signature of zeros holds")
			}
		}
		for _, s := range skipped {
			if s.Reason == "" {
				t.Fatalf("skipped without a reason: %+v", s)
			}
		}
	})
}
