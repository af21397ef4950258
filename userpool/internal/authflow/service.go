package authflow

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/issuer"
	"github.com/poolguard/poolguard/userpool/internal/random"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// Config is what a [Service] works with. All fields but Decoys are mandatory.
type Config struct {
	Store  store.Store
	Issuer *issuer.Issuer
	Now    func() time.Time
	Random *random.Source
	Logger *slog.Logger
	// Decoys is the secret that the verifiers of users who do not exist are made of.
	// It must last as long as the Store: salts that change from one process to the next
	// give decoys away. Nil means a fresh one.
	Decoys []byte
}

// Service signs people in. It is safe for concurrent use.
type Service struct {
	Config
	decoy []byte // makes the verifiers of users who do not exist
}

// New returns a service.
func New(cfg Config) *Service {
	s := &Service{Config: cfg, decoy: cfg.Decoys}
	if s.decoy == nil {
		s.decoy = cfg.Random.Bytes(32)
	}
	return s
}

// ErrNoClient says that there is no such app client.
var ErrNoClient = errors.New("no such app client")

// Client returns an app client and its pool, or ErrNoClient.
func (s *Service) Client(ctx context.Context, id string) (directory.Pool, directory.Client, error) {
	var pool directory.Pool
	var client directory.Client
	err := s.Store.View(ctx, func(tx store.Tx) error {
		var err error
		if client, err = directory.GetClient(tx, id); err != nil {
			return err
		}
		pool, err = directory.GetPool(tx, client.PoolID)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return pool, client, ErrNoClient
	}
	if err != nil {
		return pool, client, fmt.Errorf("reading an app client: %w", err)
	}
	return pool, client, nil
}

// groupsOf returns the user's groups, in the user's order.
func groupsOf(tx store.Tx, u directory.User) ([]directory.Group, error) {
	var found []directory.Group
	for _, name := range u.Groups {
		g, err := directory.GetGroup(tx, u.PoolID, name)
		if err != nil {
			return nil, err
		}
		found = append(found, g)
	}
	return found, nil
}
