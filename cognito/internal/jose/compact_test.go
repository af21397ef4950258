package jose

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"
)

func encode(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

const goodHeader = `{"kid":"k","alg":"RS256"}`

func TestParseCompact(t *testing.T) {
	good := encode(goodHeader) + "." + encode(`{"sub":"x"}`) + "." + encode("signature")
	c, err := ParseCompact(good)
	if err != nil {
		t.Fatal(err)
	}
	if c.Algorithm != "RS256" || c.KeyID != "k" || c.Header != goodHeader ||
		string(c.Payload) != `{"sub":"x"}` || string(c.Signature) != "signature" || string(c.signingInput) != good[:strings.LastIndex(good, ".")] {
		t.Errorf("read as %+v", c)
	}
	if c, err := ParseCompact(encode(goodHeader) + ".." + encode("s")); err != nil || len(c.Payload) != 0 {
		t.Errorf("an empty payload is a payload (RFC 7515 §7.2.1 asks nothing of it): %v", err)
	}
	if raw, payload := c.Copy(); raw != good || payload != `{"sub":"x"}` {
		t.Errorf("copied as %q, %q", raw, payload)
	}
	// What is decoded must not share room with its neighbour.
	_ = append(c.Payload, 'X')
	if string(c.Signature) != "signature" {
		t.Error("appending to the payload changed the signature")
	}
}

// TestParseCompactRefuses has a row for each way in which a token can be other than
// RFC 7515 writes it, after the advisories that made it matter.
func TestParseCompactRefuses(t *testing.T) {
	h, p, s := encode(goodHeader), encode(`{"sub":"x"}`), encode("signature!")
	header := func(text string) string { return encode(text) + "." + p + "." + s }
	for name, raw := range map[string]string{
		"empty":                       "",
		"one part":                    h,
		"two parts":                   h + "." + p,
		"four parts":                  h + "." + p + "." + s + "." + s,
		"six parts":                   strings.Repeat(h+".", 5) + s,
		"a million dots":              strings.Repeat(".", 1_000_000),
		"no header":                   "." + p + "." + s,
		"no signature":                h + "." + p + ".",
		"JSON serialisation":          `{"payload":"` + p + `","signatures":[{"protected":"` + h + `","signature":"` + s + `"}]}`,
		"mixed serialisation":         `{"` + h + "." + p + "." + s + `":"x"}`,
		"padded header":               h + "=." + p + "." + s,
		"padded payload":              h + "." + p + "=." + s,
		"padded signature":            h + "." + p + "." + encode("12") + "=",
		"standard alphabet":           h + "." + p + ".+/+/",
		"line break in the payload":   h + "." + p[:4] + "\n" + p[4:] + "." + s,
		"CR in the header":            h[:4] + "\r" + h[4:] + "." + p + "." + s,
		"CR in the payload":           h + "." + p[:4] + "\r" + p[4:] + "." + s,
		"CR in the signature":         h + "." + p + "." + s[:4] + "\r" + s[4:],
		"CR at the end":               h + "." + p + "." + s + "\r",
		"LF in the header":            h[:4] + "\n" + h[4:] + "." + p + "." + s,
		"line break in the signature": h + "." + p + "." + s[:4] + "\r\n" + s[4:],
		"line break at the end":       h + "." + p + "." + s + "\n",
		"space before":                " " + h + "." + p + "." + s,
		"space inside":                h + "." + p + ". " + s,
		"NUL inside":                  h + "." + p + "." + s + "\x00",
		"non-zero trailing bits":      h + "." + p + "." + "c2ln" + "QR",
		"length of 1 modulo 4":        h + "." + p + "." + "c2lnQ",
		"header not JSON":             header("alg"),
		"header an array":             header(`["alg"]`),
		"header a string":             header(`"RS256"`),
		"header null":                 header(`null`),
		"header twice":                header(goodHeader + goodHeader),
		"text after the header":       header(goodHeader + " x"),
		"header cut short":            header(`{"kid":"k","alg":"RS256"`),
		"alg repeated":                header(`{"alg":"RS256","alg":"RS256"}`),
		"alg repeated, escaped":       header(`{"alg":"RS256","\u0061lg":"none"}`),
		"name repeated below":         header(`{"alg":"RS256","x":{"a":1,"a":1}}`),
		"bad UTF-8":                   header("{\"alg\":\"RS256\",\"x\":\"\xff\"}"),
		"half a surrogate pair":       header(`{"alg":"RS256","x":"\ud800"}`),
		"byte order mark":             header("\ufeff" + goodHeader),
		"comment":                     header(`{"alg":"RS256"/**/}`),
		"trailing comma":              header(`{"alg":"RS256",}`),
		"single quotes":               header(`{'alg':'RS256'}`),
		"control character":           header("{\"alg\":\"RS256\",\"x\":\"\x01\"}"),
		"leading zero":                header(`{"alg":"RS256","x":01}`),
		"NaN":                         header(`{"alg":"RS256","x":NaN}`),
		"crit":                        header(`{"alg":"RS256","kid":"k","crit":["exp"],"exp":1}`),
		"crit empty":                  header(`{"alg":"RS256","kid":"k","crit":[]}`),
		"crit null":                   header(`{"alg":"RS256","kid":"k","crit":null}`),
		"b64 false":                   header(`{"alg":"RS256","kid":"k","b64":false}`),
		"b64 true":                    header(`{"alg":"RS256","kid":"k","b64":true}`),
		"deep":                        header(`{"alg":"RS256","x":` + strings.Repeat("[", 64) + strings.Repeat("]", 64) + "}"),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseCompact(raw)
			var malformed *MalformedError
			if !errors.As(err, &malformed) {
				t.Fatalf("got %v, want a MalformedError", err)
			}
			if len(raw) > 10 && strings.Contains(err.Error(), raw[:10]) {
				t.Errorf("the error quotes the token: %v", err)
			}
		})
	}
}

func TestParseCompactEncrypted(t *testing.T) {
	for _, raw := range []string{"....", "a.b.c.d.e", "eyJjdHkiOiJKV1QifQ.x.y.z.w", "\n.!.=. .\xff"} {
		if _, err := ParseCompact(raw); !errors.Is(err, ErrEncrypted) {
			t.Errorf("%q: %v, want ErrEncrypted", raw, err)
		}
	}
}

// TestHeaderReading shows what decides and what is left alone.
func TestHeaderReading(t *testing.T) {
	for header, want := range map[string][2]string{
		goodHeader:                                    {"RS256", "k"},
		`{"alg":"RS256"}`:                             {"RS256", ""},
		`{"kid":"k"}`:                                 {"", "k"},
		`{}`:                                          {"", ""},
		`{"alg":null,"kid":null}`:                     {"", ""},
		`{"alg":["RS256"],"kid":1}`:                   {"", ""},
		`{"ALG":"RS256","Kid":"k"}`:                   {"", ""},
		`{"alg":"rs256","kid":"K"}`:                   {"rs256", "K"},
		`{"alg":"none","kid":"k"}`:                    {"none", "k"},
		`{"\u0061lg":"RS256","kid":"a\/b\u003d"}`:     {"RS256", "a/b="},
		`{"alg":"RS256","kid":"k","jwk":{"k":1}}`:     {"RS256", "k"},
		"{\r\n\t\"alg\" : \"RS256\" , \"kid\":\"k\"}": {"RS256", "k"},
		`{"alg":"RS256","kid":"k","x":` + strings.Repeat("[", 63) + strings.Repeat("]", 63) + "}": {"RS256", "k"},
		`{"alg":"RS256","kid":"k","x":"` + strings.Repeat("[{", 300) + `\"["}`:                    {"RS256", "k"},
	} {
		c, err := ParseCompact(encode(header) + ".e30." + encode("s"))
		if err != nil {
			t.Errorf("%s: %v", header, err)
		} else if got := [2]string{c.Algorithm, c.KeyID}; got != want {
			t.Errorf("%s: read as %q, want %q", header, got, want)
		}
	}
}
