package authserver

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/authflow"
	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/random"
	"github.com/poolguard/poolguard/userpool/internal/store"
	"github.com/poolguard/poolguard/userpool/internal/users"
)

// Config is what the authorization server works with. All fields but Inspector are
// mandatory.
type Config struct {
	SignIns  *authflow.Service
	Accounts *users.Service
	// PublicURL is the origin that the documents name and cookies are for.
	PublicURL string
	// IssuerURL returns a pool's issuer.
	IssuerURL func(poolID string) string
	// Inspector says that the server has a page under /inspect: the home page links
	// to it.
	Inspector bool
}

// Server serves the endpoints. It is safe for concurrent use.
type Server struct {
	signIns   *authflow.Service
	accounts  *users.Service
	store     store.Store
	now       func() time.Time
	random    *random.Source
	log       *slog.Logger
	publicURL string
	issuerURL func(poolID string) string
	inspector bool
	formKey   []byte // authenticates forms, see csrf.go
}

// New returns an authorization server.
func New(cfg Config) *Server {
	return &Server{
		signIns: cfg.SignIns, accounts: cfg.Accounts, store: cfg.SignIns.Store, now: cfg.SignIns.Now, random: cfg.SignIns.Random,
		log: cfg.SignIns.Logger, publicURL: cfg.PublicURL, issuerURL: cfg.IssuerURL, inspector: cfg.Inspector,
		formKey: cfg.SignIns.Random.Bytes(32),
	}
}

// Register adds the endpoints to mux.
func (s *Server) Register(mux *http.ServeMux) {
	mux.HandleFunc("GET /{poolID}/.well-known/openid-configuration", s.handleDiscovery)
	mux.HandleFunc("GET /{poolID}/.well-known/jwks.json", s.handleKeySet)
	mux.HandleFunc("OPTIONS /{poolID}/.well-known/{document}", handlePreflight)
	mux.HandleFunc("GET /oauth2/authorize", s.handleAuthorize)
	s.registerPages(mux)
	mux.HandleFunc("POST /oauth2/token", s.handleToken)
	mux.HandleFunc("OPTIONS /oauth2/token", handlePreflight)
	mux.HandleFunc("GET /oauth2/userInfo", s.handleUserInfo)
	mux.HandleFunc("POST /oauth2/userInfo", s.handleUserInfo)
	mux.HandleFunc("OPTIONS /oauth2/userInfo", handlePreflight)
	mux.HandleFunc("POST /oauth2/revoke", s.handleRevoke)
	mux.HandleFunc("OPTIONS /oauth2/revoke", handlePreflight)
	mux.HandleFunc("GET /logout", s.handleLogout)
}

// registerPages adds the pages, under Cognito's paths where there are such
// (https://docs.aws.amazon.com/cognito/latest/developerguide/managed-login-endpoints.html).
func (s *Server) registerPages(mux *http.ServeMux) {
	mux.HandleFunc("GET /{$}", s.handleHome)
	mux.HandleFunc("GET /error", s.handleErrorPage)
	mux.HandleFunc("GET /login", s.page(loginForm, nil))
	mux.HandleFunc("POST /login", s.handleLogin)
	mux.HandleFunc("GET /signup", s.page(signUpForm, maySignUp))
	mux.HandleFunc("POST /signup", s.handleSignUp)
	mux.HandleFunc("GET /confirm", s.page(confirmForm, mayConfirm))
	mux.HandleFunc("POST /confirm", s.handleConfirm)
	// Cognito has this one for links in e-mails, which this server does not send.
	mux.HandleFunc("GET /confirmUser", s.page(confirmForm, mayConfirm))
	mux.HandleFunc("GET /forgotPassword", s.page(forgotForm, mayRecover))
	mux.HandleFunc("POST /forgotPassword", s.handleForgotPassword)
	mux.HandleFunc("GET /confirmforgotPassword", s.page(emptyNewPasswordForm, mayRecover))
	mux.HandleFunc("POST /confirmforgotPassword", s.handleConfirmForgotPassword)
	for path, answer := range map[string]http.HandlerFunc{
		pathNewPassword: s.handleNewPassword, pathMFA: s.handleMFA, pathMFASetup: s.handleMFASetup, "/resendcode": s.handleResend,
	} {
		mux.HandleFunc("GET "+path, s.handleStepPage)
		mux.HandleFunc("POST "+path, answer)
	}
	mux.HandleFunc("GET /provider", s.handleProviderPage)
	mux.HandleFunc("POST /provider", s.handleProvider)
}

// app is the app client of a request, with its pool.
type app struct {
	directory.Client
	pool directory.Pool
}

// findApp returns the app of a client_id; ok is false if there is none.
func (s *Server) findApp(ctx context.Context, clientID string) (found app, ok bool, err error) {
	pool, client, err := s.signIns.Client(ctx, clientID)
	if errors.Is(err, authflow.ErrNoClient) {
		return app{}, false, nil
	}
	return app{client, pool}, err == nil, err
}

func (s *Server) secure() bool { return strings.HasPrefix(s.publicURL, "https://") }
