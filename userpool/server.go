package userpool

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

// Server serves user pools over HTTP. It is safe for concurrent use.
type Server struct {
	publicURL string
	clock     func() time.Time
	offset    atomic.Int64 // nanoseconds that SetClockOffset adds
	random    *randomSource
	log       *slog.Logger
	pools     map[string]*pool      // by ID; read-only after New
	clients   map[string]*appClient // by ID, of all pools; read-only after New
	store     store
	formKey   []byte           // authenticates login forms, see csrf.go
	nobody    passwordVerifier // spends a password check's time on unknown users
	mux       *http.ServeMux
}

// New checks cfg and returns a server for it. All faults come back at once, each
// named by its field. New does no I/O. Signing keys are made in the background:
// requests that need them wait.
func New(cfg Config) (*Server, error) {
	if len(cfg.Pools) == 0 {
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
	s := &Server{
		publicURL: cfg.PublicURL,
		clock:     cfg.Clock,
		random:    &randomSource{r: cfg.Rand},
		log:       cfg.Logger,
		pools:     map[string]*pool{},
		clients:   map[string]*appClient{},
	}
	s.store = newMemoryStore(s.now)
	s.formKey = s.random.bytes(32)
	var err error
	if s.nobody, err = newPasswordVerifier(s.random, Secret(s.random.text(32))); err != nil {
		return nil, err
	}
	form := cmp.Or(cfg.IssuerForm, IssuerLocal)
	for i, p := range cfg.Pools {
		if err := s.addPool(p, form); err != nil {
			return nil, fmt.Errorf("Pools[%d]: %w", i, err)
		}
	}
	s.mux = s.routes()
	return s, nil
}

func (s *Server) addPool(cfg Pool, form IssuerForm) error {
	p := &pool{id: cfg.ID, issuer: issuer(form, s.publicURL, cfg.ID), keys: newKeyRing()}
	s.pools[p.id] = p
	for _, c := range cfg.Clients {
		s.clients[c.ID] = newAppClient(c, p)
	}
	for i, u := range cfg.Users {
		account, err := newAccount(s.random, p.id, u)
		if err != nil {
			return fmt.Errorf("Users[%d]: %w", i, err)
		}
		// In memory: there is nothing to wait for, so there is no context to obey.
		if err := s.store.PutAccount(context.Background(), p.id, account); err != nil {
			return fmt.Errorf("Users[%d]: %w", i, err)
		}
	}
	return nil
}

func (s *Server) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{poolID}/.well-known/openid-configuration", s.handleDiscovery)
	mux.HandleFunc("GET /{poolID}/.well-known/jwks.json", s.handleKeySet)
	mux.HandleFunc("OPTIONS /{poolID}/.well-known/{document}", handlePreflight)
	mux.HandleFunc("GET /oauth2/authorize", s.handleAuthorize)
	mux.HandleFunc("GET /login", s.handleLoginPage)
	mux.HandleFunc("POST /login", s.handleLogin)
	mux.HandleFunc("POST /oauth2/token", s.handleToken)
	mux.HandleFunc("OPTIONS /oauth2/token", handlePreflight)
	mux.HandleFunc("GET /logout", s.handleLogout)
	mux.HandleFunc("GET /error", s.handleErrorPage)
	return mux
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	// Codes and states travel in URLs: no page or redirect may pass them on.
	h.Set("Referrer-Policy", "no-referrer")
	s.mux.ServeHTTP(w, r)
}

// SetClockOffset makes the server's clock run d ahead of Config.Clock, or behind
// it when d is negative; 0 returns to it. It holds for every pool and takes
// effect at once, for lifetimes as for the times in tokens. Codes, sign-ins and
// refresh tokens that end while the clock is ahead may be gone when it is back.
func (s *Server) SetClockOffset(d time.Duration) { s.offset.Store(int64(d)) }

func (s *Server) now() time.Time {
	return s.clock().Add(time.Duration(s.offset.Load()))
}

// RotateKeys gives a pool a new pair of signing keys. Tokens are signed with it
// at once; the old keys stay in the key set for overlap, so that tokens which
// they signed keep verifying. An overlap of 0 withdraws them immediately. The
// longest life of a token, a day at most, is the overlap that breaks none.
//
// Making keys takes a fraction of a second. RotateKeys fails if there is no such
// pool, or if ctx ends before the new keys are in place: then nothing changed.
func (s *Server) RotateKeys(ctx context.Context, poolID string, overlap time.Duration) error {
	p, ok := s.pools[poolID]
	if !ok {
		return fmt.Errorf("userpool: no pool %q", poolID)
	}
	if overlap < 0 {
		return fmt.Errorf("userpool: overlap %v is negative", overlap)
	}
	return p.keys.rotate(ctx, s.now, overlap)
}

// pool is what the server knows of a user pool beside its clients and accounts.
type pool struct {
	id     string
	issuer string
	keys   *keyRing
}

func issuer(form IssuerForm, publicURL, poolID string) string {
	region, _, _ := strings.Cut(poolID, "_")
	switch form {
	case IssuerOriginal:
		return "https://cognito-idp." + region + ".amazonaws.com/" + poolID
	case IssuerUpdated:
		return "https://issuer-cognito-idp." + region + ".amazonaws.com/" + poolID
	default:
		return publicURL + "/" + poolID
	}
}
