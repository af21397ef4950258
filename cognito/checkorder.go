package cognito

import (
	"context"
	"errors"
	"time"
)

// checkPolicy runs all checks that follow the signature. It runs for every token, also
// for one from the cache.
func (v *Verifier) checkPolicy(ctx context.Context, t *payload, raw Raw, now time.Time, use TokenUse, requirements []Requirement) *Error {
	if err := t.checkTokenUse(use); err != nil {
		return err
	}
	if err := t.checkClient(t.pool); err != nil {
		return err
	}
	if err := t.checkExpiry(now, v.leeway); err != nil {
		return err
	}
	if err := t.checkNotBefore(now, v.leeway); err != nil {
		return err
	}
	if err := t.checkAudience(t.pool); err != nil {
		return err
	}
	if due := v.due(t, requirements); due != 0 {
		for _, s := range stages {
			//mutate:ignore it saves time: a stage without requirements finds nothing
			if due&(1<<s) == 0 {
				continue
			}
			if err := v.checkStage(ctx, s, t, raw, now, requirements); err != nil {
				return err
			}
		}
		if due&(1<<stageRevocation|1<<stageCustom) != 0 {
			// The application's answer may have taken long, and its end is what counts.
			now = v.now()
			if err := t.checkExpiry(now, v.leeway); err != nil {
				return err
			}
			if due&(1<<stageAuthTime) != 0 {
				return v.checkStage(ctx, stageAuthTime, t, raw, now, requirements)
			}
		}
	}
	return nil
}

// stages are the requirements' turns; revocation has its own between them.
var stages = [...]stage{stageAudience, stageNonce, stageRevocation, stageACR, stageAuthTime, stageScopes, stageGroups, stageClaims, stageCustom}

// due returns the stages in which there is something to check, a bit for each.
func (v *Verifier) due(t *payload, requirements []Requirement) (due uint) {
	if t.wrong != 0 {
		return ^uint(0)
	}
	if v.revoked != nil {
		due |= 1 << stageRevocation
	}
	for n := range v.require {
		due |= 1 << v.require[n].stage
	}
	for n := range requirements {
		due |= 1 << requirements[n].stage
	}
	return due
}

func (v *Verifier) checkStage(ctx context.Context, s stage, t *payload, raw Raw, now time.Time, requirements []Requirement) *Error {
	if s == stageRevocation {
		return v.checkRevocation(ctx, t, raw)
	}
	if err := t.checkKind(s); err != nil {
		return err
	}
	for n := range v.require {
		if v.require[n].stage == s {
			if err := v.require[n].apply(ctx, t, now); err != nil {
				return err
			}
		}
	}
	for n := range requirements {
		if requirements[n].stage == s {
			if err := requirements[n].apply(ctx, t, now); err != nil {
				return err
			}
		}
	}
	return nil
}

func (v *Verifier) checkRevocation(ctx context.Context, t *payload, raw Raw) *Error {
	if v.revoked == nil {
		return nil
	}
	switch revoked, err := v.revoked(ctx, t.token(), raw); {
	case err != nil:
		var own *Error // a token that can never be checked is refused, and not to be sent again
		if errors.As(err, &own) && own != nil {
			return own
		}
		return &Error{code: ErrCheckUnavailable, message: "whether the token is revoked could not be found out; try again", cause: err, retryAfter: retryAfterOf(err)}
	case revoked:
		return refuse(ErrTokenRevoked, "", "the token has been revoked")
	}
	return nil
}

// retryAfterOf returns how long to wait after a failed check of the application: the
// RetryAfter of its error, one second if it has none.
func retryAfterOf(err error) time.Duration {
	var says interface{ RetryAfter() time.Duration }
	if errors.As(err, &says) {
		if wait := says.RetryAfter(); wait > 0 {
			return wait
		}
	}
	return time.Second
}
