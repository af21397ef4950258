package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/poolguard/poolguard/cognito/internal/vectorgen/vectors"
)

const warning = "PUBLISHED KEYS. The private keys behind these key sets are in the source code that made this file: a program that trusts one of them outside a test accepts tokens that any person can sign."

// A chapter is one file of vectors that is being written.
type chapter struct {
	ring  *keyring
	theme string
	file  vectors.File
}

// A row is one case: what the tables of cases have.
type row struct {
	id     string // within the theme
	code   string // "" for a token that must be accepted
	config string
	why    string
	refs   string // separated by "; "
	recipe recipe
}

func newChapter(ring *keyring, theme, about string) *chapter {
	c := &chapter{ring: ring, theme: theme, file: vectors.File{
		Format: vectors.Format, About: about, Warning: warning,
		KeySets: map[string]vectors.KeySet{}, Configs: map[string]vectors.Config{},
	}}
	c.keySet("pool", "The pool's two keys, as Cognito publishes them.", setOf(jwk(ring.access), jwk(ring.id)))
	for _, use := range []string{"access", "id", "any"} {
		c.config(use, use)
	}
	return c
}

// keySet adds a key set by its text.
func (c *chapter) keySet(name, comment, body string) {
	set := vectors.KeySet{Comment: comment}
	if utf8.ValidString(body) {
		set.JWKS = &body
	} else {
		encoded := base64.StdEncoding.EncodeToString([]byte(body))
		set.JWKSBase64 = &encoded
	}
	c.file.KeySets[name] = set
}

// config adds a config: the pool with both its issuers and one client, changed.
func (c *chapter) config(name, use string, changes ...func(*vectors.Config)) {
	config := vectors.Config{
		UserPools: []vectors.UserPool{{
			ID: poolID, ClientIDs: []string{client},
			KeySets: map[string]string{issuer: "pool", updatedIssuer: "pool"},
		}},
		TokenUse: use, Now: nowTime, MaxTokenBytes: 16384,
	}
	for _, change := range changes {
		change(&config)
	}
	c.file.Configs[name] = config
}

func requiring(r vectors.Require) func(*vectors.Config) {
	return func(c *vectors.Config) { c.Require = r }
}

// keysFrom has all issuers publish the key set of that name.
func keysFrom(set string) func(*vectors.Config) {
	return func(c *vectors.Config) {
		for name := range c.UserPools[0].KeySets {
			c.UserPools[0].KeySets[name] = set
		}
	}
}

// add adds cases.
func (c *chapter) add(rows ...row) {
	for _, r := range rows {
		v := vectors.Case{
			ID: c.theme + "/" + r.id, Comment: r.why, Config: r.config, Recipe: r.recipe.words(),
			Expected: vectors.Expected{Valid: r.code == "", Code: r.code},
		}
		if r.refs != "" {
			v.References = strings.Split(r.refs, "; ")
		}
		config, ok := c.file.Configs[r.config]
		if !ok {
			panic(fmt.Sprintf("vectorgen: case %s: no config %q", v.ID, r.config))
		}
		token, made := r.recipe.token(c.ring, v.ID)
		store(&v, token)
		if r.code == "" {
			v.Expected = expected(made, config)
		}
		c.file.Cases = append(c.file.Cases, v)
	}
}

// store puts the text of the token into the form that fits it.
func store(v *vectors.Case, token string) {
	const long = 5000
	if len(token) > long {
		v.TokenPieces = pieces(token)
	}
	switch {
	case v.TokenPieces != nil:
	case strings.ContainsFunc(token, func(r rune) bool { return r < 0x20 || r > 0x7e }):
		encoded := base64.StdEncoding.EncodeToString([]byte(token))
		v.TokenBase64 = &encoded
	default:
		v.Token = &token
	}
}

// pieces finds the long run of one text in a token: of one character, or of four of
// base64 for three alike. It is nil where there is none.
func pieces(token string) []vectors.Piece {
	for _, unit := range []string{".", "A", "eHh4", "W1tb", "a2tr"} {
		start := strings.Index(token, strings.Repeat(unit, 1000))
		if start < 0 {
			continue
		}
		rest := token[start:]
		for strings.HasPrefix(rest, unit) {
			rest = rest[len(unit):]
		}
		times := (len(token) - start - len(rest)) / len(unit)
		return slices.DeleteFunc([]vectors.Piece{{Text: token[:start], Times: 1}, {Text: unit, Times: times}, {Text: rest, Times: 1}},
			func(p vectors.Piece) bool { return p.Text == "" })
	}
	return nil
}

// expected is what a good token says, read with encoding/json: not with the reader
// of the verifier.
func expected(d *draft, config vectors.Config) vectors.Expected {
	// Maps, since encoding/json folds the case of names for the fields of a struct.
	head, claims := decode(objectText(d.header, d.headerText)), decode(objectText(d.payload, d.payloadText))
	textOf := func(m map[string]any, name string) string { s, _ := m[name].(string); return s }
	e := vectors.Expected{
		Valid: true, TokenUse: textOf(claims, "token_use"), Issuer: textOf(claims, "iss"), KeyID: textOf(head, "kid"), Subject: textOf(claims, "sub"),
	}
	e.ExpiresAt, _ = claims["exp"].(json.Number)
	groups, _ := claims["cognito:groups"].([]any)
	for _, group := range groups {
		e.Groups = append(e.Groups, fmt.Sprint(group))
	}
	if e.TokenUse == "id" {
		e.Username, e.ClientID = textOf(claims, "cognito:username"), textOf(claims, "aud")
	} else {
		e.Username, e.ClientID = textOf(claims, "username"), textOf(claims, "client_id")
		e.Scopes = strings.Fields(textOf(claims, "scope"))
	}
	for _, pool := range config.UserPools {
		if slices.Contains(slices.Collect(maps.Keys(pool.KeySets)), e.Issuer) {
			e.UserPool = pool.ID
		}
	}
	return e
}

func decode(s string) map[string]any {
	decoder := json.NewDecoder(strings.NewReader(s))
	decoder.UseNumber()
	var m map[string]any
	if err := decoder.Decode(&m); err != nil {
		panic(fmt.Sprintf("vectorgen: a token that is to be accepted cannot be read: %v", err))
	}
	return m
}

// text writes the chapter, without the configs and key sets that no case needs.
func (c *chapter) text() []byte {
	configs, sets := map[string]vectors.Config{}, map[string]vectors.KeySet{}
	for _, v := range c.file.Cases {
		configs[v.Config] = c.file.Configs[v.Config]
		for _, pool := range configs[v.Config].UserPools {
			for _, name := range pool.KeySets {
				set, ok := c.file.KeySets[name]
				if !ok {
					panic(fmt.Sprintf("vectorgen: config %s: no key set %q", v.Config, name))
				}
				sets[name] = set
			}
		}
	}
	file := c.file
	file.Configs, file.KeySets = configs, sets
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(file); err != nil {
		panic(fmt.Sprintf("vectorgen: %v", err))
	}
	return b.Bytes()
}
