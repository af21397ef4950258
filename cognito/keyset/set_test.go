package keyset_test

import (
	"context"
	"crypto/rsa"
	"errors"
	"math/big"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito/keyset"
)

func TestParseKeepsUsableKeysOnly(t *testing.T) {
	one, two := keyOne(), keyTwo()
	short := &rsa.PublicKey{N: new(big.Int).Rsh(one.N, 1100), E: 65537}
	tests := map[string]struct {
		set     string
		keys    []string
		skipped []string // part of each reason, in order
	}{
		"plain":        {both(), []string{"one", "two"}, nil},
		"sig RS256":    {jwks(jwk("one", one, `,"use":"sig","alg":"RS256","key_ops":["verify"]`)), []string{"one"}, nil},
		"oct":          {jwks(`{"kty":"oct","kid":"h","k":"AAAA"}`, jwk("one", one, "")), []string{"one"}, []string{"oct"}},
		"encryption":   {jwks(jwk("e", two, `,"use":"enc"`), jwk("one", one, "")), []string{"one"}, []string{"enc"}},
		"other alg":    {jwks(jwk("p", two, `,"alg":"PS256"`), jwk("one", one, "")), []string{"one"}, []string{"PS256"}},
		"private":      {jwks(jwk("d", two, `,"d":"AQAB"`), jwk("one", one, "")), []string{"one"}, []string{"private"}},
		"short":        {jwks(jwk("s", short, ""), jwk("one", one, "")), []string{"one"}, []string{"bits"}},
		"ambiguous":    {jwks(jwk("x", one, ""), jwk("x", two, ""), jwk("one", one, "")), []string{"one"}, []string{"shares", "shares"}},
		"twice":        {jwks(jwk("one", one, ""), jwk("one", one, "")), []string{"one"}, nil},
		"enc and sig":  {jwks(jwk("one", two, `,"use":"enc"`), jwk("one", one, "")), []string{"one"}, []string{"enc"}},
		"not a key":    {`{"keys":[7,` + jwk("one", one, "") + `]}`, []string{"one"}, []string{"object"}},
		"without kid":  {jwks(jwk("", two, ""), jwk("one", one, "")), []string{"one"}, []string{"kid"}},
		"more members": {`{"keys":[` + jwk("one", one, "") + `],"x":{"keys":[]}}`, []string{"one"}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			set, err := keyset.Parse([]byte(test.set))
			if err != nil {
				t.Fatal(err)
			}
			var ids []string
			for _, key := range set.Keys() {
				ids = append(ids, key.ID())
				if found, ok := set.Key(key.ID()); !ok || found != key {
					t.Errorf("Key(%q) is not the one listed", key.ID())
				}
			}
			if strings.Join(ids, " ") != strings.Join(test.keys, " ") {
				t.Errorf("keys %q, want %q", ids, test.keys)
			}
			skipped := set.Skipped()
			if len(skipped) != len(test.skipped) {
				t.Fatalf("skipped %v, want %d", skipped, len(test.skipped))
			}
			for i, reason := range test.skipped {
				if !strings.Contains(skipped[i].Reason, reason) {
					t.Errorf("skipped %+v, want a reason with %q", skipped[i], reason)
				}
			}
			if key, ok := set.Key("one"); ok && !key.Public().Equal(one) {
				t.Error("not the public key that the set holds")
			}
			if _, ok := set.Key("ONE"); ok {
				t.Error("names are compared without case")
			}
		})
	}
}

func TestParseRefusesBrokenSets(t *testing.T) {
	tests := map[string]struct{ set, reason string }{
		"empty text":        {"", "complete"},
		"cut":               {setOne()[:100], "complete"},
		"html":              {"<html>Sign in</html>", "JSON"},
		"array":             {"[]", "object"},
		"no keys":           {"{}", "no keys member"},
		"keys not an array": {`{"keys":{}}`, "array"},
		"repeated keys":     {`{"keys":[],"keys":[` + jwk("one", keyOne(), "") + `]}`, "repeats"},
		"repeated inside":   {jwks(jwk("one", keyOne(), `,"kid":"two"`)), "repeats"},
		"escaped repeat":    {jwks(jwk("one", keyOne(), `,"k\u0069d":"two"`)), "repeats"},
		"text after":        {setOne() + "x", "JSON"},
		"second set":        {setOne() + setTwo(), "JSON"},
		"bad UTF-8":         {jwks(jwk("one", keyOne(), ",\"x\":\"\xff\"")), "JSON"},
		"byte order mark":   {"\ufeff" + setOne(), "JSON"},
		"too large":         {setOne() + strings.Repeat(" ", keyset.MaxBytes), "larger"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			set, err := keyset.Parse([]byte(test.set))
			if err == nil || set != nil {
				t.Fatalf("Parse = %v, %v", set, err)
			}
			if !strings.Contains(err.Error(), test.reason) || strings.Count(err.Error(), "keyset:") != 1 {
				t.Errorf("error %q does not say %q", err, test.reason)
			}
			if errors.Is(err, keyset.ErrNoUsableKey) {
				t.Errorf("error %q is of another kind", err)
			}
		})
	}
}

func TestParseErrorNamesPackageAndReason(t *testing.T) {
	_, err := keyset.Parse([]byte(`{"keys":{}}`))
	const want = "keyset: the key set has a keys member that is not an array"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestNilSetHasNoKey(t *testing.T) {
	var set *keyset.Set
	if key, ok := set.Key("one"); ok || key != nil {
		t.Errorf("got %v", key)
	}
}

func TestParseShowsUnusableSets(t *testing.T) {
	set, err := keyset.Parse([]byte(jwks(`{"kty":"oct","kid":"h","k":"AAAA"}`, jwk("e\n", keyOne(), `,"use":"enc"`))))
	if !errors.Is(err, keyset.ErrNoUsableKey) {
		t.Fatalf("error %v", err)
	}
	for _, part := range []string{`key 0 (kid "h") has kty "oct"`, `key 1 (kid "e\n") has use "enc"`} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not say %q", err, part)
		}
	}
	if set == nil || len(set.Skipped()) != 2 || len(set.Keys()) != 0 {
		t.Errorf("set %v", set)
	}

	if _, err := keyset.Parse([]byte(`{"keys":[]}`)); !errors.Is(err, keyset.ErrNoUsableKey) || !strings.Contains(err.Error(), "empty") {
		t.Errorf("error of an empty set: %v", err)
	}

	many := strings.TrimSuffix(strings.Repeat(`{"kty":"EC","kid":"`+strings.Repeat("k", 500)+`"},`, 1000), ",")
	if _, err := keyset.Parse([]byte(jwks(many))); err == nil || len(err.Error()) > 2000 || !strings.Contains(err.Error(), "992 more") {
		t.Errorf("error of a thousand unusable keys: %v", err)
	}
}

func TestSetIsImmutable(t *testing.T) {
	set, err := keyset.Parse([]byte(jwks(`{"kty":"oct"}`, jwk("one", keyOne(), ""))))
	if err != nil {
		t.Fatal(err)
	}
	set.Keys()[0] = nil
	set.Skipped()[0] = keyset.Skipped{}
	if set.Keys()[0] == nil || set.Skipped()[0].Reason == "" {
		t.Error("a caller's change of a returned slice reached the set")
	}
}

func TestStatic(t *testing.T) {
	source, err := keyset.NewStatic([]byte(setOne()))
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	key := mustKey(t, source, "one")
	mustNotFind(t, source, "two")
	mustNotFind(t, source, "")
	if err := source.Load(ctx); err != nil {
		t.Error(err)
	}
	if again, err := source.Replacement(ctx, key); again != nil || err != nil {
		t.Errorf("Replacement = %v, %v", again, err)
	}
	if again, err := source.Replacement(ctx, nil); again != nil || err != nil {
		t.Errorf("Replacement(nil) = %v, %v", again, err)
	}
	other, _ := keyset.NewStatic([]byte(jwks(jwk("one", keyTwo(), ""))))
	if now, err := other.Replacement(ctx, key); err != nil || now != mustKey(t, other, "one") {
		t.Errorf("Replacement by another key = %v, %v", now, err)
	}
	if _, err := keyset.NewStatic([]byte(`{"keys":[]}`)); !errors.Is(err, keyset.ErrNoUsableKey) {
		t.Errorf("error of an empty set: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(both()))
	f.Add([]byte(jwks(jwk("e", keyTwo(), `,"use":"enc","key_ops":["verify"],"alg":"RS256"`), `{"kty":"oct","k":"AA"}`, "7")))
	f.Add([]byte(`{"keys":[],"keys":[]}`))
	f.Add([]byte(`{"keys":[{"kty":"RSA","kid":"\u0061","n":"AQ","e":"AQAB"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		set, err := keyset.Parse(data)
		if err != nil {
			if (set != nil) != errors.Is(err, keyset.ErrNoUsableKey) {
				t.Fatalf("set %v with error %v", set, err)
			}
			if len(err.Error()) > 4000 {
				t.Fatalf("an error of %d bytes", len(err.Error()))
			}
			return
		}
		if len(set.Keys()) == 0 {
			t.Fatal("a set without keys is no error")
		}
		for _, key := range set.Keys() {
			public := key.Public()
			if found, ok := set.Key(key.ID()); !ok || found != key || key.ID() == "" {
				t.Fatalf("key %q cannot be found", key.ID())
			}
			if bits := public.N.BitLen(); bits < 2048 || public.E < 3 || public.E%2 == 0 {
				t.Fatalf("a key of %d bits, exponent %d", bits, public.E)
			}
		}
	})
}
