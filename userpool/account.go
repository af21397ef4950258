package userpool

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// account is a user as the store keeps it. It is not changed once stored: its
// slices and maps are shared.
type account struct {
	Username   string
	Sub        string
	Password   passwordVerifier
	Groups     []string
	Attributes map[string]string
}

func newAccount(random *randomSource, poolID string, u User) (account, error) {
	verifier, err := newPasswordVerifier(random, u.Password)
	if err != nil {
		return account{}, err
	}
	return account{
		Username:   u.Username,
		Sub:        cmp.Or(u.Sub, derivedUUID(poolID, userKey(u.Username))),
		Password:   verifier,
		Groups:     slices.Clone(u.Groups),
		Attributes: maps.Clone(u.Attributes),
	}, nil
}

// userKey is the form under which user names are compared: pools are
// case-insensitive unless one asks for the contrary.
func userKey(username string) string { return strings.ToLower(username) }

// errWrongCredentials does not say which of the two was wrong.
var errWrongCredentials = errors.New("wrong credentials")

// authenticate returns the account that username and password belong to, or
// errWrongCredentials. Unknown users take as long as wrong passwords.
func (s *Server) authenticate(ctx context.Context, p *pool, username string, password Secret) (account, error) {
	found, err := s.store.Account(ctx, p.id, username)
	switch {
	case errors.Is(err, errNotFound):
		s.nobody.matches(password)
		return account{}, errWrongCredentials
	case err != nil:
		return account{}, fmt.Errorf("reading the account: %w", err)
	case !found.Password.matches(password):
		return account{}, errWrongCredentials
	}
	return found, nil
}

// accountOf returns the account that earlier signed in as username and sub, or
// errNotFound if it is gone; a new account of that name is another one.
func (s *Server) accountOf(ctx context.Context, poolID, username, sub string) (account, error) {
	found, err := s.store.Account(ctx, poolID, username)
	if err == nil && found.Sub != sub {
		return account{}, errNotFound
	}
	return found, err
}
