package tokenstore

import (
	"context"
	"encoding/base64"
	"errors"
	"time"

	"github.com/zalando/go-keyring"
)

// A Ring is the operating system's key ring. It keeps secrets under names of accounts. Its
// methods may wait until the user unlocks the ring or ctx ends.
type Ring interface {
	// Get returns a secret. The error wraps [ErrNotInRing] if there is none.
	Get(ctx context.Context, account string) (string, error)
	Set(ctx context.Context, account, secret string) error
	// Delete deletes a secret. It returns nil if there is none.
	Delete(ctx context.Context, account string) error
}

// ErrNotInRing reports that the ring has no secret for the account.
var ErrNotInRing = errors.New("the key ring has no key for these tokens")

// A RingError reports that the key ring failed.
type RingError struct{ cause error }

// Error implements error.
func (e *RingError) Error() string { return "the key ring of this system: " + e.cause.Error() }

// Unwrap returns the cause.
func (e *RingError) Unwrap() error { return e.cause }

var errNoRing = errors.New("there is no key ring now, and the tokens need one")

// service is the name of this program in the ring.
const service = "poolguard"

// ringPatience is how long the ring may take, including the time in which the user types
// a password.
const ringPatience = time.Minute

// SystemRing is the key ring of the operating system: the Secret Service over D-Bus, the
// keychain of macOS, or the credentials of Windows.
type SystemRing struct{}

// Get implements [Ring].
func (SystemRing) Get(ctx context.Context, account string) (string, error) {
	secret, err := within(ctx, func() (string, error) { return keyring.Get(service, account) })
	if errors.Is(err, keyring.ErrNotFound) {
		return "", ErrNotInRing
	}
	return secret, err
}

// Set implements [Ring].
func (SystemRing) Set(ctx context.Context, account, secret string) error {
	_, err := within(ctx, func() (struct{}, error) { return struct{}{}, keyring.Set(service, account, secret) })
	return err
}

// Delete implements [Ring].
func (SystemRing) Delete(ctx context.Context, account string) error {
	_, err := within(ctx, func() (struct{}, error) { return struct{}{}, keyring.Delete(service, account) })
	if errors.Is(err, keyring.ErrNotFound) {
		return nil
	}
	return err
}

// within stops waiting for a call that takes no context. A locked ring waits for its user,
// who may be away. The goroutine of the call ends with the call or with the process.
func within[T any](ctx context.Context, call func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		value, err := call()
		done <- result{value, err}
	}()
	patience := time.NewTimer(ringPatience)
	defer patience.Stop()
	var none T
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		return none, ctx.Err()
	case <-patience.C:
		return none, errors.New("it did not answer within a minute; check that it is unlocked")
	}
}

func (s *Store) key(ctx context.Context) ([]byte, error) {
	if s.config.Ring == nil {
		return nil, &RingError{errNoRing}
	}
	account, err := s.account()
	if err != nil {
		return nil, err
	}
	text, err := s.config.Ring.Get(ctx, account)
	switch {
	case errors.Is(err, ErrNotInRing):
		return nil, ErrUnreadable
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, &RingError{err}
	}
	key, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(key) != keyBytes {
		return nil, ErrUnreadable
	}
	return key, nil
}

// setKey also reads the key back: some services accept secrets and do not keep them.
func (s *Store) setKey(ctx context.Context, key []byte) error {
	account, err := s.account()
	if err != nil {
		return err
	}
	text := base64.StdEncoding.EncodeToString(key)
	if err := s.config.Ring.Set(ctx, account, text); err != nil {
		return &RingError{err}
	}
	switch back, err := s.config.Ring.Get(ctx, account); {
	case err != nil:
		return &RingError{err}
	case back != text:
		return &RingError{errors.New("it does not return what it was given")}
	}
	return nil
}

func (s *Store) forgetKey(ctx context.Context) error {
	account, err := s.account()
	if err != nil {
		return err
	}
	if err := s.config.Ring.Delete(ctx, account); err != nil {
		return &RingError{err}
	}
	return nil
}
