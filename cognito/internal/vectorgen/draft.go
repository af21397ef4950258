package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The world of the vectors.
const (
	poolID      = "us-east-1_AbCdEfGhI"
	otherPoolID = "eu-west-1_OtherPool"

	issuer        = "https://cognito-idp.us-east-1.amazonaws.com/" + poolID
	updatedIssuer = "https://issuer-cognito-idp.us-east-1.amazonaws.com/" + poolID
	otherIssuer   = "https://cognito-idp.eu-west-1.amazonaws.com/" + otherPoolID

	client      = "1example23456789"
	otherClient = "5another98765432"
	resource    = "https://orders.example.com"
	subject     = "5f7b1c2e-9a3d-4e8f-b6c1-d2e3f4a5b6c7"
	originJTI   = "0c9d8e7f-1a2b-4c3d-9e4f-5a6b7c8d9e0f"
)

// now is the time of the verification, in Unix seconds.
const now = 1767268800 // 2026-01-01T12:00:00Z

var nowTime = time.Unix(now, 0).UTC()

// A draft is an unfinished token.
type draft struct {
	header, payload []member
	// Instead of the text of the members.
	headerText, payloadText *string
	signature               signer
	encode                  func(part int, bytes []byte) string
	// After all, the text of the whole.
	finish func(token string) string
	// unlucky, if set, asks for another jti until a signature is as it should be.
	unlucky func(signature []byte) bool
}

// A member of a JSON object; both are JSON texts, good or not.
type member struct{ name, value string }

// A change to a draft, and how it is said in the recipe.
type change struct {
	words string
	apply func(*draft)
}

// A recipe is a base and the changes to it.
type recipe struct {
	base    string // access, id or machine; "" for a text that is no token
	changes []change
	text    string // of that
}

func access(changes ...change) recipe  { return recipe{base: "access token", changes: changes} }
func idToken(changes ...change) recipe { return recipe{base: "ID token", changes: changes} }
func machine(changes ...change) recipe { return recipe{base: "machine token", changes: changes} }

// text is a recipe without a token.
func text(words, s string) recipe { return recipe{text: s, changes: []change{{words: words}}} }

// with adds changes.
func (r recipe) with(changes ...change) recipe {
	r.changes = append(slices.Clone(r.changes), changes...)
	return r
}

// words is the recipe as the vectors have it.
func (r recipe) words() []string {
	var list []string
	if r.base != "" {
		list = append(list, r.base)
	}
	for _, c := range r.changes {
		list = append(list, c.words)
	}
	return list
}

// draft makes the base. The names of a case make its jti, so that no two cases
// without further changes are the same token.
func (r recipe) draft(ring *keyring, id string) *draft {
	signing := ring.access
	if r.base == "ID token" {
		signing = ring.id
	}
	d := &draft{signature: signing.rs256, encode: func(_ int, b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }}
	d.header = []member{{`"kid"`, quoted(signing.kid)}, {`"alg"`, `"RS256"`}}
	d.set("sub", quoted(subject))
	d.set("iss", escaped(issuer))
	if r.base != "machine token" {
		d.set("origin_jti", quoted(originJTI))
		d.set("event_id", quoted("2b3c4d5e-6f70-4182-93a4-b5c6d7e8f901"))
	}
	d.set("auth_time", strconv.Itoa(now-600))
	d.set("exp", strconv.Itoa(now+3000))
	d.set("iat", strconv.Itoa(now-600))
	d.set("jti", quoted(id))
	switch r.base {
	case "ID token":
		d.set("aud", quoted(client))
		d.set("token_use", `"id"`)
		d.set("cognito:username", `"alice"`)
		d.set("email", `"alice@example.com"`)
		d.set("email_verified", "true")
		return d
	case "machine token":
		d.set("sub", quoted(client))
		d.set("scope", escaped("test/read"))
	default:
		d.set("scope", `"aws.cognito.signin.user.admin"`)
		d.set("username", `"alice"`)
	}
	d.set("version", "2")
	d.set("client_id", quoted(client))
	d.set("token_use", `"access"`)
	return d
}

// token makes the text, and returns the draft that it was made of.
func (r recipe) token(ring *keyring, id string) (string, *draft) {
	if r.base == "" {
		return r.text, nil
	}
	for n := 0; ; n++ {
		d := r.draft(ring, id)
		if n > 0 {
			d.set("jti", quoted(id+" "+strconv.Itoa(n)))
		}
		for _, c := range r.changes {
			c.apply(d)
		}
		input := d.encode(0, []byte(objectText(d.header, d.headerText))) + "." + d.encode(1, []byte(objectText(d.payload, d.payloadText)))
		signature := d.signature([]byte(input))
		if d.unlucky != nil && d.unlucky(signature) {
			continue
		}
		whole := input + "." + d.encode(2, signature)
		if d.finish != nil {
			whole = d.finish(whole)
		}
		return whole, d
	}
}

func objectText(members []member, instead *string) string {
	if instead != nil {
		return *instead
	}
	texts := make([]string, len(members))
	for n, m := range members {
		texts[n] = m.name + ":" + m.value
	}
	return "{" + strings.Join(texts, ",") + "}"
}

// set gives a claim a value, at its place or at the end.
func (d *draft) set(name, value string) { d.payload = setMember(d.payload, quoted(name), value) }

func setMember(members []member, name, value string) []member {
	for n := range members {
		if members[n].name == name {
			members[n].value = value
			return members
		}
	}
	return append(members, member{name, value})
}

func deleteMember(members []member, name string) []member {
	return slices.DeleteFunc(members, func(m member) bool { return m.name == name })
}

// quoted is s as a JSON string.
func quoted(s string) string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(s); err != nil {
		panic(fmt.Sprintf("vectorgen: %v", err))
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// escaped is s as a JSON string with its slashes escaped, as Cognito writes payloads.
func escaped(s string) string { return strings.ReplaceAll(quoted(s), "/", `\/`) }
