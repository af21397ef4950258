package cognitotest

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// The kinds of token that a pool makes.
const (
	kindAccess  = "access"
	kindID      = "id"
	kindMachine = "machine"
)

// lifetime is the default lifetime of Cognito's tokens.
const lifetime = time.Hour

// AccessToken returns an access token of a user who signed in through the API. It is
// valid and has the form of Cognito's tokens, except for the changes by options.
//
// If a claim cannot be written as JSON, the result is a text that is not a token and names the
// fault. Every verifier refuses it. Such claims are channels, and values whose MarshalJSON panics.
func (p *Pool) AccessToken(options ...TokenOption) string { return p.accessDraft().mint(options) }

func (p *Pool) accessDraft() *draft {
	d := p.draft(kindAccess, p.AccessKey())
	d.payload.set("version", 2)
	d.payload.set("client_id", p.ClientID())
	d.payload.set("token_use", "access")
	d.payload.set("scope", "aws.cognito.signin.user.admin")
	d.payload.set("username", Username)
	return d
}

// IDToken returns an ID token, as [Pool.AccessToken] returns an access token.
func (p *Pool) IDToken(options ...TokenOption) string {
	d := p.draft(kindID, p.IDKey())
	d.payload.set("aud", p.ClientID())
	d.payload.set("token_use", "id")
	d.payload.set("cognito:username", Username)
	d.payload.set("email", Username+"@example.com")
	d.payload.set("email_verified", true)
	return d.mint(options)
}

// MachineToken returns an access token of the client credentials grant. It has no user:
// its subject is the app client. Its scope is "test/read" unless [Scopes] sets another
// one.
func (p *Pool) MachineToken(options ...TokenOption) string {
	d := p.draft(kindMachine, p.AccessKey())
	for _, name := range []string{"origin_jti", "event_id"} {
		d.payload.remove(name)
	}
	d.payload.set("sub", p.ClientID())
	d.payload.set("version", 2)
	d.payload.set("client_id", p.ClientID())
	d.payload.set("token_use", "access")
	d.payload.set("scope", "test/read")
	return d.mint(options)
}

// RefreshToken returns a text in the form of a refresh token: an encrypted token (RFC
// 7516) of five parts, which no program can decrypt.
func (p *Pool) RefreshToken() string {
	parts := [][]byte{
		[]byte(`{"cty":"JWT","enc":"A256GCM","alg":"RSA-OAEP"}`),
		randomBytes(256), randomBytes(12), randomBytes(800), randomBytes(16),
	}
	texts := make([]string, len(parts))
	for n, part := range parts {
		texts[n] = base64.RawURLEncoding.EncodeToString(part)
	}
	return strings.Join(texts, ".")
}

// A draft is an unfinished token. One goroutine uses it.
type draft struct {
	kind            string
	fault           string // the text in place of the token; "" for none
	now             time.Time
	header, payload object
	key             *Key
	service         *Signer // nil for the tokens of a pool
	sign            func(key *Key, input []byte) ([]byte, error)
	encode          func([]byte) string

	// Set by the options of these names.
	rawHeader, rawPayload              *string
	tamperedPayload, tamperedSignature bool
}

// faultZeroPool is in place of the tokens of the zero [Pool].
const faultZeroPool = "cognitotest: the zero Pool has no issuer and makes no tokens; get a Pool from Issuer.Pool or Issuer.AddPool"

// draft returns a draft with the claims of all kinds.
func (p *Pool) draft(kind string, key *Key) *draft {
	if p.issuer == nil {
		return &draft{kind: kind, fault: faultZeroPool}
	}
	d := &draft{
		kind: kind, now: p.issuer.clock.Now(), key: key,
		sign: signRS256, encode: base64.RawURLEncoding.EncodeToString,
	}
	d.header.set("kid", key.id)
	d.header.set("alg", "RS256")
	d.payload.set("sub", Subject)
	d.payload.set("iss", p.Issuer())
	d.payload.set("origin_jti", newUUID())
	d.payload.set("event_id", newUUID())
	d.payload.set("auth_time", d.now.Unix())
	d.payload.set("exp", d.now.Unix()+int64(lifetime/time.Second))
	d.payload.set("iat", d.now.Unix())
	d.payload.set("jti", newUUID())
	return d
}

// setExpiry sets exp where the kind of token has it: in the payload, for Verified Access in the
// header, for load balancers in both.
func (d *draft) setExpiry(value any) {
	if d.service != nil {
		d.header.set("exp", value)
	}
	if d.kind != kindVerifiedAccess {
		d.payload.set("exp", value)
	}
}

// newUUID returns a random UUID (RFC 9562 §5.4), the form of Cognito's identifiers.
func newUUID() string {
	b := randomBytes(16)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	h := hex.EncodeToString(b)
	return strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-")
}

// mint applies options in their order, signs and encodes.
func (d *draft) mint(options []TokenOption) string {
	if d.fault != "" {
		return d.fault
	}
	for _, change := range options {
		if change != nil {
			change(d)
		}
	}
	header, err := d.header.text(d.rawHeader, false)
	if err != nil {
		return err.Error()
	}
	payload, err := d.payload.text(d.rawPayload, d.service == nil)
	if err != nil {
		return err.Error()
	}
	start := d.encode([]byte(header)) + "."
	encoded := d.encode([]byte(payload))
	signature, err := d.sign(d.key, []byte(start+encoded))
	if err != nil {
		return "cognitotest: the token cannot be signed: " + err.Error()
	}
	if d.tamperedPayload {
		encoded = d.encode([]byte(tamper(payload)))
	}
	if d.tamperedSignature && len(signature) > 0 {
		signature = slices.Clone(signature)
		signature[len(signature)/2] ^= 1
	}
	return start + encoded + "." + d.encode(signature)
}

// tamper changes a payload. An object stays an object.
func tamper(payload string) string {
	if rest, ok := strings.CutSuffix(payload, "}"); ok {
		return rest + `,"tampered":true}`
	}
	return payload + " "
}

// An object is a JSON object whose members have an order and may repeat.
type object []member

type member struct {
	name  string
	value any
}

// set sets the member's value, at its place or at the end.
func (o *object) set(name string, value any) {
	for n := range *o {
		if (*o)[n].name == name {
			(*o)[n].value = value
			return
		}
	}
	*o = append(*o, member{name, value})
}

// string returns the member's value, "" if it is absent or not a string.
func (o *object) string(name string) string {
	for _, m := range *o {
		if m.name == name {
			s, _ := m.value.(string)
			return s
		}
	}
	return ""
}

func (o *object) remove(name string) {
	*o = slices.DeleteFunc(*o, func(m member) bool { return m.name == name })
}

// text writes the object, or its replacement. Cognito escapes slashes in payloads but not
// in headers, where key names have slashes too.
func (o *object) text(instead *string, escapeSlashes bool) (string, error) {
	if instead != nil {
		return *instead, nil
	}
	var b strings.Builder
	b.WriteByte('{')
	for n, m := range *o {
		if n > 0 {
			b.WriteByte(',')
		}
		name, err := marshal(m.name, escapeSlashes)
		if err != nil {
			return "", err
		}
		value, err := marshal(m.value, escapeSlashes)
		if err != nil {
			return "", fmt.Errorf("cognitotest: the value of %q cannot be written as JSON: %w", m.name, err)
		}
		b.WriteString(name + ":" + value)
	}
	b.WriteByte('}')
	return b.String(), nil
}

// marshal writes v as JSON, and raw JSON unchanged, valid or not. A panic of v's own methods
// is an error.
func marshal(v any, escapeSlashes bool) (text string, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			text, err = "", fmt.Errorf("writing a %T panicked: %v", v, fault)
		}
	}()
	if raw, ok := v.(json.RawMessage); ok {
		return string(raw), nil
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return "", err
	}
	text = strings.TrimSuffix(b.String(), "\n")
	if !escapeSlashes {
		return text, nil
	}
	// A slash stands in strings only. One that a value of raw JSON within v escapes
	// already must not be escaped again.
	return strings.NewReplacer(`\\`, `\\`, `\/`, `\/`, `/`, `\/`).Replace(text), nil
}
