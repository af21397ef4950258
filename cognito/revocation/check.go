package revocation

import (
	"context"
	"errors"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/internal/configerror"
)

// A Check reports whether a verified token has been revoked, as [cognito.Config.Revoked]
// does. [List.Revoked] and [Online.Revoked] are checks.
type Check func(ctx context.Context, token cognito.Token, raw cognito.Raw) (bool, error)

// Any returns a check that calls the given ones in order. The first one that reports the
// token as revoked decides. If a check fails, the later ones are still called. If none
// reports the token as revoked, the errors are joined. Put the cheapest check first.
// Without a check, or with a nil one, it always returns an error.
func Any(checks ...Check) Check {
	checks = append([]Check(nil), checks...)
	return func(ctx context.Context, token cognito.Token, raw cognito.Raw) (bool, error) {
		if len(checks) == 0 {
			return false, errors.New("revocation: Any has no check")
		}
		var failed []error
		for _, check := range checks {
			if check == nil {
				failed = append(failed, errors.New("revocation: Any has a nil check"))
				continue
			}
			revoked, err := check(ctx, token, raw)
			switch {
			case err != nil:
				failed = append(failed, err)
			case revoked:
				return true, nil
			}
		}
		return false, errors.Join(failed...)
	}
}

// A ConfigError is one fault of a configuration: see [cognito.ConfigError].
type ConfigError = configerror.ConfigError
