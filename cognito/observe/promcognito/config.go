package promcognito

import (
	"slices"
	"time"

	"github.com/poolguard/poolguard/cognito/internal/configerror"
	"github.com/poolguard/poolguard/cognito/internal/telemetry"
)

// DefaultMaxKeySets is the default of [Config.MaxKeySets]. A user pool has two key sets,
// one for each of its issuers.
const DefaultMaxKeySets = telemetry.DefaultMaxKeySets // 100

// A ConfigError is one fault of a configuration: see [cognito.ConfigError].
type ConfigError = configerror.ConfigError

// Config configures the metrics. The zero Config has the defaults.
type Config struct {
	// UserPoolLabels, if positive, adds the label user_pool to verifications, for at most
	// this number of pools. All other pools are "other". The label is empty if the token
	// names no trusted pool. 0 means that there is no such label. A refusal counts for
	// the pool that the token names, even if the signature is invalid.
	UserPoolLabels int

	// MaxKeySets is the number of key sets with series of their own, the first ones that
	// are fetched. 0 means [DefaultMaxKeySets], and a negative value means none. Fetches
	// of all others count under user_pool and url "other", without an age.
	MaxKeySets int

	// VerificationBuckets and FetchBuckets are the upper bounds of the histograms of
	// durations, in seconds and ascending. nil means 17 buckets from 100 ns to 10 s for
	// verifications, and 10 buckets from 5 ms to 10 s for fetches.
	VerificationBuckets, FetchBuckets []float64

	// NativeBucketFactor, if it is over 1, adds native histograms of the durations, whose
	// buckets grow by at most this factor. 1.1 is a usual value. The first observation in
	// a new native bucket allocates memory.
	NativeBucketFactor float64

	// Now returns the current time, for the ages of key sets. nil is time.Now. It should
	// be the clock of the verifier (cognito.Config.Clock).
	Now func() time.Time
}

// validate returns every fault, each as a [*ConfigError].
func (c *Config) validate() error {
	faults := configerror.In("promcognito", "Config")
	if c.UserPoolLabels < 0 {
		faults.Add("UserPoolLabels", "must not be negative: got %d", c.UserPoolLabels)
	}
	if c.NativeBucketFactor != 0 && !(c.NativeBucketFactor > 1) { // NaN too
		faults.Add("NativeBucketFactor", "is out of range: got %v, want a number over 1, or 0 for no native histograms", c.NativeBucketFactor)
	}
	if !ascending(c.VerificationBuckets) {
		faults.Add("VerificationBuckets", "must be numbers in ascending order")
	}
	if !ascending(c.FetchBuckets) {
		faults.Add("FetchBuckets", "must be numbers in ascending order")
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

// withDefaults returns c with the defaults set.
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
