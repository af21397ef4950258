package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// The format is described beside the vectors: cognito/testdata/vectors/README.md.

const format = 1

type vectorFile struct {
	Format  int               `json:"format"`
	KeySets map[string]keySet `json:"key_sets"`
	Configs map[string]config `json:"configs"`
	Cases   []vector          `json:"cases"`
}

type keySet struct {
	JWKS       *string `json:"jwks"`
	JWKSBase64 string  `json:"jwks_base64"`
	Status     int     `json:"http_status"`
}

type config struct {
	UserPools         []userPool      `json:"user_pools"`
	TokenUse          string          `json:"token_use"`
	Now               time.Time       `json:"now"`
	LeewaySeconds     int             `json:"leeway_seconds"`
	MaxTokenBytes     int             `json:"max_token_bytes"`
	Require           json.RawMessage `json:"require"`
	RevokedOriginJTIs []string        `json:"revoked_origin_jtis"`
}

type userPool struct {
	ID        string            `json:"id"`
	ClientIDs []string          `json:"client_ids"`
	AnyClient bool              `json:"any_client"`
	Audiences []string          `json:"audiences"`
	KeySets   map[string]string `json:"key_sets"`
}

type vector struct {
	ID          string  `json:"id"`
	Config      string  `json:"config"`
	Token       *string `json:"token"`
	TokenBase64 string  `json:"token_base64"`
	TokenPieces []struct {
		Text  string `json:"text"`
		Times int    `json:"times"`
	} `json:"token_pieces"`
	Expected struct {
		Valid bool   `json:"valid"`
		Code  string `json:"code"`
	} `json:"expected"`
}

// A question is a case with all that it refers to.
type question struct {
	id      string
	valid   bool
	code    string
	token   string
	config  config
	answers map[string]answer // of the addresses of key sets, by issuer
}

// An answer is what the address of a key set gives.
type answer struct {
	status int
	body   []byte
}

// readVectors reads all files of the folder. Those cases that the peers have no means for
// are counted only.
func readVectors(folder string) (questions []question, notAsked int, err error) {
	names, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil {
		return nil, 0, err
	}
	if len(names) == 0 {
		return nil, 0, fmt.Errorf("no vectors in %s", folder)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, 0, err
		}
		var file vectorFile
		if err := json.Unmarshal(text, &file); err != nil {
			return nil, 0, fmt.Errorf("%s: %w", name, err)
		}
		if file.Format != format {
			return nil, 0, fmt.Errorf("%s: format %d, want %d", name, file.Format, format)
		}
		for _, v := range file.Cases {
			config, ok := file.Configs[v.Config]
			if !ok {
				return nil, 0, fmt.Errorf("%s: no config %q", v.ID, v.Config)
			}
			if !config.plain() {
				notAsked++
				continue
			}
			q, err := file.question(v, config)
			if err != nil {
				return nil, 0, fmt.Errorf("%s: %w", v.ID, err)
			}
			questions = append(questions, q)
		}
	}
	return questions, notAsked, nil
}

// plain reports whether every peer has the means for what the config asks.
func (c config) plain() bool {
	for _, pool := range c.UserPools {
		if pool.AnyClient {
			return false
		}
	}
	return len(c.Require) == 0 && len(c.RevokedOriginJTIs) == 0 && c.LeewaySeconds == 0
}

func (f *vectorFile) question(v vector, c config) (question, error) {
	q := question{id: v.ID, valid: v.Expected.Valid, code: v.Expected.Code, config: c, answers: map[string]answer{}}
	for _, pool := range c.UserPools {
		for issuer, name := range pool.KeySets {
			set, ok := f.KeySets[name]
			if !ok {
				return q, fmt.Errorf("no key set %q", name)
			}
			a, err := set.answer()
			if err != nil {
				return q, err
			}
			q.answers[issuer] = a
		}
	}
	var err error
	q.token, err = v.text()
	return q, err
}

func (k keySet) answer() (answer, error) {
	switch {
	case k.JWKS != nil:
		return answer{http.StatusOK, []byte(*k.JWKS)}, nil
	case k.JWKSBase64 != "":
		body, err := base64.StdEncoding.DecodeString(k.JWKSBase64)
		return answer{http.StatusOK, body}, err
	}
	return answer{k.Status, nil}, nil
}

func (v vector) text() (string, error) {
	switch {
	case v.Token != nil:
		return *v.Token, nil
	case v.TokenPieces != nil:
		var b strings.Builder
		for _, piece := range v.TokenPieces {
			b.WriteString(strings.Repeat(piece.Text, piece.Times))
		}
		return b.String(), nil
	}
	text, err := base64.StdEncoding.DecodeString(v.TokenBase64)
	return string(text), err
}
