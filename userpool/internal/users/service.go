package users

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/authflow"
	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/random"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// Config is what a [Service] works with. All fields are mandatory.
type Config struct {
	Store   store.Store
	SignIns *authflow.Service // judges the previous password when one is changed
	Now     func() time.Time
	Random  *random.Source
	Logger  *slog.Logger
	// Deliver hands over what a real pool would mail or text. It is called after
	// the transaction, in the goroutine of the request, from several at once; what
	// it cannot deliver is lost, as a mail is.
	Deliver func(context.Context, Message)
	// Decoys is the secret that the destinations of users who do not exist are made
	// of. It must last as long as the Store. Nil means a fresh one.
	Decoys []byte
}

// Medium is how a message goes: DeliveryMedium of the API.
type Medium string

// The media.
const (
	Email Medium = "EMAIL"
	SMS   Medium = "SMS"
)

// Purpose is what a message is for.
type Purpose string

// The purposes of messages.
const (
	PurposeConfirm Purpose = directory.CodeConfirm // a new account
	PurposeRecover Purpose = directory.CodeRecover // a forgotten password
	PurposeVerify  Purpose = "verify"              // an attribute
	PurposeInvite  Purpose = "invite"              // Code is a temporary password
)

// Message is a message that Cognito would send by e-mail or text message. It holds a secret
// and must not be logged.
type Message struct {
	PoolID   string
	ClientID string // "" if an administrator caused it
	Username string
	// Destination is an e-mail address or telephone number. It and Medium are empty for the
	// invitation of a user without an address: Deliver still needs the temporary password.
	Destination string
	Medium      Medium
	Purpose     Purpose
	Code        string
}

// Delivery is where a code was sent, as the user sees it (CodeDeliveryDetailsType).
type Delivery struct {
	Attribute   string // "email" or "phone_number"
	Medium      Medium
	Destination string // masked
}

// Service has the actions of this package. It is safe for concurrent use.
type Service struct {
	cfg   Config
	decoy []byte // makes the destinations of users who do not exist
}

// New returns a service.
func New(cfg Config) *Service {
	s := &Service{cfg: cfg, decoy: cfg.Decoys}
	if s.decoy == nil {
		s.decoy = cfg.Random.Bytes(32)
	}
	return s
}

// User returns the user of that user name, sub or alias, or an [*Error].
func (s *Service) User(ctx context.Context, pool directory.Pool, name string) (directory.User, error) {
	u, err := s.look(ctx, pool, name)
	if errors.Is(err, store.ErrNotFound) {
		return u, errNoSuchUser
	}
	return u, err
}

// look returns store.ErrNotFound as it is.
func (s *Service) look(ctx context.Context, pool directory.Pool, name string) (directory.User, error) {
	var u directory.User
	err := s.cfg.Store.View(ctx, func(tx store.Tx) error {
		var err error
		u, err = directory.FindUser(tx, pool, name)
		return err
	})
	if err != nil {
		return u, fmt.Errorf("reading a user: %w", err)
	}
	return u, nil
}

// update runs a transaction, which is kept where it succeeds or its error is
// counted.
func (s *Service) update(ctx context.Context, write func(store.Tx) error) error {
	var refused error
	err := s.cfg.Store.Update(ctx, func(tx store.Tx) error {
		err := write(tx)
		if isCounted(err) {
			refused = err
			return nil
		}
		return err
	})
	if err != nil {
		return err
	}
	return refused
}

// change finds a user by any name, changes and files the user. The error of change
// stops it.
func (s *Service) change(ctx context.Context, pool directory.Pool, name string, change func(store.Tx, *directory.User) error) error {
	err := s.update(ctx, func(tx store.Tx) error {
		u, err := directory.FindUser(tx, pool, name)
		if err != nil {
			return err
		}
		if err := change(tx, &u); err != nil {
			return err
		}
		return s.put(tx, pool, u, CodeAliasExists)
	})
	if errors.Is(err, store.ErrNotFound) {
		return errNoSuchUser
	}
	return err
}

// changeSame is change for a user who was read before: it is not done to another
// one who has the name by now.
func (s *Service) changeSame(ctx context.Context, pool directory.Pool, seen directory.User, change func(store.Tx, *directory.User) error) error {
	return s.change(ctx, pool, seen.Username, func(tx store.Tx, u *directory.User) error {
		if u.Sub != seen.Sub {
			return errNoSuchUser
		}
		return change(tx, u)
	})
}

// put files a user who was changed. taken is the refusal where an alias of the
// user is another's.
func (s *Service) put(tx store.Tx, pool directory.Pool, u directory.User, taken Code) error {
	u.ModifiedAt = s.cfg.Now()
	return s.file(tx, pool, u, taken)
}

// file is put for a user whose dates are set: both dates of a new user are equal.
func (s *Service) file(tx store.Tx, pool directory.Pool, u directory.User, taken Code) error {
	err := directory.PutUser(tx, pool, u)
	if !errors.Is(err, directory.ErrAliasExists) {
		return err
	}
	for _, attribute := range []string{"email", "phone_number", "preferred_username"} {
		owner, err := directory.UserOfAlias(tx, pool, attribute, u.Attributes[attribute])
		if err == nil && owner.Sub != u.Sub {
			return refusal(taken, "An account with the given %s already exists.", attribute)
		}
	}
	return refusal(taken, "Already found an entry for this user.") // two users of one identity: a guess
}
