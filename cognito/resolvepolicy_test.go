package cognito

import "testing"

func TestZeroResolvePolicyHasTheDefaults(t *testing.T) {
	t.Parallel()
	var policy ResolvePolicy
	policy.complete()
	want := ResolvePolicy{
		MaxPools: DefaultMaxPools, MaxAge: DefaultResolveMaxAge, Stale: DefaultResolveStale,
		DeniedMaxAge: DefaultDeniedMaxAge, Timeout: DefaultResolveTimeout,
	}
	if policy != want {
		t.Errorf("got %+v, want %+v", policy, want)
	}
}
