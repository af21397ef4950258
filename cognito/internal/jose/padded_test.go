package jose

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

func encodePadded(s string) string { return base64.URLEncoding.EncodeToString([]byte(s)) }

func TestParsePadded(t *testing.T) {
	const header = `{"alg":"ES256","kid":"k","signer":"arn"}`
	good := encodePadded(header) + "." + encodePadded(`{"sub":"xy"}`) + "." + encodePadded("signature!")
	if !strings.Contains(good, "=.") || !strings.HasSuffix(good, "=") {
		t.Fatal("the test should have padding in it")
	}
	c, err := ParsePadded(good)
	if err != nil {
		t.Fatal(err)
	}
	if c.Algorithm != "ES256" || c.KeyID != "k" || c.Header != header || string(c.Payload) != `{"sub":"xy"}` ||
		string(c.Signature) != "signature!" || string(c.signingInput) != good[:strings.LastIndex(good, ".")] {
		t.Errorf("read as %+v", c)
	}
	if raw, payload := c.Copy(); raw != good || payload != `{"sub":"xy"}` {
		t.Errorf("copied as %q, %q", raw, payload)
	}
	// Parts of whole groups of three bytes have no padding in either form.
	if _, err := ParsePadded(encodePadded(`{"a":0}  `) + "." + encodePadded("abc") + "." + encodePadded("def")); err != nil {
		t.Error(err)
	}
}

// TestParsePaddedRefuses: what is wrong without padding is wrong with it, and each
// part has one spelling.
func TestParsePaddedRefuses(t *testing.T) {
	const header = `{"alg":"ES256","kid":"k"}`
	h, p, s := encodePadded(header), encodePadded(`{"sub":"xy"}  `), encodePadded("signature!")
	in := func(text string) string { return encodePadded(text) + "." + p + "." + s }
	bare := func(part string) string { return strings.TrimRight(part, "=") }
	for name, raw := range map[string]string{
		"empty":                        "",
		"two parts":                    h + "." + p,
		"four parts":                   h + "." + p + "." + s + "." + s,
		"a million dots":               strings.Repeat(".", 1_000_000),
		"no header":                    "." + p + "." + s,
		"no signature":                 h + "." + p + ".",
		"no padding at all":            bare(h) + "." + bare(p) + "." + bare(s),
		"no padding of the header":     bare(h) + "." + p + "." + s,
		"no padding of the payload":    h + "." + bare(p) + "." + s,
		"no padding of the signature":  h + "." + p + "." + bare(s),
		"half of the padding":          h + "." + p + "." + bare(s) + "=",
		"too much padding":             h + "." + p + "." + s + "=",
		"four too many":                h + "." + p + "." + s + "====",
		"padding where none is due":    h + "." + encodePadded("abc") + "====" + "." + s,
		"padding only":                 h + "." + p + ".====",
		"padding inside":               h + "." + "YQ==YQ==" + "." + s,
		"standard alphabet":            h + "." + p + ".+/+/",
		"non-zero trailing bits":       h + "." + p + "." + "c2lnQR==",
		"line break before padding":    h + "." + p + "." + bare(s) + "\n==",
		"line break at the end":        h + "." + p + "." + s + "\n",
		"line break at the beginning":  "\n" + h + "." + p + "." + s,
		"CR at the beginning":          "\r" + h + "." + p + "." + s,
		"CR inside":                    h[:4] + "\r" + h[4:] + "." + p + "." + s,
		"space inside":                 h + ". " + p + "." + s,
		"padding escaped as in a URL":  h + "." + p + "." + bare(s) + "%3D%3D",
		"header not JSON":              in("alg"),
		"header an array":              in(`["alg"]`),
		"header twice":                 in(header + header),
		"signer repeated":              in(`{"alg":"ES256","signer":"a","signer":"b"}`),
		"signer repeated, escaped":     in(`{"alg":"ES256","signer":"a","sign\u0065r":"b"}`),
		"bad UTF-8":                    in("{\"alg\":\"ES256\",\"x\":\"\xff\"}"),
		"crit":                         in(`{"alg":"ES256","crit":["exp"],"exp":1}`),
		"b64":                          in(`{"alg":"ES256","b64":false}`),
		"deep":                         in(`{"x":` + strings.Repeat("[", 64) + strings.Repeat("]", 64) + "}"),
		"JSON serialisation":           `{"payload":"` + p + `","protected":"` + h + `","signature":"` + s + `"}`,
		"padding after a whole header": encodePadded(`{"a":0}  `) + "=" + "." + p + "." + s,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParsePadded(raw)
			var malformed *MalformedError
			if !errors.As(err, &malformed) {
				t.Fatalf("got %v, want a MalformedError", err)
			}
			if len(raw) > 10 && strings.Contains(err.Error(), raw[:10]) {
				t.Errorf("the error quotes the token: %v", err)
			}
		})
	}
	if _, err := ParsePadded("a.b.c.d.e"); !errors.Is(err, ErrEncrypted) {
		t.Errorf("five parts: %v", err)
	}
}

// TestPaddedReasonNamesThePart: an error names the part that is wrong, and why.
func TestPaddedReasonNamesThePart(t *testing.T) {
	h, p, s := encodePadded(`{"alg":"ES256"}`), encodePadded(`{"sub":"xy"}  `), encodePadded("signature!")
	const notBase64 = "is not canonical, padded base64url"
	for raw, want := range map[string]MalformedError{
		"!." + p + "." + s: {"header", notBase64},
		h + ".!." + s:      {"payload", notBase64},
		h + "." + p + ".!": {"signature", notBase64},
		h + "." + p + ".":  {"signature", "is empty"},
		"." + p + "." + s:  {"header", "is not a complete JSON object"},
	} {
		_, err := ParsePadded(raw)
		got, ok := errors.AsType[*MalformedError](err)
		if !ok || *got != want {
			t.Errorf("%s: got %v, want %+v", raw, err, want)
		}
	}
}

// FuzzParsePadded holds what is accepted against a second reading: encoding anew must
// give the text, encoding/json must see the same header, and the unpadded parser must
// agree about the same bytes without padding.
func FuzzParsePadded(f *testing.F) {
	for _, header := range []string{goodHeader, `{"alg":"ES256","signer":"a"}`, `{"crit":["x"]}`, "{}", "[]"} {
		f.Add(encodePadded(header) + "." + encodePadded(`{"sub":"x","aud":["a"]}`) + "." + encodePadded("signature"))
	}
	f.Add("....")
	f.Add("e30=.e30=.e30=")
	f.Add("e30.e30.e30=")
	f.Fuzz(func(t *testing.T, raw string) {
		c, err := ParsePadded(raw)
		if err != nil {
			return
		}
		anew := encodePadded(c.Header) + "." + encodePadded(string(c.Payload)) + "." + encodePadded(string(c.Signature))
		if anew != raw || string(c.signingInput) != anew[:strings.LastIndexByte(anew, '.')] {
			t.Fatalf("%q was accepted for %q", raw, anew)
		}
		var header map[string]any
		if err := json.Unmarshal([]byte(c.Header), &header); err != nil {
			t.Fatalf("encoding/json refuses the header %q: %v", c.Header, err)
		}
		alg, _ := header["alg"].(string)
		kid, _ := header["kid"].(string)
		if alg != c.Algorithm || kid != c.KeyID || header["crit"] != nil || header["b64"] != nil {
			t.Fatalf("read %q, %q from the header %q", c.Algorithm, c.KeyID, c.Header)
		}
		bare, err := ParseCompact(strings.ReplaceAll(raw, "=", ""))
		if err != nil || bare.Header != c.Header || !bytes.Equal(bare.Payload, c.Payload) || !bytes.Equal(bare.Signature, c.Signature) {
			t.Fatalf("%q: without padding it is read as %+v (%v)", raw, bare, err)
		}
	})
}
