package cognito

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Issuers returns the issuers of a user pool: the original one, the updated one, and then
// one for each of the Regions to which the pool is replicated ([UserPool.ReplicaRegions]).
// Amazon has recommended the updated one since 2026. Most pools were not switched to it. Each
// issuer has its key set at /.well-known/jwks.json below it. The error says why userPoolID is
// not the ID of a user pool, or why a Region cannot be a replica's.
//
// https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html
func Issuers(userPoolID string, replicaRegions ...string) ([]string, error) {
	id, err := parsePoolID(userPoolID)
	if err != nil {
		return nil, fmt.Errorf("cognito: the user pool ID %w", err)
	}
	original, updated := id.issuers()
	names := []string{original, updated}
	for n, region := range replicaRegions {
		if err := id.checkReplica(region, replicaRegions[:n]); err != nil {
			return nil, fmt.Errorf("cognito: the replica Region %w", err)
		}
		names = append(names, id.issuer(region))
	}
	return names, nil
}

// checkReplica says why region cannot be one to which the pool is replicated. before are
// the others.
func (p poolID) checkReplica(region string, before []string) error {
	switch {
	case region == "":
		return errors.New("is empty; it looks like us-west-2")
	case !isRegion(region):
		return fmt.Errorf("%s is not of the form of a Region, such as us-west-2", quote(region))
	case isChina(region):
		return fmt.Errorf("%s is a region of AWS China, which has no user pools", quote(region))
	case partition(region) != partition(p.region):
		return fmt.Errorf("%s is in the partition %s; the user pool is in %s, and pools are not replicated between partitions", quote(region), partition(region), partition(p.region))
	case region == p.region:
		return fmt.Errorf("%s is the primary Region of the user pool, whose issuers are trusted already", quote(region))
	case slices.Contains(before, region):
		return fmt.Errorf("%s is named twice", quote(region))
	}
	return nil
}

// isChina reports whether a region is in AWS China.
func isChina(region string) bool { return strings.HasPrefix(region, "cn-") }

// partition returns the partition of AWS that a region is in, by its first words, as the list
// partitions.json of AWS's SDKs has them. Partitions share neither accounts nor data. The
// regions of the partition aws have three words. Longer ones that are not in the list are in
// a partition of their own, named by their first two words.
//
//   - https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
//   - https://github.com/aws/aws-sdk-go-v2/blob/main/internal/endpoints/awsrulesfn/partitions.json
func partition(region string) string {
	for _, p := range []struct{ prefix, name string }{
		{"cn-", "aws-cn"}, {"us-gov-", "aws-us-gov"}, {"eusc-", "aws-eusc"},
		{"us-iso-", "aws-iso"}, {"us-isob-", "aws-iso-b"}, {"eu-isoe-", "aws-iso-e"}, {"us-isof-", "aws-iso-f"},
	} {
		if strings.HasPrefix(region, p.prefix) {
			return p.name
		}
	}
	if words := strings.Split(region, "-"); len(words) > 3 {
		return words[0] + "-" + words[1]
	}
	return "aws"
}

// UserPoolID returns the ID of the user pool that has the given issuer, and "" if the text
// is not an issuer of Amazon. It accepts the original and the updated issuer of a pool, and
// the original issuer in any other Region, to which the pool may be replicated. It reverses
// [Issuers], and does not check that the pool or its replica exists.
func UserPoolID(issuer string) string {
	id, _, _ := parseIssuer(issuer)
	return id.text
}

// parseIssuer returns the user pool of an issuer of Amazon's and, where the issuer is that
// of a replica, the replica's Region. Any other text has the zero ID.
func parseIssuer(issuer string) (id poolID, replica string, ok bool) {
	id, err := parsePoolID(issuer[strings.LastIndexByte(issuer, '/')+1:])
	//mutate:ignore the zero ID has no issuer
	if err != nil {
		return poolID{}, "", false
	}
	if original, updated := id.issuers(); issuer == original || issuer == updated {
		return id, "", true
	}
	// The region is read from the host, and counts only where the whole name, made from
	// it again, is the text.
	host, _, _ := strings.Cut(strings.TrimPrefix(issuer, "https://cognito-idp."), "/")
	region := strings.TrimSuffix(host, ".amazonaws.com")
	if id.checkReplica(region, nil) != nil || issuer != id.issuer(region) {
		return poolID{}, "", false
	}
	return id, region, true
}

// isReplicaOf reports whether name, which is not one of the pool's issuers, is the issuer of a
// replica that is not among its ReplicaRegions.
func (p *UserPool) isReplicaOf(name string) bool {
	return UserPoolID(name) == p.ID && p.Issuer == ""
}
