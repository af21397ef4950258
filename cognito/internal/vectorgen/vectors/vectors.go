package vectors

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Format is the version of the format. Every file names it.
const Format = 1

// A File is one file of vectors: cases of one theme, with the key sets and configs that
// they name.
type File struct {
	Format  int               `json:"format"`
	About   string            `json:"about"`
	Warning string            `json:"warning"`
	KeySets map[string]KeySet `json:"key_sets"`
	Configs map[string]Config `json:"configs"`
	Cases   []Case            `json:"cases"`
}

// A KeySet is the answer at the address of a key set: a body, which may be invalid, or a
// status of failure.
type KeySet struct {
	Comment string `json:"comment"`
	// JWKS is the body. If it is not UTF-8, JWKSBase64 has it. Both are nil if the answer
	// has only a Status.
	JWKS       *string `json:"jwks,omitempty"`
	JWKSBase64 *string `json:"jwks_base64,omitempty"`
	// Status is the HTTP status of an answer without a key set, 0 for 200.
	Status int `json:"http_status,omitempty"`
}

// Body returns the status and the body of the answer.
func (k KeySet) Body() (status int, body []byte, err error) {
	switch {
	case k.JWKS != nil:
		return 200, []byte(*k.JWKS), nil
	case k.JWKSBase64 != nil:
		body, err = base64.StdEncoding.DecodeString(*k.JWKSBase64)
		return 200, body, err
	case k.Status == 0:
		return 0, nil, errors.New("vectors: a key set with neither body nor status")
	}
	return k.Status, nil, nil
}

// A Config is the configuration of a verifier for a case.
type Config struct {
	UserPools []UserPool `json:"user_pools"`
	// TokenUse is access, id or any.
	TokenUse string    `json:"token_use"`
	Now      time.Time `json:"now"`
	// LeewaySeconds is the time after exp and before nbf in which a token is accepted.
	LeewaySeconds int `json:"leeway_seconds,omitempty"`
	// MaxTokenBytes is the length of the longest token that is read.
	MaxTokenBytes int     `json:"max_token_bytes"`
	Require       Require `json:"require,omitzero"`
	// RevokedOriginJTIs are the values of origin_jti whose tokens are revoked.
	RevokedOriginJTIs []string `json:"revoked_origin_jtis,omitempty"`
}

// A UserPool is a trusted pool.
type UserPool struct {
	ID string `json:"id"`
	// ClientIDs are the accepted app clients; AnyClient stands for all of them.
	ClientIDs []string `json:"client_ids,omitempty"`
	AnyClient bool     `json:"any_client,omitempty"`
	// Audiences are the resources that access tokens may be bound to.
	Audiences []string `json:"audiences,omitempty"`
	// KeySets has the name of the key set of each issuer of the pool.
	KeySets map[string]string `json:"key_sets"`
}

// Require has the requirements for a good token. Zero values require nothing.
type Require struct {
	Scopes            []string            `json:"scopes,omitempty"`    // all of them
	AnyScope          []string            `json:"any_scope,omitempty"` // one of them
	Groups            []string            `json:"groups,omitempty"`    // all of them
	AnyGroup          []string            `json:"any_group,omitempty"` // one of them
	Audiences         []string            `json:"audiences,omitempty"` // bound to one of them
	Nonce             string              `json:"nonce,omitempty"`     // exactly
	ACR               string              `json:"acr,omitempty"`       // this level or a higher one
	MaxAuthAgeSeconds int                 `json:"max_auth_age_seconds,omitempty"`
	Claims            map[string][]string `json:"claims,omitempty"` // each one of its values
}

// A Case is one token with the correct verdict.
type Case struct {
	ID         string   `json:"id"`
	Comment    string   `json:"comment"`
	References []string `json:"references,omitempty"`
	Config     string   `json:"config"`
	// Recipe describes how the token is made.
	Recipe []string `json:"recipe"`

	// One of the three is set: the text if it is printable ASCII, otherwise its base64, or
	// the pieces of a very long one.
	Token       *string `json:"token,omitempty"`
	TokenBase64 *string `json:"token_base64,omitempty"`
	TokenPieces []Piece `json:"token_pieces,omitempty"`

	Expected Expected `json:"expected"`
}

// A Piece is a text that is repeated Times times.
type Piece struct {
	Text  string `json:"text"`
	Times int    `json:"times"`
}

// Text returns the token.
func (c *Case) Text() (string, error) {
	switch {
	case c.Token != nil:
		return *c.Token, nil
	case c.TokenBase64 != nil:
		text, err := base64.StdEncoding.DecodeString(*c.TokenBase64)
		return string(text), err
	case len(c.TokenPieces) > 0:
		var b strings.Builder
		for _, piece := range c.TokenPieces {
			b.WriteString(strings.Repeat(piece.Text, piece.Times))
		}
		return b.String(), nil
	}
	return "", fmt.Errorf("vectors: case %s has no token", c.ID)
}

// Expected is the verdict: the code of a refusal, or the contents of a good token.
// Members that are absent from the token are absent here, except groups and scopes of a
// good one.
type Expected struct {
	Valid bool   `json:"valid"`
	Code  string `json:"code,omitempty"`

	TokenUse  string      `json:"token_use,omitempty"`
	UserPool  string      `json:"user_pool,omitempty"`
	Issuer    string      `json:"issuer,omitempty"`
	KeyID     string      `json:"key_id,omitempty"`
	Subject   string      `json:"subject,omitempty"`
	ClientID  string      `json:"client_id,omitempty"`
	Username  string      `json:"username,omitempty"`
	Groups    []string    `json:"groups,omitempty"`
	Scopes    []string    `json:"scopes,omitempty"`
	ExpiresAt json.Number `json:"expires_at,omitempty"` // exp as the token spells it
}

// Transport answers requests for the key sets of a config with the answers of the file.
// Every other request fails.
func (f *File) Transport(config Config) http.RoundTripper {
	t := transport{}
	for _, pool := range config.UserPools {
		for issuer, name := range pool.KeySets {
			t[issuer+"/.well-known/jwks.json"] = f.KeySets[name]
		}
	}
	return t
}

// transport has the key sets by their addresses.
type transport map[string]KeySet

// RoundTrip implements http.RoundTripper.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	set, ok := t[r.URL.String()]
	if !ok {
		return nil, fmt.Errorf("vectors: there is nothing at %s", r.URL)
	}
	status, body, err := set.Body()
	if err != nil {
		return nil, err
	}
	return &http.Response{
		StatusCode: status, Header: http.Header{}, Request: r,
		Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)),
	}, nil
}

// Load reads the files of a folder, in the order of their names. An unknown member is an
// error: a misspelt one would require nothing.
func Load(folder string) ([]File, error) {
	names, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil || len(names) == 0 {
		return nil, fmt.Errorf("vectors: no files in %s: %w", folder, err)
	}
	files := make([]File, len(names))
	for n, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&files[n]); err != nil {
			return nil, fmt.Errorf("vectors: %s: %w", name, err)
		}
		if files[n].Format != Format {
			return nil, fmt.Errorf("vectors: %s has format %d, not %d", name, files[n].Format, Format)
		}
	}
	return files, nil
}
