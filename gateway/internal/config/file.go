package config

import (
	"io/fs"
	"path/filepath"
	"time"

	"github.com/poolguard/poolguard/cognito/oauth"
	"github.com/poolguard/poolguard/gateway/internal/authz"
	"github.com/poolguard/poolguard/gateway/internal/identity"
	"github.com/poolguard/poolguard/gateway/internal/introspect"
	"github.com/poolguard/poolguard/gateway/internal/resources"
	"github.com/poolguard/poolguard/gateway/internal/tracing"
	"github.com/poolguard/poolguard/internal/tlsfiles"
	"github.com/poolguard/poolguard/internal/yamlfile"
)

// A File is the content of a configuration file, with defaults in the place of keys that it
// does not have.
type File struct {
	ForwardAuth Listener
	Envoy       Envoy
	Ops         Listener

	// TrustedProxies are networks and addresses whose requests are answered.
	TrustedProxies []string

	UserPools     []UserPool
	LoadBalancers LoadBalancers
	KeySets       KeySets
	Egress        Egress

	// Introspection are the services that may ask /introspect. With none there is no such
	// address.
	Introspection Introspection

	// Resources are services for which clients find out how to sign in.
	Resources []resources.Resource

	// RateLimit bounds the forged tokens of a client.
	RateLimit RateLimit

	Rules    []authz.Rule
	Identity identity.Config

	// DecisionTimeout bounds a decision for Envoy, ForwardAuthTimeout one for other proxies.
	DecisionTimeout, ForwardAuthTimeout time.Duration
	// Drain is how long requests are served after the process was asked to end.
	Drain  time.Duration
	Limits Limits
	Log    Log
	// Traces says where spans are sent. With no endpoint there are none.
	Traces tracing.Config
}

// Off is the address of a listener that is not opened.
const Off = "off"

// A Listener is where the gateway listens.
type Listener struct {
	// Listen is HOST:PORT, unix:PATH, or [Off].
	Listen string
	// Socket says who may connect to a Unix socket.
	Socket Socket
	TLS    tlsfiles.Files
}

// Socket says who may connect to a Unix socket, beside the administrator.
type Socket string

// The values of Socket. There is none for everyone: who connects is a trusted proxy.
const (
	SocketOwner Socket = "owner" // the user of the gateway, which "" means too
	SocketGroup Socket = "group" // and the group of the gateway
)

// Mode returns the mode of the file.
func (s Socket) Mode() fs.FileMode {
	if s == SocketGroup {
		return 0o660
	}
	return 0o600
}

// Envoy is how Envoy asks.
type Envoy struct {
	Listener
	// Unavailable is what Envoy gets where a decision could not be made.
	Unavailable Unavailable
}

// Unavailable is what Envoy gets where a decision could not be made.
type Unavailable string

// The values of Unavailable.
const (
	// UnavailableDeny is a denial, which Envoy's failure_mode_allow does not change.
	UnavailableDeny Unavailable = "deny"
	// UnavailableError is an error of the check, which obeys failure_mode_allow.
	UnavailableError Unavailable = "error"
)

// A UserPool is a user pool whose tokens are accepted.
type UserPool struct {
	ID             string
	ClientIDs      []string
	Audiences      []string
	ReplicaRegions []string
	Issuer         string // "" are Amazon's
	KeySet         string // "" are the addresses of the issuers
}

// LoadBalancers are the load balancers whose tokens are accepted.
type LoadBalancers struct {
	Signers   []string // ARNs
	ClientIDs []string
	Issuers   []string // nil are those of the user pools
}

// Introspection says who may ask about tokens (RFC 7662).
type Introspection struct{ Clients []introspect.Client }

// RateLimit bounds what one client can send.
type RateLimit struct {
	// ForgedTokens bounds tokens that no trusted issuer signed. The zero value is no bound.
	ForgedTokens yamlfile.Frequency
}

// KeySets says when key sets are fetched, and how long they are used.
type KeySets struct {
	MaxAge, CoolDown, Stale time.Duration
	// Directory is for copies of key sets. "" stores none.
	Directory string
}

// Egress is how the gateway reaches the addresses of key sets.
type Egress struct {
	Proxy oauth.Secret // a URL, which may have a password; "" is that of the environment
	CA    string       // a file with further authorities
}

// Limits bound what clients can use of the process.
type Limits struct {
	HeaderBytes int64
	Connections int
	Idle        time.Duration
}

// Log says what is logged, and how.
type Log struct {
	Format    string // json or text
	Decisions Decisions
}

// Decisions says which decisions are logged.
type Decisions struct {
	// Sample is how many are logged at most. Further ones are counted.
	Sample yamlfile.Frequency
}

// Defaults returns what an empty file means. It trusts no user pool and allows nothing.
func Defaults() File {
	return File{
		ForwardAuth:        Listener{Listen: "127.0.0.1:8080"},
		Envoy:              Envoy{Listener: Listener{Listen: Off}, Unavailable: UnavailableDeny},
		Ops:                Listener{Listen: "127.0.0.1:8081"},
		DecisionTimeout:    100 * time.Millisecond,
		ForwardAuthTimeout: 5 * time.Second,
		Drain:              10 * time.Second,
		Limits:             Limits{HeaderBytes: 32 << 10, Connections: 10_000, Idle: 75 * time.Second},
		Traces:             tracing.Config{OTLP: tracing.OTLP{Protocol: tracing.HTTP}, Percent: 100},
		Log:                Log{Format: "json", Decisions: Decisions{Sample: yamlfile.Frequency{Count: 100, Per: time.Second}}},
	}
}

// DropListeners makes f the file of a process that has no listeners: the keys that describe
// listeners and the process have their defaults, whatever the file says.
func (f *File) DropListeners() {
	none := Listener{Listen: Off}
	f.ForwardAuth, f.Envoy.Listener, f.Ops = none, none, none
	base := Defaults()
	f.Limits, f.Drain, f.Log.Format = base.Limits, base.Drain, base.Log.Format
}

// resolve makes the paths of the file absolute: they are relative to its folder.
func (f *File) resolve(dir string) {
	for _, path := range []*string{
		&f.ForwardAuth.TLS.Cert, &f.ForwardAuth.TLS.Key, &f.ForwardAuth.TLS.ClientCA,
		&f.Envoy.TLS.Cert, &f.Envoy.TLS.Key, &f.Envoy.TLS.ClientCA,
		&f.Ops.TLS.Cert, &f.Ops.TLS.Key, &f.Ops.TLS.ClientCA,
		&f.Egress.CA, &f.KeySets.Directory,
	} {
		if *path != "" && !filepath.IsAbs(*path) {
			*path = filepath.Join(dir, *path)
		}
	}
}
