package signin

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/internal/address"
	"github.com/poolguard/poolguard/cognito/internal/configerror"
	"github.com/poolguard/poolguard/cognito/internal/refusallog"
	"github.com/poolguard/poolguard/cognito/oauth"
	"github.com/poolguard/poolguard/cognito/signin/internal/returnto"
	"github.com/poolguard/poolguard/cognito/signin/internal/seal"
)

// Path begins the paths of a [Handler].
const Path = "/_auth/"

// A Handler signs people in and out. It is an http.Handler for the paths below [Path]:
//
//	GET  /_auth/login?return_to=   starts a sign-in
//	GET  /_auth/callback           ends it; the user pool redirects to here
//	POST /_auth/logout             ends the session; with everywhere=1 all of the person's
//	GET  /_auth/logout             asks for confirmation first
//	POST /_auth/refresh            renews the tokens
//	GET  /_auth/me                 the identity as JSON, without tokens
//
// Its middleware are [Handler.Require] and [Handler.Optional]. Make one with [New]. It is
// safe for concurrent use. It starts goroutines for refreshes only.
type Handler struct {
	verifier    *cognito.Verifier
	store       Store
	ring        *seal.Ring
	idle, life  time.Duration
	domain      string
	revocations Revocations
	pages       Pages
	logger      *slog.Logger
	log         refusallog.Log
	now         func() time.Time
	sites       map[string]*site // by origin
	protection  *http.CrossOriginProtection
	refreshes   refreshes
}

// A site is one origin of an application. It is immutable.
type site struct {
	origin  string
	host    string   // of the origin, with the port if it is not the default one
	own     []string // the origins of the application
	app     App
	client  *oauth.Client
	places  returnto.Places
	cookies cookieNames
}

// New returns a Handler for the applications in config. It reports every fault of config at
// once, each a [*ConfigError]. It does no I/O.
func New(config Config) (*Handler, error) {
	faults := configerror.In("signin", "Config")
	if config.Verifier == nil {
		faults.Add("Verifier", "is nil: make one with cognito.New")
	}
	if len(config.Apps) == 0 {
		faults.Add("Apps", "is empty: name at least one application")
	}
	ring := config.ring(faults)
	config.limits(faults)
	if err := faults.Err(); err != nil {
		return nil, err
	}
	config.setDefaults()
	h := &Handler{
		verifier: config.Verifier, store: timedStore{config.Store}, ring: ring, idle: config.Idle, life: config.Absolute, domain: config.CookieDomain,
		revocations: config.Revocations, pages: config.Pages, logger: config.Logger, now: config.Now,
		sites: map[string]*site{}, protection: http.NewCrossOriginProtection(),
	}
	for n := range config.Apps {
		h.addApp(faults.At(fmt.Sprintf("Apps[%d]", n)), config.Apps[n])
	}
	for origin := range h.sites {
		config.checkDomain(faults, []string{origin})
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return h, nil
}

func (c *Config) setDefaults() {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Store == nil {
		c.Store = NewMemoryStore(MemoryStoreConfig{Now: c.Now})
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.Pages == nil {
		c.Pages = plainPages{}
	}
}

// addApp adds the sites of an application.
func (h *Handler) addApp(faults configerror.Faults, app App) {
	app.checkParameters(faults)
	own, others := app.origins(faults)
	if app.Scopes == nil {
		app.Scopes = []string{"openid", "email"}
	}
	app.Client.Now = h.now
	var flowKeys []oauth.Secret
	for _, key := range h.ring.Derive("flow") {
		flowKeys = append(flowKeys, oauth.Secret(key))
	}
	for n, origin := range own {
		if origin == "" {
			continue // a fault already
		}
		if h.sites[origin] != nil {
			faults.Add("Hosts", "has an origin twice, or that of another App: %s", origin)
			continue
		}
		client, err := oauth.New(oauth.Config{
			App: app.Client, Verifier: h.verifier, UserPoolID: app.UserPoolID, ReplicaRegions: app.ReplicaRegions, Issuer: app.Issuer,
			RedirectURL: origin + Path + "callback", Scopes: app.Scopes, FlowKeys: flowKeys, Ledger: ledger{h.store},
		})
		if n == 0 { // the others have the same faults
			adopt(faults, err)
		}
		if err == nil && app.SignOutURL != "" && n == 0 {
			if _, err := client.LogoutURL(app.SignOutURL); err != nil {
				faults.Add("SignOutURL", "is not valid for an app client: want https, or http with a loopback address")
			}
		}
		if err := h.protection.AddTrustedOrigin(origin); err != nil {
			faults.Add("ExternalURL", "is not an origin: %v", err)
		}
		h.sites[origin] = &site{
			origin: origin, host: hostOf(origin), own: slices.Clone(own), app: app, client: client,
			places:  returnto.Places{Own: origin, Others: slices.Concat(own, others)},
			cookies: namesOf(origin, h.domain),
		}
	}
}

// adopt adds the faults that package oauth found, under the names of the fields here.
func adopt(faults configerror.Faults, err error) {
	joined, ok := errors.AsType[interface {
		error
		Unwrap() []error
	}](err)
	if !ok {
		return
	}
	for _, each := range joined.Unwrap() {
		var fault *ConfigError
		if errors.As(each, &fault) {
			field := strings.TrimPrefix(fault.Field, "Config.")
			if below, found := strings.CutPrefix(field, "App."); found {
				field = "Client." + below
			}
			faults.Add(field, "%s", fault.Reason)
		}
	}
}

// siteOf returns the site of a request by its Host header, nil for another host. Forwarded
// headers do not count, because a client can send them.
func (h *Handler) siteOf(r *http.Request) *site {
	for _, scheme := range []string{"https://", "http://"} {
		if origin := address.Origin(scheme + r.Host); origin != "" {
			if s := h.sites[origin]; s != nil {
				return s
			}
		}
	}
	return nil
}

// ServeHTTP implements http.Handler. It answers 421 for a host of no application.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Cache-Control", "no-store")
	header.Set("Referrer-Policy", "no-referrer") // addresses here have codes and states
	header.Set("X-Content-Type-Options", "nosniff")
	s := h.siteOf(r)
	if s == nil {
		h.page(w, r, nil, PageOtherHost)
		return
	}
	action, known := h.actions()[r.URL.Path]
	if !known {
		h.page(w, r, s, PageNotFound)
		return
	}
	serve := action[r.Method]
	if serve == nil {
		for method := range action {
			header.Add("Allow", method)
		}
		h.page(w, r, s, PageMethod)
		return
	}
	if r.Method == http.MethodPost && (h.protection.Check(r) != nil || !s.counts(r)) {
		h.page(w, r, s, PageOtherSite)
		return
	}
	serve(w, r, s)
}

// An action answers requests of one path and method.
type action func(w http.ResponseWriter, r *http.Request, s *site)

func (h *Handler) actions() map[string]map[string]action {
	return map[string]map[string]action{
		Path + "login":    {http.MethodGet: h.login},
		Path + "callback": {http.MethodGet: h.callback},
		Path + "logout":   {http.MethodGet: h.confirmSignOut, http.MethodPost: h.signOut},
		Path + "refresh":  {http.MethodPost: h.refresh},
		Path + "me":       {http.MethodGet: h.me},
	}
}

// warn writes at most one line a second of a kind about a fault that is not the caller's.
func (h *Handler) warn(ctx context.Context, kind, message string, err error) {
	h.log.Warn(ctx, h.logger, h.now(), kind, message, slog.String("error", err.Error()))
}
