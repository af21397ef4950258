package cognito

import (
	"errors"
	"fmt"
	"strings"

	"github.com/poolguard/poolguard/cognito/internal/localpool"
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
	case strings.HasPrefix(s, "arn:"):
		return poolID{}, arnFault(s)
	case len(s) > maxPoolID:
		return poolID{}, fmt.Errorf("has %d characters; at most %d are possible", len(s), maxPoolID)
	//mutate:ignore never: without a separator the name is empty
	case !found || !isRegion(region) || !isAlphanumeric(name):
		return poolID{}, fmt.Errorf("%s is not of the form region_LettersAndDigits, such as us-east-1_AbCdEfGhI", quote(s))
	case isChina(region):
		return poolID{}, fmt.Errorf("%s names a region of AWS China, which has no user pools", quote(s))
	}
	return poolID{region: region, text: s}, nil
}

// parseID reads the ID of the pool. With an Issuer it may be one of a local pool, because
// nothing of it becomes a part of an address then.
func (p *UserPool) parseID() (poolID, error) {
	if p.Issuer != "" && localpool.IsID(p.ID) {
		return poolID{text: p.ID}, nil
	}
	if localpool.IsID(p.ID) {
		return poolID{}, fmt.Errorf("%s is the ID of a local pool, which needs an Issuer", quote(p.ID))
	}
	return parsePoolID(p.ID)
}

// arnFault says which part of an ARN is the ID, where it is the ARN of a user pool:
// arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_AbCdEfGhI
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncognitouserpools.html
func arnFault(s string) error {
	_, id, _ := strings.Cut(s, ":userpool/")
	//mutate:ignore it words a message
	if _, err := parsePoolID(id); err != nil {
		return fmt.Errorf("%s is an ARN; give the user pool ID, such as us-east-1_AbCdEfGhI", quote(s))
	}
	return fmt.Errorf("%s is an ARN; give the user pool ID in it, %s", quote(s), id)
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

// issuer returns the original issuer in a region: the pool's own, or that of a replica.
func (p poolID) issuer(region string) string { return "https://cognito-idp." + p.at(region) }

// issuers returns the two names under which a pool issues tokens: the original one
// and the one of 2026 that AWS calls the updated issuer.
func (p poolID) issuers() (original, updated string) {
	return p.issuer(p.region), "https://issuer-cognito-idp." + p.at(p.region)
}

// fipsAddress returns where the original issuer in a region can be asked through a FIPS
// endpoint; the tokens name the issuer itself all the same.
func (p poolID) fipsAddress(region string) string { return "https://cognito-idp-fips." + p.at(region) }

// at returns host and path of the pool in a region, which must be of the form that
// isRegion accepts: it becomes a part of a host name.
func (p poolID) at(region string) string { return region + ".amazonaws.com/" + p.text }
