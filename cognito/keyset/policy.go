package keyset

import (
	"time"

	"github.com/poolguard/poolguard/cognito/internal/configerror"
)

// A Policy says when a remote key set is refreshed and how long it is used. The
// zero value of a field is its default; a negative one is refused.
type Policy struct {
	// MaxAge is after how long a set should have been refreshed, where the
	// answer's Cache-Control says nothing about it: 0 for [DefaultMaxAge]. At least
	// CoolDown.
	MaxAge time.Duration

	// CoolDown is the time between two fetches that unknown key names or bad
	// signatures ask for, at the least: it bounds what senders of bad tokens can
	// make this program ask of the issuer. 0 for [DefaultCoolDown].
	CoolDown time.Duration

	// Stale is for how long after it was fetched a set is used while it cannot be
	// refreshed: 0 for [DefaultStale]. At least MaxAge; a longer Cache-Control is
	// cut to it.
	Stale time.Duration

	// Timeout is how long one fetch may take, redirects and body included: 0 for
	// [DefaultTimeout].
	Timeout time.Duration
}

// The values of a [Policy] field that is 0. DefaultCoolDown is that of a [FileConfig],
// too.
const (
	DefaultMaxAge   = time.Hour
	DefaultCoolDown = 10 * time.Second
	DefaultStale    = 24 * time.Hour
	DefaultTimeout  = 5 * time.Second
)

const (
	// What Cache-Control may say: less would make every issuer with a careless
	// header a burden, more would keep a withdrawn key for days.
	leastMaxAge = 5 * time.Minute
	mostMaxAge  = 24 * time.Hour

	// longestBackOff bounds the time between attempts after failures, and what a
	// Retry-After header can ask for, to which up to a quarter is added: nobody comes
	// before that time, and not all at once.
	longestBackOff = 5 * time.Minute
	// coldBackOff is the first time between attempts while no set is held: a
	// process that just started is of no use without one.
	coldBackOff = time.Second
)

// A ConfigError is one fault of a configuration. It has the fields Package, Field (the
// type and the field, such as "RemoteConfig.Policy.MaxAge") and Reason, which
// continues a sentence that begins with the field. Every package of the module has the
// same type.
type ConfigError = configerror.ConfigError

// Validate returns every fault of p, each a [*ConfigError], or nil.
func (p Policy) Validate() error {
	faults := configerror.In("keyset", "Policy")
	p.validate(faults)
	return faults.Err()
}

func (p Policy) validate(faults configerror.Faults) {
	negative := false
	for _, f := range p.fields() {
		if *f.value < 0 {
			negative = true
			faults.Add(f.name, "is negative (%v)", *f.value)
		}
	}
	if negative {
		return
	}
	p = p.WithDefaults()
	if p.MaxAge < p.CoolDown {
		faults.Add("MaxAge", "(%v) is less than CoolDown (%v)", p.MaxAge, p.CoolDown)
	}
	if p.Stale < p.MaxAge {
		faults.Add("Stale", "(%v) is less than MaxAge (%v)", p.Stale, p.MaxAge)
	}
}

type policyField struct {
	name     string
	value    *time.Duration
	standard time.Duration
}

func (p *Policy) fields() []policyField {
	return []policyField{
		{"MaxAge", &p.MaxAge, DefaultMaxAge},
		{"CoolDown", &p.CoolDown, DefaultCoolDown},
		{"Stale", &p.Stale, DefaultStale},
		{"Timeout", &p.Timeout, DefaultTimeout},
	}
}

// WithDefaults returns p with the default in each field that is 0.
func (p Policy) WithDefaults() Policy {
	for _, f := range p.fields() {
		if *f.value == 0 {
			*f.value = f.standard
		}
	}
	return p
}

// refreshAfter returns at what age a set with that max age is refreshed in the
// background: between 75 and 90 % of it, so that a fleet started together does not
// come back together.
func refreshAfter(maxAge time.Duration, jitter float64) time.Duration {
	return time.Duration(float64(maxAge) * (0.75 + 0.15*jitter))
}
