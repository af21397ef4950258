package account

import (
	"errors"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/oauth"
	"github.com/poolguard/poolguard/internal/terminalauth/profile"
	"github.com/poolguard/poolguard/internal/terminalauth/tokenstore"
)

// A Config has the profile that signs in, and the store of its tokens. Profile and Store
// must be set.
type Config struct {
	Profile profile.Profile
	// Secret is the client secret that Profile.Secret names; "" for a public client.
	Secret oauth.Secret
	Store  *tokenstore.Store
	// Lifetime is how long a sign-in may take; 0 means [oauth.DefaultFlowLifetime].
	Lifetime time.Duration
	// Now returns the time; nil means time.Now. It must be safe for concurrent use.
	Now func() time.Time
}

// An Account is a profile at its user pool. It is safe for concurrent use.
type Account struct {
	profile  profile.Profile
	store    *tokenstore.Store
	now      func() time.Time
	verifier *cognito.Verifier
	client   *oauth.Client                  // for people
	machine  *oauth.ClientCredentialsSource // for a machine; one of the two is nil
}

// New returns the account of config. It does no I/O. The error joins every fault of the
// profile, each a [*cognito.ConfigError] whose field is the key in the profile's file, such
// as "domain".
func New(config Config) (*Account, error) {
	a := &Account{profile: config.Profile, store: config.Store, now: config.Now}
	if a.now == nil {
		a.now = time.Now
	}
	p := &a.profile
	if len(p.Scopes) == 0 && !p.Machine {
		p.Scopes = []string{"openid"}
	}
	f := faults{}
	for key, value := range map[string]string{"user_pool": p.UserPoolID, "client_id": p.ClientID, "domain": p.Domain} {
		if value == "" {
			f.add(key, "is missing")
		}
	}
	var err error
	a.verifier, err = cognito.New(cognito.Config{
		UserPools: []cognito.UserPool{{ID: p.UserPoolID, ClientIDs: []string{p.ClientID}, ReplicaRegions: p.Replicas, Issuer: p.Issuer}},
		Now:       a.now,
		Logger:    slog.New(slog.DiscardHandler), // each call returns its faults
	})
	f.take(err)
	app := oauth.App{Domain: p.Domain, ClientID: p.ClientID, ClientSecret: config.Secret, Now: a.now}
	if p.Machine {
		a.machine, err = oauth.NewClientCredentialsSource(oauth.ClientCredentialsConfig{App: app, Scopes: p.Scopes})
		f.take(err)
		return a, f.err()
	}
	verifier := a.verifier
	if verifier == nil { // oauth.New checks the other fields, too
		verifier = &cognito.Verifier{}
	}
	a.client, err = oauth.New(oauth.Config{
		App: app, Verifier: verifier, UserPoolID: p.UserPoolID, ReplicaRegions: p.Replicas, Issuer: p.Issuer,
		RedirectURL: p.RedirectURL(), Scopes: p.Scopes, FlowLifetime: config.Lifetime,
	})
	f.take(err)
	return a, f.err()
}

// faults has the first fault of each key.
type faults []*cognito.ConfigError

func (f *faults) add(key, reason string) {
	if !slices.ContainsFunc(*f, func(e *cognito.ConfigError) bool { return e.Field == key }) {
		*f = append(*f, &cognito.ConfigError{Package: "account", Field: key, Reason: reason})
	}
}

// keyOf has the keys of the profile for fields of the libraries' configurations.
var keyOf = []struct{ field, key string }{
	{"ClientSecret", "client_secret"}, {"ClientID", "client_id"}, {"UserPools[0].ID", "user_pool"}, {"UserPoolID", "user_pool"}, {"ReplicaRegions", "replica_regions"},
	{"Domain", "domain"}, {"Issuer", "issuer"}, {"Scopes", "scopes"}, {"RedirectURL", "port"},
}

// take adds the faults that a library joined, by the keys of the profile.
func (f *faults) take(err error) {
	if err == nil {
		return
	}
	list := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		list = joined.Unwrap()
	}
	for _, err := range list {
		field, reason := "", err.Error()
		if fault, ok := errors.AsType[*cognito.ConfigError](err); ok {
			field = fault.Field
			reason, _, _ = strings.Cut(fault.Reason, "; InsecureAllowPlainHTTP") // no key sets it
		}
		key := field
		for _, k := range keyOf {
			if strings.Contains(field, k.field) {
				key = k.key
				break
			}
		}
		f.add(key, reason)
	}
}

func (f faults) err() error {
	if len(f) == 0 {
		return nil
	}
	slices.SortFunc(f, func(a, b *cognito.ConfigError) int { return strings.Compare(a.Field, b.Field) })
	list := make([]error, len(f))
	for n, e := range f {
		list[n] = e
	}
	return errors.Join(list...)
}
