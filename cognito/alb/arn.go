package alb

import (
	"fmt"
	"regexp"
	"strings"
)

// A place is a partition and a region of AWS.
type place struct{ partition, region string }

// Region becomes part of a host name.
var (
	partitions = regexp.MustCompile(`^aws(-[a-z]+)*$`)
	regions    = regexp.MustCompile(`^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}$`)
	accounts   = regexp.MustCompile(`^[0-9]{12}$`)
)

// place reads the ARN of a signer. reason is its fault.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
func (k kind) place(arn string) (p place, reason string) {
	const parts = 6
	part := strings.SplitN(arn, ":", parts)
	if len(part) != parts || part[0] != "arn" {
		return p, fmt.Sprintf("is not the ARN of a %s (arn:aws:%s)", k.what, k.example)
	}
	p = place{part[1], part[3]}
	switch {
	case !partitions.MatchString(p.partition):
		return p, "has no partition such as aws in it"
	case !regions.MatchString(p.region):
		return p, "has no region such as us-east-1 in it"
	case !accounts.MatchString(part[4]):
		return p, "has no account of twelve digits in it"
	case !k.resource.MatchString(part[2] + ":" + part[5]):
		return p, fmt.Sprintf("is not the ARN of a %s (arn:aws:%s)", k.what, k.example)
	case strings.HasPrefix(p.region, "us-gov-") != (p.partition == "aws-us-gov"),
		strings.HasPrefix(p.region, "cn-") != (p.partition == "aws-cn"):
		return p, fmt.Sprintf("has the region %s, which is not in the partition %s", p.region, p.partition)
	}
	return p, ""
}

// uuid is the form of a key's name in AWS (RFC 9562 §4, in lower case). No other text
// becomes part of an address.
var uuid = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

// trustProvider is the issuer of users of IAM Identity Center.
var trustProvider = regexp.MustCompile(`^arn:[a-z-]+:ec2:[a-z0-9-]+:[0-9]{12}:verified-access-trust-provider/vatp-[0-9a-z]+$`)
