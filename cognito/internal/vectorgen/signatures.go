package main

import (
	"bytes"
	"crypto"
	"encoding/base64"
	"encoding/hex"
	"math/big"
	"slices"
	"strings"
)

// signaturesChapter has invalid signatures. Some of them are almost valid.
func signaturesChapter(ring *keyring) *chapter {
	c := newChapter(ring, "signatures", "Signatures that do not hold: other keys, other inputs, other encodings, other numbers.")
	c.keySet("exponent-3", "A key with the exponent 3.", setOf(jwk(ring.exponent3)))
	c.config("access, key set exponent-3", "access", keysFrom("exponent-3"))
	signaturesOfOthers(c)
	signaturesOfOtherInput(c)
	signaturesEncoded(c)
	signaturesAsNumbers(c)
	return c
}

func bad(id, why, refs string, changes ...change) row {
	return row{id, badSignature, "access", why, refs, access(changes...)}
}

func signaturesOfOthers(c *chapter) {
	const refs = "RFC 7515 §5.2"
	c.add(
		bad("stranger", "Another issuer's key under our key's name.", refs, forgedBy(c.ring.stranger)),
		bad("other-key-of-the-pool", "The pool's other key: the named one counts.", refs, forgedBy(c.ring.id)),
		bad("key-of-another-pool", "The key of another pool.", refs, forgedBy(c.ring.otherAccess)),
		bad("shorter-key", "A signature of 128 bytes.", refs, forgedBy(c.ring.rsa1024)),
		bad("longer-key", "A signature of 384 bytes.", refs, forgedBy(c.ring.rsa3072)),
		row{"id-token-stranger", badSignature, "id", "ID tokens too.", refs, idToken(forgedBy(c.ring.stranger))},
		row{"machine-stranger", badSignature, "access", "Machines too.", refs, machine(forgedBy(c.ring.stranger))},
		bad("es256", "64 bytes of another algorithm.", refs, signed("signed as ES256", es256(c.ring.p256))),
	)
}

func signaturesOfOtherInput(c *chapter) {
	const refs = "RFC 7515 §5.2"
	k := c.ring.access
	raw := base64.RawURLEncoding
	// replace puts other JSON into a part after the signature was made.
	replace := func(number int, words, old, other string) change {
		return part(number, words, func(p string) string {
			return raw.EncodeToString(bytes.Replace(must(raw.DecodeString(p)), []byte(old), []byte(other), 1))
		})
	}
	over := func(id, why, words string, edit func(input string) string) row {
		return bad(id, why, refs, signed(words, func(input []byte) []byte { return k.rs256([]byte(edit(string(input)))) }))
	}
	c.add(
		bad("payload-changed", "Another user, after it was signed.", refs, replace(1, "another sub put in after signing", subject, "00000000-0000-0000-0000-000000000000")),
		bad("payload-longer", "One more claim, after it was signed.", refs, replace(1, "a claim put in after signing", `{"sub"`, `{"cognito:groups":["admins"],"sub"`)),
		bad("payload-space", "Not even a space.", refs, replace(1, "a space put in after signing", `{"sub"`, `{ "sub"`)),
		bad("header-changed", "The header is signed as well.", refs, replace(0, "a parameter put in after signing", `{"kid"`, `{"typ":"JWT","kid"`)),
		bad("header-kid-changed", "Another key of the pool, named after it was signed.", refs, part(0, "the kid of the ID key put in after signing", func(p string) string {
			return raw.EncodeToString(bytes.Replace(must(raw.DecodeString(p)), []byte(k.kid), []byte(c.ring.id.kid), 1))
		})),
		over("over-payload", "Only the payload is signed.", "the signature is over the second part alone", func(s string) string { return s[strings.IndexByte(s, '.')+1:] }),
		over("over-header", "Only the header is signed.", "the signature is over the first part alone", func(s string) string { return s[:strings.IndexByte(s, '.')] }),
		over("over-decoded", "What is signed is the text with its dot, not what it decodes to.", "the signature is over the decoded parts with a dot between", func(s string) string {
			p := strings.Split(s, ".")
			return string(must(raw.DecodeString(p[0]))) + "." + string(must(raw.DecodeString(p[1])))
		}),
		over("over-joined", "The dot is signed as well.", "the signature is over both parts without the dot", func(s string) string { return strings.Replace(s, ".", "", 1) }),
		over("over-line-break", "Nothing else is signed.", "the signature is over the input and a line feed", func(s string) string { return s + "\n" }),
		over("over-nothing", "Something is signed.", "the signature is over the empty text", func(string) string { return "" }),
		over("over-swapped", "The order counts.", "the signature is over the parts in reverse order", func(s string) string {
			p := strings.Split(s, ".")
			return p[1] + "." + p[0]
		}),
		bad("of-another-token", "Taken from another token.", refs, signed("the signature of an access token whose jti is other", func([]byte) []byte {
			token, _ := access().token(c.ring, "other")
			return must(raw.DecodeString(token[strings.LastIndexByte(token, '.')+1:]))
		})),
	)
}

// signaturesEncoded has the pool's own key sign what is not the one encoding.
// Verifiers that parse it instead of comparing accept some of them, and then a key
// with a small exponent can be forged for.
func signaturesEncoded(c *chapter) {
	k := c.ring.access
	const refs = "RFC 8017 §8.2.2, §9.2"
	encoding := func(id, why string, encode func(input []byte, size int) []byte) row {
		return bad(id, why, refs, signed("signed over another encoding: "+why, k.over(encode)))
	}
	info := func(prefix []byte) func([]byte, int) []byte {
		return func(input []byte, size int) []byte { return encoded(prefix, input, size) }
	}
	at := func(position int, value byte) func([]byte, int) []byte {
		return func(input []byte, size int) []byte {
			em := encoded(infoSHA256, input, size)
			em[(position+size)%size] = value
			return em
		}
	}
	hash := func(h crypto.Hash) row {
		return bad("with-"+strings.ToLower(strings.ReplaceAll(h.String(), "-", "")), "Signed with another hash.", refs, signed("PKCS #1 v1.5 with "+h.String(), k.pkcs1(h)))
	}
	c.add(
		hash(crypto.SHA384), hash(crypto.SHA512),
		bad("pss", "The other padding.", "RFC 8017 §8.1", signed("signed as PS256", k.pss)),
		encoding("without-null", "the parameters of the hash are left out", info(infoWithoutNull)),
		encoding("long-length", "a length in the long form of BER", info(infoLongLength)),
		encoding("other-oid", "a SHA-256 digest that says it is SHA-512", info(infoSHA512)),
		encoding("without-info", "the digest without saying which hash", info(nil)),
		encoding("type-0", "padding of type 0", at(1, 0)),
		encoding("type-2", "padding of type 2", at(1, 2)),
		encoding("first-byte", "a first byte that is not zero", at(0, 1)),
		encoding("padding-byte", "one byte of the padding is not FF", at(100, 0xfe)),
		encoding("padding-end", "the padding does not end with a zero", at(-52, 0xff)),
		encoding("last-byte", "the last bit of the digest changed", func(input []byte, size int) []byte {
			em := encoded(infoSHA256, input, size)
			em[size-1] ^= 1
			return em
		}),
		encoding("short-padding", "eight bytes of padding, and garbage after the digest", func(input []byte, size int) []byte {
			em := encoded(infoSHA256, input, size)
			return append(append([]byte{0, 1}, em[size-60:]...), make([]byte, size-62)...)
		}),
		encoding("garbage-in-info", "garbage within the DigestInfo", func(input []byte, size int) []byte {
			em := encoded(infoSHA256, input, size-8)
			return append(append(slices.Clone(em[:size-8-32]), 1, 2, 3, 4, 5, 6, 7, 8), em[size-8-32:]...)
		}),
		encoding("bare", "the digest alone, without padding", func(input []byte, _ int) []byte { return digest(crypto.SHA256, input) }),
		row{"forged-cube", badSignature, "access, key set exponent-3", "Made without the private key: a number whose cube begins well (Bleichenbacher).", "CVE-2006-4339",
			access(param("kid", quoted(c.ring.exponent3.kid)), signed("a number whose cube begins like eight bytes of padding and the digest", forgedCube(c.ring.exponent3)))},
		row{"exponent-3", "", "access, key set exponent-3", "A proper signature by the same key.", refs, access(signedBy(c.ring.exponent3))},
	)
}

// signaturesAsNumbers has numbers in place of the signature.
func signaturesAsNumbers(c *chapter) {
	k := c.ring.access
	n, size := k.public().N, k.private.Size()
	const refs = "RFC 8017 §8.2.2, §5.2.2"
	fixed := func(id, why string, number *big.Int) row {
		return bad(id, why, refs, signed("the signature is "+why, func([]byte) []byte { return number.FillBytes(make([]byte, size)) }))
	}
	changed := func(id, why string, edit func(s []byte) []byte) row {
		return bad(id, why, refs, signed("the proper signature, "+why, func(input []byte) []byte { return edit(k.rs256(input)) }))
	}
	one := big.NewInt(1)
	leadingZero := until("with a jti for which the signature begins with a zero byte", func(s []byte) bool { return len(s) == size-1 })
	c.add(
		fixed("zero", "0", new(big.Int)), fixed("one", "1", one), fixed("n-minus-one", "n-1", new(big.Int).Sub(n, one)), fixed("n", "n", n), fixed("n-plus-one", "n+1", new(big.Int).Add(n, one)),
		fixed("all-ones", "2^2048-1", new(big.Int).Sub(new(big.Int).Lsh(one, 2048), one)),
		bad("plus-n", "Equal to the proper one modulo n, and not under n: a second spelling.", refs, signed("n added to the proper signature", func(input []byte) []byte {
			sum := new(big.Int).Add(new(big.Int).SetBytes(k.rs256(input)), n)
			return sum.Bytes()
		}), until("with a jti for which that fits into 256 bytes", func(s []byte) bool { return len(s) == size })),
		bad("n-minus", "The negative of the proper one.", refs, signed("n minus the proper signature", func(input []byte) []byte {
			return new(big.Int).Sub(n, new(big.Int).SetBytes(k.rs256(input))).FillBytes(make([]byte, size))
		})),
		changed("zero-before", "with a zero byte before it", func(s []byte) []byte { return append([]byte{0}, s...) }),
		changed("zero-after", "with a zero byte after it", func(s []byte) []byte { return append(s, 0) }),
		changed("cut", "without its last byte", func(s []byte) []byte { return s[:len(s)-1] }),
		changed("cut-by-half", "only the first half", func(s []byte) []byte { return s[:len(s)/2] }),
		changed("one-byte", "only the first byte", func(s []byte) []byte { return s[:1] }),
		changed("twice", "twice over", func(s []byte) []byte { return append(slices.Clone(s), s...) }),
		changed("first-bit", "with its last bit but seven changed in the last byte", func(s []byte) []byte { s[len(s)-1] ^= 0x80; return s }),
		changed("bit-in-the-middle", "with a bit in the middle changed", func(s []byte) []byte { s[len(s)/2] ^= 1; return s }),
		changed("reversed", "its bytes in reverse order", func(s []byte) []byte { slices.Reverse(s); return s }),
		changed("hexadecimal", "in hexadecimal, and that encoded", func(s []byte) []byte { return []byte(hex.EncodeToString(s)) }),
		changed("encoded-twice", "in base64url, and that encoded again", func(s []byte) []byte { return []byte(base64.RawURLEncoding.EncodeToString(s)) }),
		bad("zero-stripped", "A zero byte at the beginning belongs to it: the length is that of the key.", refs, signed("the proper signature without its first byte, which is zero", func(input []byte) []byte {
			return bytes.TrimPrefix(k.rs256(input), []byte{0})
		}), leadingZero),
	)
}
