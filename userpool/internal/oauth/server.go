package oauth

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/random"
	"github.com/poolguard/poolguard/userpool/internal/signin"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// Config is what the authorization server works with. All fields are mandatory.
type Config struct {
	SignIns *signin.Service
	// PublicURL is the origin that the documents name and cookies are for.
	PublicURL string
	// IssuerURL returns a pool's issuer.
	IssuerURL func(poolID string) string
}

// Server serves the endpoints. It is safe for concurrent use.
type Server struct {
	signIns   *signin.Service
	store     store.Store
	now       func() time.Time
	random    *random.Source
	log       *slog.Logger
	publicURL string
	issuerURL func(poolID string) string
	formKey   []byte // authenticates forms, see csrf.go
}

// New returns an authorization server.
func New(cfg Config) *Server {
	return &Server{
		signIns: cfg.SignIns, store: cfg.SignIns.Store, now: cfg.SignIns.Now, random: cfg.SignIns.Random,
		log: cfg.SignIns.Logger, publicURL: cfg.PublicURL, issuerURL: cfg.IssuerURL,
		formKey: cfg.SignIns.Random.Bytes(32),
	}
}

// Register adds the endpoints to mux.
func (s *Server) Register(mux *http.ServeMux) {
	mux.HandleFunc("GET /{poolID}/.well-known/openid-configuration", s.handleDiscovery)
	mux.HandleFunc("GET /{poolID}/.well-known/jwks.json", s.handleKeySet)
	mux.HandleFunc("OPTIONS /{poolID}/.well-known/{document}", handlePreflight)
	mux.HandleFunc("GET /oauth2/authorize", s.handleAuthorize)
	mux.HandleFunc("GET /login", s.handleLoginPage)
	mux.HandleFunc("POST /login", s.handleLogin)
	mux.HandleFunc("POST /oauth2/token", s.handleToken)
	mux.HandleFunc("OPTIONS /oauth2/token", handlePreflight)
	mux.HandleFunc("GET /oauth2/userInfo", s.handleUserInfo)
	mux.HandleFunc("POST /oauth2/userInfo", s.handleUserInfo)
	mux.HandleFunc("OPTIONS /oauth2/userInfo", handlePreflight)
	mux.HandleFunc("POST /oauth2/revoke", s.handleRevoke)
	mux.HandleFunc("OPTIONS /oauth2/revoke", handlePreflight)
	mux.HandleFunc("GET /logout", s.handleLogout)
	mux.HandleFunc("GET /error", s.handleErrorPage)
}

// app is the app client of a request, with its pool.
type app struct {
	directory.Client
	pool directory.Pool
}

// findApp returns the app of a client_id; ok is false if there is none.
func (s *Server) findApp(ctx context.Context, clientID string) (found app, ok bool, err error) {
	pool, client, err := s.signIns.Client(ctx, clientID)
	if errors.Is(err, signin.ErrNoClient) {
		return app{}, false, nil
	}
	return app{client, pool}, err == nil, err
}

func (s *Server) secure() bool { return strings.HasPrefix(s.publicURL, "https://") }
