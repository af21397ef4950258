package userpool

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/api"
	"github.com/poolguard/poolguard/userpool/internal/authflow"
	"github.com/poolguard/poolguard/userpool/internal/authserver"
	"github.com/poolguard/poolguard/userpool/internal/controls"
	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/issuer"
	"github.com/poolguard/poolguard/userpool/internal/random"
	"github.com/poolguard/poolguard/userpool/internal/store"
	"github.com/poolguard/poolguard/userpool/internal/users"
)

// Server serves user pools over HTTP. It is safe for concurrent use.
type Server struct {
	clock   func() time.Time
	offset  atomic.Int64 // nanoseconds that SetClockOffset adds
	random  *random.Source
	log     *slog.Logger
	store   store.Store
	issuer  *issuer.Issuer
	handler http.Handler

	issuerURL func(poolID string) string
}

// New checks cfg and returns a server for it. The error has all faults of cfg, each a
// [*ConfigError]. New does no I/O, except that it writes new and changed records of cfg
// into the Storage. It makes signing keys in the background; requests that need a key wait
// for it.
func New(cfg Config) (*Server, error) {
	if len(cfg.Pools) == 0 && cfg.Descriptions == nil {
		cfg.Pools = []Pool{DefaultPool()}
	}
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if cfg.Rand == nil {
		cfg.Rand = rand.Reader
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Server{clock: cfg.Clock, random: random.NewSource(cfg.Rand), log: cfg.Logger}
	if cfg.Storage != nil {
		s.store = cfg.Storage.store
	} else {
		s.store = store.NewMemory()
	}
	form := cmp.Or(cfg.IssuerForm, IssuerLocal)
	issuerURL := func(poolID string) string { return form.Issuer(cfg.PublicURL, poolID) }
	s.issuerURL = issuerURL
	s.issuer = issuer.New(issuer.Config{
		Store: s.store, Now: s.now, Random: s.random, URL: issuerURL,
		Rotation: issuer.Rotation{Every: cfg.Rotation.Every, Overlap: cfg.Rotation.Overlap},
	})
	// The caller waits for these writes, which take a moment.
	decoys, seeds, err := s.secrets(context.Background())
	if err != nil {
		return nil, fmt.Errorf("userpool: %w", err)
	}
	if err := s.seed(context.Background(), cfg, seeds); err != nil {
		return nil, fmt.Errorf("userpool: %w", err)
	}
	s.handler = s.routes(cfg, issuerURL, decoys)
	return s, nil
}

// secrets returns the secret that the answers for unknown users are derived from, and the
// key of the digests of configured records. The storage keeps both: after a restart an
// unknown user must still get the same answers, as an existing one does.
func (s *Server) secrets(ctx context.Context) (decoys []byte, seeds seedKey, err error) {
	fresh := func() []byte { return s.random.Bytes(32) }
	err = s.store.Update(ctx, func(tx store.Tx) error {
		if decoys, err = directory.ServerSecret(tx, "decoys", fresh); err != nil {
			return err
		}
		seeds, err = directory.ServerSecret(tx, "seeds", fresh)
		return err
	})
	return decoys, seeds, err
}

func (s *Server) routes(cfg Config, issuerURL func(string) string, decoys []byte) http.Handler {
	signIns := authflow.New(authflow.Config{
		Store: s.store, Issuer: s.issuer, Now: s.now, Random: s.random, Logger: cfg.Logger, Decoys: decoys,
	})
	accounts := users.New(users.Config{
		Store: s.store, SignIns: signIns, Now: s.now, Random: s.random, Logger: cfg.Logger, Deliver: deliverer(cfg.Deliver),
		Decoys: decoys,
	})
	mux := http.NewServeMux()
	authserver.New(authserver.Config{
		SignIns: signIns, Accounts: accounts, PublicURL: cfg.PublicURL, IssuerURL: issuerURL, Inspector: cfg.Inspector != nil,
	}).Register(mux)
	calls := api.New(api.Config{
		Store: s.store, SignIns: signIns, Accounts: accounts, Now: s.now, Random: s.random, Logger: cfg.Logger, PublicURL: cfg.PublicURL,
		Region: cfg.Region,
	})
	mux.Handle("POST /{$}", calls)
	mux.HandleFunc("OPTIONS /{$}", calls.HandlePreflight)
	if cfg.Inspector != nil {
		mux.Handle("/inspect", cfg.Inspector)
	}
	guard := newHostGuard(cfg.PublicURL)
	if !cfg.Controls {
		return guard.middleware(mux)
	}
	commands := controls.New(controls.Config{Clock: serverClock{s}, Issuer: s.issuer, Store: s.store, Logger: cfg.Logger, PublicURL: cfg.PublicURL})
	outer := http.NewServeMux()
	outer.Handle(controls.Prefix, commands)
	outer.Handle("/", commands.Middleware(mux))
	return guard.middleware(outer)
}

// purposes are the values of Message.Purpose.
var purposes = map[users.Purpose]string{
	users.PurposeConfirm: "confirm sign-up",
	users.PurposeRecover: "reset password",
	users.PurposeVerify:  "verify attribute",
	users.PurposeInvite:  "temporary password",
}

func deliverer(deliver func(context.Context, Message)) func(context.Context, users.Message) {
	if deliver == nil {
		return func(context.Context, users.Message) {}
	}
	return func(ctx context.Context, m users.Message) {
		deliver(ctx, Message{
			PoolID: m.PoolID, ClientID: m.ClientID, Username: m.Username, Medium: string(m.Medium),
			Destination: m.Destination, Purpose: purposes[m.Purpose], Code: Secret(m.Code),
		})
	}
}

// serverClock is the server's clock as the controls move it.
type serverClock struct{ *Server }

func (c serverClock) Now() time.Time            { return c.now() }
func (c serverClock) Offset() time.Duration     { return time.Duration(c.offset.Load()) }
func (c serverClock) SetOffset(d time.Duration) { c.SetClockOffset(d) }

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	// URLs have codes and states: no page or redirect may send them on as a referrer.
	h.Set("Referrer-Policy", "no-referrer")
	s.handler.ServeHTTP(w, r)
}

// SetClockOffset sets the server's clock d ahead of Config.Clock, or behind it if d is
// negative. 0 removes the offset. The new time applies at once, to every pool, to lifetimes
// and to the times in tokens. Codes, sign-ins and refresh tokens that expire while the
// clock is ahead may be deleted: they do not exist again when the offset is removed.
func (s *Server) SetClockOffset(d time.Duration) { s.offset.Store(int64(d)) }

func (s *Server) now() time.Time {
	return s.clock().Add(time.Duration(s.offset.Load()))
}

// RotateKeys gives a pool a new pair of signing keys. The pool signs tokens with them at
// once. The old keys stay in the key set for the time overlap, so tokens that they signed
// stay valid. An overlap of 0 removes the old keys immediately. A token lives one day at
// most, so an overlap of one day keeps every token valid.
//
// Making keys takes a fraction of a second. RotateKeys returns an error if the pool does
// not exist, or if ctx ends before the new keys are in use: then nothing has changed.
func (s *Server) RotateKeys(ctx context.Context, poolID string, overlap time.Duration) error {
	if overlap < 0 {
		return fmt.Errorf("userpool: overlap is negative (%v)", overlap)
	}
	if err := s.hasPool(ctx, poolID); err != nil {
		return err
	}
	return s.issuer.Rotate(ctx, poolID, overlap)
}

func (s *Server) hasPool(ctx context.Context, poolID string) error {
	err := s.store.View(ctx, func(tx store.Tx) error {
		_, err := directory.GetPool(tx, poolID)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("userpool: the server has no user pool %q", poolID)
	}
	return err
}
