package login

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/oauth"
	"github.com/poolguard/poolguard/internal/terminalauth/account"
	"github.com/poolguard/poolguard/internal/terminalauth/profile"
	"github.com/poolguard/poolguard/internal/terminalauth/selection"
	"github.com/poolguard/poolguard/internal/terminalauth/tokenstore"
	"github.com/poolguard/poolguard/internal/terminalauth/wording"
)

// ErrNoKeyRing reports that the operator asked for a key ring and there is none.
var ErrNoKeyRing = errors.New("--storage keyring: no key ring was found in this session")

// Change changes the selected profile to what the options say. It rejects another account
// for a profile that was not named: programs that use the default profile would act for
// another user from then on.
func (o *Options) Change(s *selection.Selection) error {
	before := s.Profile
	if o.Local {
		s.Profile = LocalProfile(o.Machine, cmp.Or(o.Domain, o.LocalURL))
	}
	if err := o.Apply(&s.Profile); err != nil {
		return err
	}
	after := s.Profile
	if !s.Exists || s.Named || before.UserPoolID == after.UserPoolID && before.ClientID == after.ClientID && before.Machine == after.Machine {
		return nil
	}
	return fmt.Errorf("the profile %[1]s is for the app client %[2]s of the user pool %[3]s: give --profile NAME to add another profile, or --profile %[1]s to change this one",
		s.Name, before.ClientID, before.UserPoolID)
}

// A Login is one run of poolguard login, with a profile that [Options.Change] changed.
// Every field but Ring must be set.
type Login struct {
	Selection *selection.Selection
	// Secret reads the client secret that the profile names.
	Secret func() (oauth.Secret, error)
	// Ring is the key ring of the session, or nil.
	Ring tokenstore.Ring
	Way  Way
	// Timeout is how long the browser may take.
	Timeout time.Duration
	Now     func() time.Time
	// Browser signs in with a browser. Its errors are returned as they are.
	Browser func(ctx context.Context, a *account.Account) (*account.Result, error)
}

// Run signs in and saves the profile. Errors that are not of the configuration are
// [wording.Error] or those of Browser and ctx.
func (l *Login) Run(ctx context.Context) (*account.Result, error) {
	a, err := l.account()
	if err != nil {
		return nil, err
	}
	// Before the user goes to the pages of the pool: tokens that cannot be kept, or
	// verified, would be lost.
	if err := a.Ready(ctx); err != nil {
		return nil, cmp.Or(ctx.Err(), error(wording.FailureOf(err, l.Selection)))
	}
	var result *account.Result
	if l.Selection.Profile.Machine {
		if result, err = a.SignInMachine(ctx); err != nil {
			err = wording.FailureOf(err, l.Selection)
		}
	} else {
		result, err = l.Browser(ctx, a)
	}
	if err != nil {
		return nil, cmp.Or(ctx.Err(), err)
	}
	return result, Save(ctx, l.Selection)
}

// flagOf has the flag for each key of a profile.
var flagOf = map[string]string{
	"user_pool": "--pool", "replica_regions": "--replica-region", "client_id": "--client-id", "domain": "--domain", "issuer": "--issuer", "scopes": "--scope",
	"port": "--port", "client_secret": "--client-secret-file or --client-secret-env",
}

// account makes the account. The faults of the profile name the flags that fix them.
func (l *Login) account() (*account.Account, error) {
	s, ring := l.Selection, l.Ring
	switch {
	case l.Way == File:
		ring = nil
	case l.Way == KeyRing && ring == nil:
		return nil, ErrNoKeyRing
	}
	secret, err := l.Secret()
	if err != nil {
		return nil, err
	}
	place := s.Place(ring)
	place.RingOnly = l.Way == KeyRing
	a, err := account.New(account.Config{Profile: s.Profile, Secret: secret, Store: tokenstore.Open(place), Lifetime: l.Timeout + time.Minute, Now: l.Now})
	if err == nil {
		return a, nil
	}
	found := Faults(err, func(key string) string { return cmp.Or(flagOf[key], key) })
	if !s.Exists && s.Named {
		found = append(found, fmt.Errorf("there is no profile %s in %s%s\nTo create it, add the missing flags.", s.Name, s.Path, s.Others())) //nolint:revive // the second line is a sentence
	}
	if s.Profile.Equal(profile.Profile{}) {
		found = append(found, errors.New("to sign in at the pool of poolguard userpool serve, give --local"))
	}
	return nil, cmp.Or(errors.Join(found...), err)
}

// Faults are those of a profile that [account.New] found, under the names that its keys have
// for the user of the command.
func Faults(err error, nameOf func(key string) string) (found []error) {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return nil
	}
	for _, one := range joined.Unwrap() {
		if fault, ok := errors.AsType[*cognito.ConfigError](one); ok {
			found = append(found, fmt.Errorf("%s %s", nameOf(fault.Field), fault.Reason))
		}
	}
	return found
}

// Save saves the profile of a sign-in. The first profile becomes the default.
func Save(ctx context.Context, s *selection.Selection) error {
	err := profile.Update(ctx, s.Path, func(f *profile.File) bool {
		before, exists := f.Profiles[s.Name]
		first := len(f.Profiles) == 0 && f.Default == "" && s.Name != profile.DefaultName
		if f.Profiles == nil {
			f.Profiles = map[string]profile.Profile{}
		}
		f.Profiles[s.Name] = s.Profile
		if first {
			f.Default = s.Name
		}
		s.File = f
		return first || !exists || !before.Equal(s.Profile)
	})
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return fmt.Errorf("signed in, but the profile cannot be saved: %w", err)
	}
	return nil
}
