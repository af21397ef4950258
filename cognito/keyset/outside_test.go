package keyset_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/keyset"
)

// An outsideSource is a Source that an application could write, from exported names
// only.
type outsideSource struct {
	key         func(id string) (*keyset.Key, error)
	replacement func(old *keyset.Key) (*keyset.Key, error)
}

func (s outsideSource) Key(_ context.Context, id string) (*keyset.Key, error) { return s.key(id) }

func (s outsideSource) Replacement(_ context.Context, old *keyset.Key) (*keyset.Key, error) {
	return s.replacement(old)
}

func (s outsideSource) Holds(*keyset.Key, time.Time) bool { return false }

func (s outsideSource) Load(context.Context) error {
	_, err := s.key("any")
	return err
}

func noReplacement(*keyset.Key) (*keyset.Key, error) { return nil, nil }

func TestSourceFromOutsideFollowsTheContract(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	set, err := keyset.Parse(issuer.Pool().JWKS())
	if err != nil {
		t.Fatal(err)
	}
	good, forged := issuer.Pool().AccessToken(), issuer.Pool().AccessToken(cognitotest.TamperedPayload())
	find := func(id string) (*keyset.Key, error) {
		if key, ok := set.Key(id); ok {
			return key, nil
		}
		return nil, keyset.ErrKeyNotFound
	}
	always := func(key *keyset.Key, err error) func(string) (*keyset.Key, error) {
		return func(string) (*keyset.Key, error) { return key, err }
	}
	instead := func(key *keyset.Key, err error) func(*keyset.Key) (*keyset.Key, error) {
		return func(*keyset.Key) (*keyset.Key, error) { return key, err }
	}
	down := errors.New("the directory is down")
	var nilUnavailable *keyset.UnavailableError
	for name, test := range map[string]struct {
		source outsideSource
		raw    string
		want   cognito.Code
		wait   time.Duration
	}{
		"a key":                       {outsideSource{find, noReplacement}, good, "", 0},
		"an unknown key":              {outsideSource{find, noReplacement}, issuer.Pool().AccessToken(cognitotest.UnknownKey()), cognito.ErrKeyNotFound, 0},
		"an unavailable key":          {outsideSource{always(nil, keyset.Unavailable(down, time.Minute)), noReplacement}, good, cognito.ErrKeysUnavailable, time.Minute},
		"any other error":             {outsideSource{always(nil, down), noReplacement}, good, cognito.ErrKeysUnavailable, time.Second},
		"an error of this package":    {outsideSource{always(nil, keyset.ErrNoUsableKey), noReplacement}, good, cognito.ErrKeysUnavailable, time.Second},
		"a nil pointer as the error":  {outsideSource{always(nil, nilUnavailable), noReplacement}, good, cognito.ErrKeysUnavailable, time.Second},
		"a zero error":                {outsideSource{always(nil, &keyset.UnavailableError{}), noReplacement}, good, cognito.ErrKeysUnavailable, time.Second},
		"no wait":                     {outsideSource{always(nil, keyset.Unavailable(nil, -1)), noReplacement}, good, cognito.ErrKeysUnavailable, time.Second},
		"neither key nor error":       {outsideSource{always(nil, nil), noReplacement}, good, cognito.ErrKeysUnavailable, time.Second},
		"a zero key":                  {outsideSource{always(new(keyset.Key), nil), noReplacement}, good, cognito.ErrKeysUnavailable, time.Second},
		"a bad signature":             {outsideSource{find, noReplacement}, forged, cognito.ErrSignatureInvalid, 0},
		"no answer for a replacement": {outsideSource{find, instead(nil, down)}, forged, cognito.ErrSignatureInvalid, 0},
		"a zero key as replacement":   {outsideSource{find, instead(new(keyset.Key), nil)}, forged, cognito.ErrSignatureInvalid, 0},
	} {
		config := issuer.Config()
		config.UserPools[0].KeySet = test.source
		verifier, err := cognito.New(config)
		if err != nil {
			t.Fatal(err)
		}
		_, err = verifier.VerifyAccessToken(t.Context(), test.raw)
		if cognito.CodeOf(err) != test.want {
			t.Errorf("%s: got %v, want %q", name, err, test.want)
			continue
		}
		var refusal *cognito.Error
		if errors.As(err, &refusal) && refusal.RetryAfter() != test.wait {
			t.Errorf("%s: RetryAfter is %s, want %s", name, refusal.RetryAfter(), test.wait)
		}
		if test.want == cognito.ErrKeysUnavailable {
			if err := verifier.WarmUp(t.Context()); cognito.CodeOf(err) != cognito.ErrKeysUnavailable && name != "neither key nor error" && name != "a zero key" {
				t.Errorf("%s: WarmUp: %v", name, err)
			}
		}
	}
}

func TestUnavailableKeepsItsCause(t *testing.T) {
	cause := errors.New("the directory is down")
	err := keyset.Unavailable(cause, time.Minute)
	unavailable, ok := errors.AsType[*keyset.UnavailableError](err)
	if !ok || !errors.Is(err, cause) || unavailable.RetryAfter() != time.Minute || unavailable.Absent() || err.Error() != "keyset: the key set is not available: the directory is down" {
		t.Errorf("got %#v", err)
	}
}

func TestUnavailableWithoutAWaitIsOneSecond(t *testing.T) {
	for _, wait := range []time.Duration{0, -time.Minute} {
		unavailable, ok := errors.AsType[*keyset.UnavailableError](keyset.Unavailable(nil, wait))
		if !ok || unavailable.RetryAfter() != time.Second {
			t.Errorf("%v: got %v", wait, unavailable.RetryAfter())
		}
	}
}

// TestUnavailableErrorWithoutContentsIsReadable: callers may get a nil or zero one from a
// source of their own.
func TestUnavailableErrorWithoutContentsIsReadable(t *testing.T) {
	for _, e := range []*keyset.UnavailableError{nil, {}} {
		if e.Error() != "keyset: the key set is not available" || e.Unwrap() != nil || e.RetryAfter() != time.Second || e.Absent() {
			t.Errorf("got %q, %v, %v, %t", e.Error(), e.Unwrap(), e.RetryAfter(), e.Absent())
		}
	}
}
