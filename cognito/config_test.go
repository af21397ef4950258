package cognito_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/keyset"
)

const poolID = "us-east-1_AbCdEfGhI"

func goodPool() cognito.UserPool {
	return cognito.UserPool{ID: poolID, ClientIDs: []string{"client"}}
}

// TestNewReportsEveryFault checks that all faults come at once, each with its field.
func TestNewReportsEveryFault(t *testing.T) {
	_, err := cognito.New(cognito.Config{
		UserPools: []cognito.UserPool{
			{},
			{ID: "us-east-1", ClientIDs: []string{"a", ""}, Audiences: []string{"x y"}},
			{ID: poolID, ClientIDs: []string{"a"}, InsecureSkipClientCheck: true, Issuer: "ftp://x"},
			{ID: poolID, ClientIDs: []string{"a"}, FIPS: true, Issuer: "http://127.0.0.1:9229/x"},
			{ID: "us-east-1_Other", ClientIDs: []string{"a"}, Issuer: "http://127.0.0.1:9229/x/"},
			{ID: "us-east-1_Third", ClientIDs: []string{"a"}, Issuer: "https://example.com/us-east-1_Other"},
			{ID: "us-east-1_Fourth", ClientIDs: []string{"a"}, InsecureAllowPlainHTTP: true},
		},
		Leeway:        -1,
		KeySetPolicy:  keyset.Policy{MaxAge: -1, Timeout: -1},
		MaxTokenBytes: -1,
		Require:       []cognito.Requirement{{}, cognito.RequireScopes()},
	})
	if err == nil {
		t.Fatal("no error")
	}
	for _, fault := range err.(interface{ Unwrap() []error }).Unwrap() {
		if _, ok := errors.AsType[*cognito.ConfigError](fault); !ok {
			t.Errorf("%v is a %T", fault, fault)
		}
	}
	got := strings.Split(err.Error(), "\n")
	want := []string{
		"cognito: Config.Leeway is negative (-1ns)",
		"cognito: Config.KeySetPolicy.MaxAge is negative (-1ns)",
		"cognito: Config.KeySetPolicy.Timeout is negative (-1ns)",
		"cognito: Config.MaxTokenBytes is negative (-1)",
		"cognito: Config.Require[0] is an empty requirement",
		"cognito: Config.Require[1] can never be met: the call requires scopes but names none",
		"cognito: Config.UserPools[0].ID is empty; it looks like us-east-1_AbCdEfGhI",
		"cognito: Config.UserPools[0].ClientIDs is empty: name the app clients whose tokens are accepted",
		`cognito: Config.UserPools[1].ID "us-east-1" is not of the form region_LettersAndDigits, such as us-east-1_AbCdEfGhI`,
		"cognito: Config.UserPools[1].ClientIDs[1] is empty or has white space in it",
		"cognito: Config.UserPools[1].Audiences[0] is empty or has white space in it",
		"cognito: Config.UserPools[2].InsecureSkipClientCheck contradicts ClientIDs: set one of them",
		`cognito: Config.UserPools[2].Issuer "ftp://x" must be https, or http with a loopback address`,
		"cognito: Config.UserPools[3].FIPS has no effect with an Issuer or a KeySet",
		"cognito: Config.UserPools[3].ID repeats that of UserPools[2]: put all clients of a pool together",
		"cognito: Config.UserPools[4].Issuer repeats an issuer of UserPools[3]",
		`cognito: Config.UserPools[5].Issuer "https://example.com/us-east-1_Other" is of another user pool than ID ("us-east-1_Third")`,
		"cognito: Config.UserPools[6].InsecureAllowPlainHTTP has no effect without an Issuer",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
}

func TestNewRefusesPolicy(t *testing.T) {
	_, err := cognito.New(cognito.Config{UserPools: []cognito.UserPool{goodPool()}, KeySetPolicy: keyset.Policy{CoolDown: -1}})
	if err == nil || !strings.Contains(err.Error(), "CoolDown") {
		t.Errorf("got %v", err)
	}
	if _, err := cognito.New(cognito.Config{}); err == nil || !strings.Contains(err.Error(), "UserPools is empty") {
		t.Errorf("the zero Config: %v", err)
	}
}

func TestIssuerOfOnesOwn(t *testing.T) {
	for issuer, fault := range map[string]string{
		"https://idp.example.com/pool":   "",
		"https://idp.example.com":        "",
		"http://127.0.0.1:9229/pool":     "",
		"http://[::1]:9229/pool":         "",
		"http://localhost:9229/pool":     "",
		"http://127.1.2.3":               "",
		"http://idp.example.com/pool":    "must be https",
		"http://localhost.example.com/":  "must be https",
		"http://10.0.0.1/pool":           "must be https",
		"http://127.0.0.1.example.com":   "must be https",
		"idp.example.com":                "not an absolute URL",
		"https:///pool":                  "not an absolute URL",
		"https://:443/pool":              "not an absolute URL",
		"https://idp.example.com/#":      "fragment",
		"https:idp.example.com":          "not an absolute URL",
		"https://user:pw@example.com/":   "user information",
		"https://idp.example.com/?a=b":   "has a query",
		"https://idp.example.com/#x":     "fragment",
		"https://idp.example.com/\x00":   "not an absolute URL",
		"file:///etc/passwd":             "not an absolute URL",
		"gopher://idp.example.com/":      "must be https",
		"HTTPS://idp.example.com/pool":   "",
		"https://idp.example.com/%zz":    "not an absolute URL",
		"http://[::ffff:127.0.0.1]/pool": "",
	} {
		pool := goodPool()
		pool.Issuer = issuer
		_, err := cognito.New(cognito.Config{UserPools: []cognito.UserPool{pool}})
		if (fault == "") != (err == nil) || (err != nil && !strings.Contains(err.Error(), fault)) {
			t.Errorf("%q: %v, want %q", issuer, err, fault)
		}
	}
	pool := goodPool()
	pool.Issuer, pool.InsecureAllowPlainHTTP = "http://userpool:9229/pool", true
	if _, err := cognito.New(cognito.Config{UserPools: []cognito.UserPool{pool}}); err != nil {
		t.Errorf("plain http, allowed by name: %v", err)
	}
}

// TestCodesAreClosed lists the codes as other programs know them.
func TestCodesAreClosed(t *testing.T) {
	codes := []cognito.Code{
		cognito.ErrTokenMissing, cognito.ErrRequestInvalid, cognito.ErrTokenMalformed, cognito.ErrTokenTooLarge, cognito.ErrEncryptedToken,
		cognito.ErrAlgorithmNotAllowed, cognito.ErrIssuerMismatch, cognito.ErrKeyNotFound, cognito.ErrKeysUnavailable, cognito.ErrSignatureInvalid,
		cognito.ErrClaimMissing, cognito.ErrClaimInvalid, cognito.ErrTokenUseMismatch, cognito.ErrClientMismatch, cognito.ErrTokenExpired,
		cognito.ErrTokenNotYetValid, cognito.ErrAudienceMismatch, cognito.ErrNonceMismatch, cognito.ErrTokenRevoked,
		cognito.ErrAuthenticationTooWeak, cognito.ErrAuthenticationTooOld, cognito.ErrScopeMissing, cognito.ErrGroupMissing,
		cognito.ErrClaimMismatch, cognito.ErrAccessDenied, cognito.ErrCheckUnavailable,
	}
	want := strings.Fields(`token_missing request_invalid token_malformed token_too_large encrypted_token
		algorithm_not_allowed issuer_mismatch key_not_found keys_unavailable signature_invalid
		claim_missing claim_invalid token_use_mismatch client_mismatch token_expired
		token_not_yet_valid audience_mismatch nonce_mismatch token_revoked
		authentication_too_weak authentication_too_old scope_missing group_missing
		claim_mismatch access_denied check_unavailable`)
	if got := slices.Collect(func(yield func(string) bool) {
		for _, c := range codes {
			if !yield(string(c)) {
				return
			}
		}
	}); !slices.Equal(got, want) {
		t.Errorf("codes are %q", got)
	}
}

func TestSet(t *testing.T) {
	var empty cognito.Set
	if empty.Has("") || empty.HasAny("a") || !empty.HasAll() || empty.Len() != 0 || empty.Slice() == nil {
		t.Error("the zero Set is not empty")
	}
	if b, err := empty.MarshalJSON(); string(b) != "[]" || err != nil {
		t.Errorf("empty as JSON: %s, %v", b, err)
	}
}
