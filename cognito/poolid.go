package cognito

import (
	"errors"
	"fmt"
	"strings"
)

// A poolID is the parsed form of a user pool's ID, such as us-east-1_AbCdEfGhI.
type poolID struct {
	region string
	text   string
}

// maxPoolID is the length that the UserPoolId parameter of Cognito's API allows.
const maxPoolID = 55

// parsePoolID reads {region}_{letters and digits}, the form of UserPoolId in
// Cognito's API reference, and nothing else: what it returns is put into host names
// and URLs as it is.
func parsePoolID(s string) (poolID, error) {
	region, name, found := strings.Cut(s, "_")
	switch {
	case s == "":
		return poolID{}, errors.New("is empty; it looks like us-east-1_AbCdEfGhI")
	case len(s) > maxPoolID:
		return poolID{}, fmt.Errorf("has %d characters; at most %d are possible", len(s), maxPoolID)
	//mutate:ignore never: without a separator the name is empty
	case !found || !isRegion(region) || !isAlphanumeric(name):
		return poolID{}, fmt.Errorf("%s is not of the form region_LettersAndDigits, such as us-east-1_AbCdEfGhI", quote(s))
	case strings.HasPrefix(region, "cn-"):
		return poolID{}, fmt.Errorf("%s names a region of AWS China, which has no user pools", quote(s))
	}
	return poolID{region: region, text: s}, nil
}

// isRegion accepts the form of AWS region names, as in us-east-1, us-gov-west-1 and
// eusc-de-east-1: a partition's prefix, one or two words, a number.
func isRegion(s string) bool {
	words := strings.Split(s, "-")
	last := len(words) - 1
	if last < 2 || last > 3 || (len(words[0]) != 2 && words[0] != "eusc") {
		return false
	}
	for i, word := range words {
		for _, c := range []byte(word) {
			digit, letter := c >= '0' && c <= '9', c >= 'a' && c <= 'z'
			if (i == last && !digit) || (i != last && !letter) {
				return false
			}
		}
		if word == "" || len(word) > 12 {
			return false
		}
	}
	return len(words[last]) <= 2
}

func isAlphanumeric(s string) bool {
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return s != ""
}

// issuers returns the two names under which a pool issues tokens: the original one
// and the one of 2026 that AWS calls the updated issuer.
func (p poolID) issuers() (original, updated string) {
	return "https://cognito-idp." + p.host(), "https://issuer-cognito-idp." + p.host()
}

// Issuers returns the two issuers of a user pool: the original one, and the updated one,
// which Amazon has recommended since 2026. Most pools were not switched to the updated
// one. Each issuer has its key set at /.well-known/jwks.json below it. The error says why
// userPoolID is not the ID of a user pool.
//
// https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html
func Issuers(userPoolID string) (original, updated string, err error) {
	id, err := parsePoolID(userPoolID)
	if err != nil {
		return "", "", fmt.Errorf("cognito: the user pool ID %w", err)
	}
	original, updated = id.issuers()
	return original, updated, nil
}

// fipsAddress returns where the original issuer can be asked through a FIPS
// endpoint; the tokens name the issuer itself all the same.
func (p poolID) fipsAddress() string { return "https://cognito-idp-fips." + p.host() }

func (p poolID) host() string { return p.region + ".amazonaws.com/" + p.text }
