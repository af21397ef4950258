package cognito_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito/cognitotest"
)

// TestStructTagsMeanWhatTheyMeanInEncodingJSON: programs bring their structs with them.
func TestStructTagsMeanWhatTheyMeanInEncodingJSON(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier := newVerifier(t, issuer, nil)
	for name, test := range map[string]struct {
		value any
		into  func() any
	}{
		"bool as text": {"true", func() any {
			return new(struct {
				V bool `json:"v,string"`
			})
		}},
		"bool with string": {true, func() any {
			return new(struct {
				V bool `json:"v,string"`
			})
		}},
		"pointer to bool": {"true", func() any {
			return new(struct {
				V *bool `json:"v,string"`
			})
		}},
		"other text as bool": {"yes", func() any {
			return new(struct {
				V bool `json:"v,string"`
			})
		}},
		"text as plain bool": {"true", func() any {
			return new(struct {
				V bool `json:"v"`
			})
		}},
		"int as text": {"5", func() any {
			return new(struct {
				V int `json:"v,string"`
			})
		}},
		"int with string": {5, func() any {
			return new(struct {
				V int `json:"v,string"`
			})
		}},
		"float as text": {"5.5", func() any {
			return new(struct {
				V float64 `json:"v,string"`
			})
		}},
		"text in text": {`"x"`, func() any {
			return new(struct {
				V string `json:"v,string"`
			})
		}},
		"Number": {json.RawMessage("12345678901234567890"), func() any {
			return new(struct {
				V json.Number `json:"v"`
			})
		}},
		"Number of text": {"5", func() any {
			return new(struct {
				V json.Number `json:"v"`
			})
		}},
		"Number of text, tagged": {"5", func() any {
			return new(struct {
				V json.Number `json:"v,string"`
			})
		}},
		"Number of null": {nil, func() any {
			return new(struct {
				V json.Number `json:"v"`
			})
		}},
		"Number of a word": {"x", func() any {
			return new(struct {
				V json.Number `json:"v"`
			})
		}},
		"Number of a half": {"5x", func() any {
			return new(struct {
				V json.Number `json:"v"`
			})
		}},
		"Number of nothing": {"", func() any {
			return new(struct {
				V json.Number `json:"v"`
			})
		}},
		"Number of a bool": {true, func() any {
			return new(struct {
				V json.Number `json:"v"`
			})
		}},
		"Numbers in a map": {map[string]any{"a": "5", "b": 6}, func() any {
			return new(struct {
				V map[string]json.Number `json:"v"`
			})
		}},
		"raw": {[]int{1}, func() any {
			return new(struct {
				V json.RawMessage `json:"v"`
			})
		}},
	} {
		token, err := verifier.VerifyAccessToken(t.Context(), issuer.Pool().AccessToken(cognitotest.Claim("v", test.value)))
		if err != nil {
			t.Fatal(err)
		}
		got, want := test.into(), test.into()
		gotErr, wantErr := token.Claims(got), json.Unmarshal(token.RawClaims(), want)
		if (gotErr == nil) != (wantErr == nil) || wantErr == nil && !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, %v; encoding/json has %+v, %v", name, got, gotErr, want, wantErr)
		}
		if gotErr != nil && !strings.Contains(gotErr.Error(), "RawClaims returns them for another decoder") {
			t.Errorf("%s: %v", name, gotErr)
		}
	}
}
