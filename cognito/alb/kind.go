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
		if strings.Contains(raw, "=") {
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
