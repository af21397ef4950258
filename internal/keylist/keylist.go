package keylist

import (
	"bytes"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"unicode/utf8"

	"github.com/poolguard/poolguard/cognito/keyset"
	"github.com/poolguard/poolguard/internal/terminal"
)

// A Key is a key of a set as the table shows it. Its texts are those of the set and are
// not trusted.
type Key struct {
	ID, Type, Algorithm, Use string
	// Bits is the size of an RSA key, 0 where it is not known.
	Bits int
	// Usable is the key, nil where it cannot be used.
	Usable *keyset.Key
	// Reason says why it cannot be used.
	Reason string
}

// Read returns every key of a set, usable or not. An error means that the text is not a
// key set.
func Read(jwks []byte) ([]Key, error) {
	set, err := keyset.Parse(jwks)
	if err != nil && !errors.Is(err, keyset.ErrNoUsableKey) {
		return nil, err
	}
	// Maps, because fields of a struct would be found whatever their case.
	var document map[string]json.RawMessage
	var raws []json.RawMessage
	if err := json.Unmarshal(jwks, &document); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(document["keys"], &raws); err != nil {
		return nil, err
	}
	members := make([]Key, len(raws))
	for n, raw := range raws {
		members[n] = newKey(raw)
	}
	for _, s := range set.Skipped() {
		members[s.Index].Reason = s.Reason
	}
	for n := range members {
		if m := &members[n]; m.Reason == "" {
			m.Usable, _ = set.Key(m.ID)
		}
	}
	return members, nil
}

func newKey(raw json.RawMessage) Key {
	var parameters map[string]json.RawMessage
	// What is no object has no parameters, and is among the skipped ones.
	_ = json.Unmarshal(raw, &parameters)
	text := func(name string) string {
		var s string
		_ = json.Unmarshal(parameters[name], &s) // likewise
		return s
	}
	m := Key{ID: text("kid"), Type: text("kty"), Algorithm: text("alg"), Use: text("use")}
	if n, err := base64.RawURLEncoding.DecodeString(text("n")); err == nil && m.Type == "RSA" {
		m.Bits = new(big.Int).SetBytes(n).BitLen()
	}
	return m
}

// Usable returns each usable key once.
func Usable(members []Key) []*keyset.Key {
	var keys []*keyset.Key
	seen := map[*keyset.Key]bool{}
	for _, m := range members {
		if m.Usable != nil && !seen[m.Usable] {
			seen[m.Usable] = true
			keys = append(keys, m.Usable)
		}
	}
	return keys
}

// Write writes a table of the keys to a page. source is where the set comes from. Each
// key has two lines, which fit into 80 columns: a kid of Cognito and a thumbprint have 44
// and 43 characters. On a narrower page each value has a line of its own.
func Write(g *terminal.Page, members []Key, source string) {
	usable := len(Usable(members))
	const shape = "%-44s  %-4s %-6s %-4s %5s  %s"
	g.Line(g.Escape(source))
	if g.Width >= narrow {
		g.Line(g.Strong(fmt.Sprintf(shape, "KID", "KTY", "ALG", "USE", "BITS", "USABLE")))
	}
	for _, m := range members {
		bits := "-"
		if m.Bits > 0 {
			bits = strconv.Itoa(m.Bits)
		}
		verdict := g.Good("yes")
		if m.Usable == nil {
			verdict = g.Bad("no")
		}
		if g.Width < narrow {
			writeNarrow(g, &m, bits, verdict)
			continue
		}
		g.Line(fmt.Sprintf(shape, cell(g, m.ID), cell(g, m.Type), cell(g, m.Algorithm), cell(g, m.Use), bits, verdict))
		if m.Usable == nil {
			g.Paragraph(2, g.Escape("it "+m.Reason))
		} else {
			g.Line("  " + g.Faint("thumbprint") + " " + thumbprint(m.Usable.Public()))
		}
	}
	if usable == 0 {
		g.Line(g.Bad("There is no usable key: no token can be verified with this set."))
	}
}

// narrow is the width below which the table does not fit.
const narrow = 78

func writeNarrow(g *terminal.Page, m *Key, bits, verdict string) {
	row := func(label, value string) { g.Entry(2, 12, g.Faint(label), value, terminal.Plain) }
	g.Line("")
	row("kid", cell(g, m.ID))
	row("kty", cell(g, m.Type))
	row("alg", cell(g, m.Algorithm))
	row("use", cell(g, m.Use))
	row("bits", bits)
	row("usable", verdict)
	if m.Usable == nil {
		row("", g.Escape("it "+m.Reason))
	} else {
		row("thumbprint", thumbprint(m.Usable.Public()))
	}
}

// cell makes a parameter of a key safe and short enough for the table.
func cell(g *terminal.Page, text string) string {
	const most = 100
	if text == "" {
		return "-"
	}
	text = g.Escape(text)
	if utf8.RuneCountInString(text) > most {
		text = string([]rune(text)[:most]) + g.Sign("…", "...")
	}
	return text
}

// A jwk is a public key for RS256 as RFC 7517 and RFC 7518 §6.3.1 write it.
type jwk struct {
	KeyType   string `json:"kty"`
	KeyID     string `json:"kid"`
	Use       string `json:"use"`
	Algorithm string `json:"alg"`
	N         string `json:"n"`
	E         string `json:"e"`
}

// base64uint writes a number as a Base64urlUInt (RFC 7518 §2).
func base64uint(n *big.Int) string { return base64.RawURLEncoding.EncodeToString(n.Bytes()) }

func exponent(key *rsa.PublicKey) *big.Int { return big.NewInt(int64(key.E)) }

// thumbprint is that of RFC 7638: SHA-256 over the required parameters in the order
// of their names.
func thumbprint(key *rsa.PublicKey) string {
	sum := sha256.Sum256(fmt.Appendf(nil, `{"e":"%s","kty":"RSA","n":"%s"}`, base64uint(exponent(key)), base64uint(key.N)))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// JWKS returns keys as a JWK Set.
func JWKS(keys []*keyset.Key) ([]byte, error) {
	set := struct {
		Keys []jwk `json:"keys"`
	}{[]jwk{}}
	for _, k := range keys {
		set.Keys = append(set.Keys, jwk{
			KeyType: "RSA", KeyID: k.ID(), Use: "sig", Algorithm: "RS256",
			N: base64uint(k.Public().N), E: base64uint(exponent(k.Public())),
		})
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(set)
	return []byte(terminal.EscapeJSON(b.Bytes(), false)), err
}

// PEM returns a block for each key, after a line with its name. Readers of PEM skip that
// line (RFC 7468, section 2).
func PEM(keys []*keyset.Key) ([]byte, error) {
	var b bytes.Buffer
	for _, k := range keys {
		der, err := x509.MarshalPKIXPublicKey(k.Public())
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "# kid: %s\n", terminal.Escape(k.ID(), true))
		b.Write(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	}
	return b.Bytes(), nil
}
