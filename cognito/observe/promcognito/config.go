package promcognito

import (
	"slices"
	"time"

	"github.com/poolguard/poolguard/cognito/internal/configerror"
	"github.com/poolguard/poolguard/cognito/internal/telemetry"
)

// DefaultMaxKeySets is how many key sets have series of their own where Config does
// not say. A user pool has two, one for each of its issuers.
const DefaultMaxKeySets = telemetry.DefaultMaxKeySets // 100

// A ConfigError is one fault of a configuration: see [cognito.ConfigError].
type ConfigError = configerror.ConfigError

// Config says what is counted. The zero Config is a good one.
type Config struct {
	// UserPoolLabels, if positive, is the number of user pools that have a value of their
	// own in the label user_pool of verifications. All other pools count as "other". The
	// label is empty if the token names no trusted pool. With 0 there is no such label. A
	// rejection counts for the pool that the token names, even if its signature is not
	// valid.
	UserPoolLabels int

	// MaxKeySets is the number of key sets with labels of their own: 0 for
	// [DefaultMaxKeySets], negative for none. The first that are fetched get them. Fetches
	// of all others count under user_pool and url "other"; their ages are not shown.
	MaxKeySets int

	// VerificationBuckets and FetchBuckets are upper bounds of the histograms of
	// durations, in seconds and ascending. nil is 17 buckets from 100 ns to 10 s for
	// verifications and 10 from 5 ms to 10 s for fetches.
	VerificationBuckets, FetchBuckets []float64

	// NativeBucketFactor, if it is over 1, makes native histograms of the durations
	// beside the classic ones, with buckets that grow by at most that factor; 1.1 is a
	// usual one. Whichever falls into a new native bucket allocates that.
	NativeBucketFactor float64

	// Now returns the time that ages of key sets are computed with; nil is time.Now. It
	// should be the clock of the verifier (cognito.Config.Clock).
	Now func() time.Time
}

// validate returns every fault, each a [*ConfigError].
func (c *Config) validate() error {
	faults := configerror.In("promcognito", "Config")
	if c.UserPoolLabels < 0 {
		faults.Add("UserPoolLabels", "is negative (%d)", c.UserPoolLabels)
	}
	if c.NativeBucketFactor != 0 && !(c.NativeBucketFactor > 1) { // NaN too
		faults.Add("NativeBucketFactor", "is %v: it must be over 1, or 0 for no native histograms", c.NativeBucketFactor)
	}
	if !ascending(c.VerificationBuckets) {
		faults.Add("VerificationBuckets", "do not ascend")
	}
	if !ascending(c.FetchBuckets) {
		faults.Add("FetchBuckets", "do not ascend")
	}
	return faults.Err()
}

func ascending(bounds []float64) bool {
	for i, bound := range bounds {
		if bound != bound || (i > 0 && bound <= bounds[i-1]) {
			return false
		}
	}
	return true
}

// withDefaults returns c with every field said.
func (c Config) withDefaults() Config {
	if c.MaxKeySets == 0 {
		c.MaxKeySets = DefaultMaxKeySets
	}
	if len(c.VerificationBuckets) == 0 {
		c.VerificationBuckets = telemetry.VerificationBuckets()
	}
	if len(c.FetchBuckets) == 0 {
		c.FetchBuckets = telemetry.FetchBuckets()
	}
	c.VerificationBuckets, c.FetchBuckets = slices.Clone(c.VerificationBuckets), slices.Clone(c.FetchBuckets)
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}
