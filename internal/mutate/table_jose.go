package main

var (
	joseTests    = []tests{{folder: "internal/jose"}, {folder: "."}}
	keyTests     = []tests{{folder: "internal/jose"}, {folder: "keyset"}, {folder: "."}}
	strictlyJSON = "r.dec.Reset(&r.src)"
)

// compactMutations breaks the reading of the compact form and of JSON.
func compactMutations() []mutation {
	return append(in("internal/jose/compact.go", joseTests,
		edit{"five parts called malformed", "case 4:\n\t\treturn nil, ErrEncrypted\n", "", "who sends a refresh token is not told"},
		edit{"line feeds inside let through", `strings.IndexByte(raw, '\n') >= 0 || `, ``, "one token has many spellings"},
		edit{"carriage returns inside let through", ` || strings.IndexByte(raw, '\r') >= 0`, ``, "one token has many spellings"},
		edit{"base64 not strict", `base64.RawURLEncoding.Strict()`, `base64.RawURLEncoding`, "trailing bits may be anything: one token has many spellings"},
		edit{"base64 padded", `base64.RawURLEncoding.Strict()`, `base64.URLEncoding.Strict()`, "padding, which RFC 7515 leaves out"},
		edit{"standard base64", `base64.RawURLEncoding.Strict()`, `base64.RawStdEncoding.Strict()`, "another alphabet"},
		skip("an empty signature let through", "if ", `len(c.Signature) == 0`, " {", "an unsigned token gets as far as its algorithm"),
		edit{"crit ignored", `case "crit":`, `case "crit ":`, "an extension that must be understood is not"},
		edit{"b64 ignored", `case "b64":`, `case "b64 ":`, "a payload that is not encoded is decoded"},
		edit{"a kid of another kind read", `c.KeyID, _ = value.Text()`, `c.KeyID = strings.Trim(string(value), "\"")`, "a kid that is no text names a key"},
		edit{"an alg of another kind read", `c.Algorithm, _ = value.Text()`, `c.Algorithm = strings.Trim(string(value), "[]\"")`, "an alg that is no text names an algorithm"},
		edit{"headers remembered with their tokens", `strings.Clone(raw[:first])`, `raw[:first]`, "the memory of headers keeps tokens, and their memory"},
		edit{"payload not what was signed", `c.signingInput = c.text[:last:last]`, `c.signingInput = c.text[:first:first]`, "the signature covers the header only"},
	), append(in("internal/jose/json.go", joseTests,
		edit{"repeated names let through", strictlyJSON, "r.dec.Reset(&r.src, jsontext.AllowDuplicateNames(true))", "two readers of a token differ about it"},
		edit{"invalid UTF-8 let through", strictlyJSON, "r.dec.Reset(&r.src, jsontext.AllowInvalidUTF8(true))", "two texts are read as one"},
		edit{"a second object let through", "case err == nil:\n\t\treturn nil, errTrailing", "case err == nil:\n\t\treturn visitErr, nil", "what follows the payload is read by others"},
		skip("trailing text let through", "case ", `!errors.Is(err, io.EOF)`, ":\n\t\treturn nil, err\n\t}\n\treturn visitErr", "what follows the payload is read by others"),
		edit{"an array taken for an object", `return nil, errNotObject`, `return nil, nil`, "a payload that is no object has no claims, and is one"},
		edit{"what the visitor says ignored", "\treturn visitErr, nil\n", "\treturn nil, nil\n", "crit is read and ignored"},
		edit{"names not unescaped", `name, err := appendUnquoted(r.name[:0], quoted)`, "name, err := append(r.name[:0], quoted[1:len(quoted)-1]...), error(nil)", "an escaped exp is none"},
		edit{"depth not limited", `if tooDeep(data) {`, `if false && tooDeep(data) {`, "a token of brackets fills the stack"},
		edit{"depth limited one level early", `depth > MaxDepth`, `depth >= MaxDepth`, "the limit is not what is documented"},
		edit{"brackets in texts counted", "case inString:\n", "", "a token with brackets in a text is refused"},
		edit{"quotes in texts not skipped", "case inString && c == '\\\\':\n\t\t\ti++\n", "", "what is a text is read as what is not"},
		edit{"lists with other kinds in them let through", "if !ok {\n\t\t\treturn errNotString", "if false && !ok {\n\t\t\treturn errNotString", "key_ops of numbers is a list of texts"},
	), append(in("internal/jose/headers.go", joseTests,
		edit{"headers taken by their place in memory", "h != nil && h.encoded == encoded", "h != nil", "a token is read with the header of another"},
		edit{"long headers remembered", `len(h.encoded) <= longest`, `len(h.encoded) <= 2*longest`, "the memory of headers grows with what is sent"},
	), in("internal/jose/verify.go", joseTests,
		skip("no signature checked", "if ", `rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], c.Signature) != nil`, " {", "anyone can write tokens"),
		edit{"padding of signatures not checked", `rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], c.Signature) != nil`, `rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], c.Signature) != nil && rsa.VerifyPSS(key, crypto.SHA256, digest[:], c.Signature, nil) != nil`, "PS256 passes as RS256"},
	)...)...)...)
}

// keyMutations breaks what makes a key fit, and the sets of keys.
func keyMutations() []mutation {
	return append(in("internal/jose/jwk.go", keyTests,
		skip("kty not compared", "case ", `p.kty != "RSA"`, ":", "a key of another kind is read as RSA"),
		skip("use not compared", "case ", `p.hasUse && p.use != "sig"`, ":", "a key to encrypt with checks signatures"),
		edit{"an empty use let through", `p.hasUse && p.use != "sig"`, `p.use != "" && p.use != "sig"`, "a key that says it is for nothing is used"},
		skip("key_ops not compared", "case ", `p.ops != nil && !slices.Contains(p.ops, "verify")`, ":", "a key that must not check signatures does"),
		edit{"an empty key_ops let through", `p.ops != nil && `, `len(p.ops) > 0 && `, "a key that is for nothing is used"},
		skip("alg not compared", "case ", `p.hasAlg && p.alg != "RS256"`, ":", "a key for another algorithm is used"),
		edit{"an empty alg let through", `p.hasAlg && p.alg != "RS256"`, `p.alg != "" && p.alg != "RS256"`, "a key for no algorithm is used"},
		skip("private parts let through", "case ", `p.private`, ":", "whoever reads the set can sign"),
		skip("no kid let through", "case ", `p.kid == ""`, ":", "a key without a name is one"),
		skip("small keys let through", "case ", `bits < MinRSABits`, ":", "a key that can be broken is used"),
		edit{"2048 bits refused", `bits < MinRSABits`, `bits <= MinRSABits`, "every key of Cognito is refused"},
		skip("huge keys let through", "case ", `bits > MaxRSABits`, ":", "a set makes each verification cost seconds"),
		skip("an even modulus let through", "case ", `modulus.Bit(0) == 0`, ":", "a number that is no RSA modulus is used"),
		skip("huge exponents let through", "case ", `exponent.BitLen() > 31`, ":", "an exponent is cut to what an int holds"),
		edit{"even exponents let through", `exponent.Bit(0) == 0 || `, ``, "an exponent that is none is used"},
		edit{"exponent 1 let through", ` || exponent.Int64() < 3`, ``, "every text is its own signature"},
		skip("one name for two keys let through", "else if ", `!members[j].key.Public.Equal(m.key.Public)`, " {", "which key counts depends on the order"),
		edit{"members of a wrong kind let through", "*dst, ok = value.Text(); !ok && p.fault == \"\"", "*dst, ok = value.Text(); !ok && false", "a use that is no text is none"},
		edit{"key_ops of a wrong kind let through", "p.ops, ok = value.Texts(); !ok && p.fault == \"\"", "p.ops, ok = value.Texts(); !ok && false", "key_ops that are no list allow everything"},
		edit{"line feeds in numbers let through", `s[i] == '\n' || `, ``, "one key has many spellings"},
		skip("an empty set let through", "if ", `len(keys) == 0`, " {", "a set of nothing replaces one of keys"),
		skip("a set without keys let through", "if ", `!found`, " {", "any JSON object is a key set"),
	), in("keyset/set.go", keyTests[1:],
		edit{"any key found by any name", `key, ok := s.byID[id]` + "\n\treturn key, ok", "return s.keys[0], id != \"\"", "kid is not compared"},
		edit{"a replaced key keeps its pointer", `ok && before.public.Equal(key.public)`, `ok`, "a key replaced under its name is never noticed"},
		edit{"a key that stayed gets a new pointer", `ok && before.public.Equal(key.public)`, `false && ok && before.public.Equal(key.public)`, "each refresh empties the cache"},
		edit{"the same key called a replacement", `!ok || key == old || key.public.Equal(old.public)`, `!ok || key == old`, "a bad signature is checked twice"},
		skip("size of sets not limited", "if ", `len(jwks) > MaxBytes`, " {", "a set may be of any size"),
	)...)
}
