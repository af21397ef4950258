package api

import "regexp"

// shape is a string shape of the API.
type shape struct {
	min, max int
	pattern  string // as the API reference writes it
	match    *regexp.Regexp
	secret   bool // the value is in no message
}

func newShape(low, high int, pattern string) shape {
	return shape{low, high, pattern, regexp.MustCompile("^(?:" + pattern + ")$"), false}
}

// but is the shape with a pattern that takes more than Cognito's, which messages
// show nevertheless.
func (s shape) but(pattern string) shape {
	s.match = regexp.MustCompile("^(?:" + pattern + ")$")
	return s
}

// newSecret is a shape whose values no message shows. Cognito does so with user
// names, passwords and tokens. It shows codes, which here would get into the log.
func newSecret(low, high int, pattern string) shape {
	s := newShape(low, high, pattern)
	s.secret = true
	return s
}

const (
	maxToken = 64 << 10
	// maxParameter bounds the values of AuthParameters and ChallengeResponses that
	// have no bound of their own. Cognito's is 131072.
	maxParameter = 8 << 10
)

// The shapes of https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/.
var (
	poolIDShape = newShape(1, 55, `[\w-]+_[0-9a-zA-Z]+`)
	// With "-", which the IDs of a configuration may have: "local-client".
	clientIDShape   = newShape(1, 128, `[\w+]+`).but(`[\w+-]+`)
	labelShape      = newShape(1, 128, `[\w\s+=,.@-]+`) // of pools and clients
	longLabelShape  = newShape(1, 256, `[\w\s+=,.@-]+`) // of resource servers
	groupNameShape  = newShape(1, 128, `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`)
	providerShape   = newShape(1, 32, `[\p{L}\p{M}\p{S}\p{N}\p{P}\p{Z}]+`)
	idpShape        = newShape(1, 40, `[\w\s+=.@-]+`)
	identifierShape = newShape(1, 256, `[\x21\x23-\x5B\x5D-\x7E]+`)
	scopeShape      = newShape(1, 256, `[\x21\x23-\x2E\x30-\x5B\x5D-\x7E]+`)
	urlShape        = newShape(1, 1024, `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`)
	attributeShape  = newShape(1, 20, `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`) // in a schema
	arnShape        = newShape(20, 2048, `arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?`)
	filterShape     = newShape(0, 256, anything)

	attributeNameShape  = newShape(1, 32, `[\p{L}\p{M}\p{S}\p{N}\p{P}\t\n\r ]+`)
	attributeValueShape = newSecret(0, 2048, anything)

	usernameShape  = newSecret(1, 128, `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`)
	passwordShape  = newSecret(1, 256, `[\S]+`)
	codeShape      = newSecret(1, 2048, `[\S]+`)
	totpShape      = newSecret(6, 6, `[0-9]+`)
	tokenShape     = newSecret(1, maxToken, `[A-Za-z0-9-_=.]+`)
	sessionShape   = newSecret(20, 2048, anything)
	pageTokenShape = newSecret(0, 131072, anything)
	newSecretShape = newSecret(24, 64, `[\w+]+`)
	// The secrets of a configuration may be shorter than Cognito's.
	clientSecretShape = newSecret(24, 64, `[\w+]+`).but(`[\x21-\x7e]+`).within(1, 128)
)

const anything = `(?s:.*)`

// within is the shape with other bounds.
func (s shape) within(low, high int) shape {
	s.min, s.max = low, high
	return s
}
