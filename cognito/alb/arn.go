package alb

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"fmt"
	"regexp"
	"strings"

	"github.com/poolguard/poolguard/cognito/internal/jose"
)

// A kind is a service that signs tokens, with everything that is special to its tokens.
// The kind decides about the algorithm, never the token.
type kind struct {
	isVerifiedAccess bool

	what      string // its name in messages
	field     string // of the configuration that names the signers
	header    string // of requests, canonical
	algorithm string
	curve     elliptic.Curve
	verify    func(*jose.Compact, *ecdsa.PublicKey) error
	parse     func(raw string) (*jose.Compact, error)
	resource  *regexp.Regexp // service and resource of an ARN
	example   string         // of an ARN's end
	address   func(place) (address, reason string)
}

// A signer is a configured load balancer or instance.
type signer struct {
	arn  string
	keys *keys
}

// A place is a partition and a region of AWS.
type place struct{ partition, region string }

var loadBalancer = kind{
	what:      "load balancer",
	field:     "Signers",
	header:    "X-Amzn-Oidc-Data",
	algorithm: "ES256",
	curve:     elliptic.P256(),
	verify:    (*jose.Compact).VerifyES256,
	parse:     jose.ParsePadded,
	resource:  regexp.MustCompile(`^elasticloadbalancing:loadbalancer/app/[A-Za-z0-9-]{1,32}/[0-9a-f]{1,64}$`),
	example:   "elasticloadbalancing:…:loadbalancer/app/name/0123456789abcdef",
	// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html#user-claims-encoding
	address: func(p place) (address, reason string) {
		switch p.partition {
		case "aws":
			return "https://public-keys.auth.elb." + p.region + ".amazonaws.com", ""
		case "aws-us-gov":
			return "https://s3-" + p.region + ".amazonaws.com/aws-elb-public-keys-prod-" + p.region, ""
		}
		return "", undocumented(p)
	},
}

var verifiedAccess = kind{
	isVerifiedAccess: true,

	what:      "Verified Access instance",
	field:     "Instances",
	header:    "X-Amzn-Ava-User-Context",
	algorithm: "ES384",
	curve:     elliptic.P384(),
	verify:    (*jose.Compact).VerifyES384,
	// AWS does not document whether these have padding. Both forms are accepted, if all
	// parts have the same one: the signature covers the first two parts, and a signature
	// of 96 bytes has no padding in either form.
	parse: func(raw string) (*jose.Compact, error) {
		if strings.IndexByte(raw, '=') >= 0 {
			return jose.ParsePadded(raw)
		}
		return jose.ParseCompact(raw)
	},
	resource: regexp.MustCompile(`^ec2:verified-access-instance/vai-[0-9a-z]{1,64}$`),
	example:  "ec2:…:verified-access-instance/vai-0123456789abcdef0",
	// https://docs.aws.amazon.com/verified-access/latest/ug/user-claims-passing.html
	address: func(p place) (address, reason string) {
		switch p.partition {
		case "aws", "aws-us-gov":
			return "https://public-keys.prod.verified-access." + p.region + ".amazonaws.com", ""
		}
		return "", undocumented(p)
	},
}

func undocumented(p place) string {
	return fmt.Sprintf("is in the partition %s, for which AWS documents no address of keys: set KeyAddress", p.partition)
}

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
