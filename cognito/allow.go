package cognito

import "strconv"

// Allow is the part of a rule that says which requests the rule lets through. Rules
// of gRPC methods and of Lambda routes use it; each package documents which values
// its rules can have.
//
// The zero value is [Verified]. A value that is not one of the constants is a fault of
// the configuration, and lets nothing through.
type Allow uint8

const (
	// Verified lets requests through that have a verified token which meets all
	// requirements of the rule.
	Verified Allow = iota

	// Optional lets requests through as Verified does, and also requests without any
	// credential. The handler finds no token in those. A request with a bad token is
	// refused, because its sender expects to be known.
	Optional

	// Anonymous lets every request through. No credential is looked at, and the handler
	// finds no token.
	Anonymous

	// Denied lets no request through. It is for one exception below a rule that allows
	// more.
	Denied
)

// String returns the word that configuration files use: "verified", "optional",
// "anonymous" or "denied".
func (a Allow) String() string {
	switch a {
	case Verified:
		return "verified"
	case Optional:
		return "optional"
	case Anonymous:
		return "anonymous"
	case Denied:
		return "denied"
	}
	return "Allow(" + strconv.Itoa(int(a)) + ")"
}
