package authflow

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/store"
	"github.com/poolguard/poolguard/userpool/internal/totp"
)

// The ways in which a one-time code is not good.
var (
	ErrWrongCode = errors.New("wrong code")
	ErrCodeUsed  = errors.New("the code was used before")
	// ErrNoTOTP says that the user has no authenticator app, ErrTOTPPending that the
	// one that there is was not confirmed.
	ErrNoTOTP      = errors.New("the user has no authenticator app")
	ErrTOTPPending = errors.New("the user's authenticator app is not confirmed")
	// ErrMFAOff says that the pool has no second factors.
	ErrMFAOff = errors.New("the pool has no second factors")
)

// checkCode uses up a code of the user's app.
func (s *Service) checkCode(u *directory.User, secret, code string) error {
	last := u.TOTPStep
	if ahead := totp.Step(s.Now()) + totp.Drift; last > ahead {
		last = 0 // of a clock that was set back since
	}
	step, ok := totp.Verify(secret, code, s.Now(), last)
	if ok {
		u.TOTPStep = step
		return nil
	}
	if _, used := totp.Verify(secret, code, s.Now(), 0); used {
		return ErrCodeUsed
	}
	return ErrWrongCode
}

// withCode returns the methods of a user after the second factor.
func withCode(methods []string) []string {
	methods = slices.Clone(methods)
	for _, m := range []Method{MethodOTP, MethodMFA} {
		if !slices.Contains(methods, string(m)) {
			methods = append(methods, string(m))
		}
	}
	return methods
}

// AnswerTOTP answers SOFTWARE_TOKEN_MFA. After ErrWrongCode and ErrCodeUsed
// the session accepts a few more answers. Wrong codes also cost the user a wait, as wrong
// passwords do (ErrLocked), because an attacker who knows the password can start any number
// of sessions. ErrNoTOTP means that the user's app was removed meanwhile.
func (s *Service) AnswerTOTP(ctx context.Context, client directory.Client, by Answer, code string) (Step, error) {
	return s.answer(ctx, client, by, ChallengeTOTP, func(a *attempt) error {
		if a.user.TOTPSecret == "" {
			return ErrNoTOTP
		}
		if s.isLocked(a.user.TOTPLockedUntil) {
			return ErrLocked
		}
		if err := s.checkCode(&a.user, a.user.TOTPSecret, code); err != nil {
			a.user.TOTPFailures++
			a.user.TOTPLockedUntil = s.lockAfter(a.user.TOTPFailures)
			return wrongAnswerError{err}
		}
		a.user.TOTPFailures, a.user.TOTPLockedUntil = 0, time.Time{}
		a.Methods = withCode(a.Methods)
		return nil
	})
}

// AnswerMFASetup answers MFA_SETUP after [Service.VerifySetup] has confirmed an
// app, and is ErrNoTOTP before that.
func (s *Service) AnswerMFASetup(ctx context.Context, client directory.Client, by Answer) (Step, error) {
	return s.answer(ctx, client, by, ChallengeMFASetup, func(a *attempt) error {
		if !slices.Contains(a.Methods, string(MethodMFA)) {
			return ErrNoTOTP
		}
		return nil
	})
}

// AssociateSetup gives the user of an MFA_SETUP challenge a secret for an app. The
// session that it returns takes the place of the old one.
func (s *Service) AssociateSetup(ctx context.Context, session string) (secret, next string, err error) {
	if secret, err = totp.NewSecret(s.Random); err != nil {
		return "", "", err
	}
	next, err = s.setup(ctx, session, func(a *attempt) error {
		a.user.TOTPPending = secret
		return nil
	})
	return secret, next, err
}

// VerifySetup confirms the app of [Service.AssociateSetup] with a code of it. The
// session that it returns is for AnswerMFASetup.
func (s *Service) VerifySetup(ctx context.Context, session, code string) (next string, err error) {
	return s.setup(ctx, session, func(a *attempt) error {
		if err := s.confirm(&a.user, code); err != nil {
			return wrongAnswerError{err}
		}
		// Who has to have a second factor uses it from now on. That Cognito sets the
		// preference here is a guess.
		a.user.TOTPEnabled = true
		a.Methods = withCode(a.Methods)
		return nil
	})
}

func (s *Service) setup(ctx context.Context, session string, change func(*attempt) error) (next string, err error) {
	var refusal error
	err = s.Store.Update(ctx, func(tx store.Tx) error {
		next, refusal = "", nil
		a, err := s.open(tx, session, ChallengeMFASetup)
		if err != nil {
			return err
		}
		if err := s.checkStatus(a.user); err != nil {
			return err
		}
		err = change(&a)
		if wrong := (wrongAnswerError{}); errors.As(err, &wrong) {
			refusal = wrong.error
			return s.count(tx, session, a)
		}
		if err != nil {
			return err
		}
		if err := spend(tx, session, a); err != nil {
			return err
		}
		if err := directory.PutUser(tx, a.pool, a.user); err != nil {
			return err
		}
		next, err = s.file(tx, a, directory.Challenge{Name: a.Name, Methods: a.Methods})
		return err
	})
	return next, errors.Join(err, refusal)
}

// confirm makes the app that was associated the user's own, with a code of it.
func (s *Service) confirm(u *directory.User, code string) error {
	if u.TOTPPending == "" {
		return ErrNoTOTP
	}
	before := u.TOTPStep
	u.TOTPStep = 0 // codes of another secret
	if err := s.checkCode(u, u.TOTPPending, code); err != nil {
		u.TOTPStep = before
		return err
	}
	u.TOTPSecret, u.TOTPPending, u.ModifiedAt = u.TOTPPending, "", s.Now()
	return nil
}

// AssociateTOTP gives a user who has signed in a secret for an app.
func (s *Service) AssociateTOTP(ctx context.Context, pool directory.Pool, u directory.User) (secret string, err error) {
	if secret, err = totp.NewSecret(s.Random); err != nil {
		return "", err
	}
	return secret, s.change(ctx, pool, u, func(u *directory.User) error {
		u.TOTPPending = secret
		return nil
	})
}

// VerifyTOTP confirms the app of [Service.AssociateTOTP] with a code of it.
func (s *Service) VerifyTOTP(ctx context.Context, pool directory.Pool, u directory.User, code string) error {
	return s.change(ctx, pool, u, func(u *directory.User) error { return s.confirm(u, code) })
}

// EnableTOTP turns asking for codes on or off. Turning it on is ErrNoTOTP or
// ErrTOTPPending for a user who has confirmed no app.
func (s *Service) EnableTOTP(ctx context.Context, pool directory.Pool, u directory.User, enabled bool) error {
	return s.change(ctx, pool, u, func(u *directory.User) error {
		switch {
		case !enabled || u.TOTPSecret != "":
		case u.TOTPPending != "":
			return ErrTOTPPending
		default:
			return ErrNoTOTP
		}
		u.TOTPEnabled, u.ModifiedAt = enabled, s.Now()
		return nil
	})
}

// SignOut revokes all tokens of all sign-ins of a user.
func (s *Service) SignOut(ctx context.Context, pool directory.Pool, u directory.User) error {
	return s.change(ctx, pool, u, func(u *directory.User) error {
		u.SignOuts++
		return nil
	})
}

// change changes a user's record, unless the user is gone: ErrNoUser.
func (s *Service) change(ctx context.Context, pool directory.Pool, seen directory.User, change func(*directory.User) error) error {
	err := s.Store.Update(ctx, func(tx store.Tx) error {
		if _, err := directory.GetPool(tx, pool.ID); err != nil {
			return err
		}
		u, err := directory.GetUser(tx, pool, seen.Username)
		if err != nil {
			return err
		}
		if u.Sub != seen.Sub {
			return ErrNoUser
		}
		if err := change(&u); err != nil {
			return err
		}
		return directory.PutUser(tx, pool, u)
	})
	if errors.Is(err, store.ErrNotFound) {
		return ErrNoUser
	}
	return err
}
