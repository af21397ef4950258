package revocation

import (
	"context"
	"errors"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/internal/configerror"
)

// A Check reports whether a verified token has been revoked, as
// [cognito.Config.Revoked] does. [List.Revoked] and [Online.Revoked] are such.
type Check func(ctx context.Context, token cognito.Token, raw cognito.Raw) (bool, error)

// Any returns a check that asks the given ones in their order: the first that says
// revoked decides. A check that fails does not keep the later ones from being asked;
// if none says revoked, the errors are joined. Put the cheapest first. Without a
// check, or with a nil one, it always fails.
func Any(checks ...Check) Check {
	checks = append([]Check(nil), checks...)
	return func(ctx context.Context, token cognito.Token, raw cognito.Raw) (bool, error) {
		if len(checks) == 0 {
			return false, errors.New("revocation: Any was given no check")
		}
		var failed []error
		for _, check := range checks {
			if check == nil {
				failed = append(failed, errors.New("revocation: Any was given a check that is nil"))
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
