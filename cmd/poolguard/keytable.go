package main

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

// A member is a key of a set as the table shows it. Its texts are whatever the set
// says.
type member struct {
	kid, kty, alg, use string
	bits               int         // 0 where that cannot be told
	key                *keyset.Key // nil: not usable
	why                string      // it is not
}

// readMembers reads all keys of a set. Which are usable the library decides.
func readMembers(jwks []byte) ([]member, error) {
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
	members := make([]member, len(raws))
	for n, raw := range raws {
		members[n] = newMember(raw)
	}
	for _, s := range set.Skipped() {
		members[s.Index].why = s.Reason
	}
	for n := range members {
		if m := &members[n]; m.why == "" {
			m.key, _ = set.Key(m.kid)
		}
	}
	return members, nil
}

func newMember(raw json.RawMessage) member {
	var parameters map[string]json.RawMessage
	// What is no object has no parameters, and is among the skipped ones.
	_ = json.Unmarshal(raw, &parameters)
	text := func(name string) string {
		var s string
		_ = json.Unmarshal(parameters[name], &s) // likewise
		return s
	}
	m := member{kid: text("kid"), kty: text("kty"), alg: text("alg"), use: text("use")}
	if n, err := base64.RawURLEncoding.DecodeString(text("n")); err == nil && m.kty == "RSA" {
		m.bits = new(big.Int).SetBytes(n).BitLen()
	}
	return m
}

// usableKeys are each of the usable keys once.
func usableKeys(members []member) []*keyset.Key {
	var keys []*keyset.Key
	seen := map[*keyset.Key]bool{}
	for _, m := range members {
		if m.key != nil && !seen[m.key] {
			seen[m.key] = true
			keys = append(keys, m.key)
		}
	}
	return keys
}

// keyTable writes two lines for each key, which fit into 80 columns: a kid of
// Cognito and a thumbprint have 44 and 43 characters.
func (g *page) keyTable(members []member, usable int, source string) {
	const shape = "%-44s  %-4s %-6s %-4s %5s  %s"
	g.Line(g.Escape(source))
	g.Line(g.Strong(fmt.Sprintf(shape, "KID", "KTY", "ALG", "USE", "BITS", "USABLE")))
	for _, m := range members {
		bits := "-"
		if m.bits > 0 {
			bits = strconv.Itoa(m.bits)
		}
		verdict := g.Good("yes")
		if m.key == nil {
			verdict = g.Bad("no")
		}
		g.Line(fmt.Sprintf(shape, g.cell(m.kid), g.cell(m.kty), g.cell(m.alg), g.cell(m.use), bits, verdict))
		if m.key == nil {
			g.Paragraph(2, g.Escape("it "+m.why))
		} else {
			g.Line("  " + g.Faint("thumbprint") + " " + thumbprint(m.key.Public()))
		}
	}
	if usable == 0 {
		g.Line(g.Bad("There is no usable key: no token can be verified with this set."))
	}
}

// cell makes a parameter of a key safe and short enough for the table.
func (g *page) cell(text string) string {
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

func (p *program) writeKeySet(keys []*keyset.Key) error {
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
	if err := encoder.Encode(set); err != nil {
		return &failure{statusUsage, err}
	}
	return p.write(terminal.EscapeControls(b.Bytes()))
}

// writePEM writes a block for each key after a line with its name, which readers of
// PEM pass over (RFC 7468 §2).
func (p *program) writePEM(keys []*keyset.Key) error {
	var b bytes.Buffer
	for _, k := range keys {
		der, err := x509.MarshalPKIXPublicKey(k.Public())
		if err != nil {
			return &failure{statusUsage, err}
		}
		fmt.Fprintf(&b, "# kid: %s\n", terminal.Escape(k.ID(), true))
		b.Write(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	}
	return p.write(b.Bytes())
}
