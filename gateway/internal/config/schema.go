package config

import (
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

// later is the reason for refusing a key of the documents.
const later = "is not in this version"

const aboutSocket = "Who may connect to the Unix socket: the user of the gateway, or its group too. Default owner."

// The keys of the file.
var (
	fileKeys = []yamlfile.Field[File]{
		yamlfile.Object("forward_auth", "ForwardAuth", func(f *File) *Listener { return &f.ForwardAuth }, listenerKeys(
			"Where nginx, ingress-nginx, Traefik, Caddy, HAProxy and Envoy over HTTP ask: HOST:PORT, unix:PATH, or off. Default 127.0.0.1:8080.")).
			About("The listener for proxies."),
		yamlfile.Object("envoy", "Envoy", func(f *File) *Envoy { return &f.Envoy }, envoyKeys).
			About("The listener for Envoy over gRPC."),
		yamlfile.Object("ops", "Ops", func(f *File) *Listener { return &f.Ops }, listenerKeys(
			"Where /healthz, /readyz and /metrics are: HOST:PORT, unix:PATH, or off. Default 127.0.0.1:8081.")).
			About("The listener for monitoring."),
		yamlfile.NonEmptyTexts("trusted_proxies", "TrustedProxies", func(f *File) *[]string { return &f.TrustedProxies }).
			About("Networks and addresses of the proxies that may ask, such as 10.0.0.0/8. Callers on a Unix socket and with a client certificate may always ask. Default: no other."),
		yamlfile.Objects("user_pools", "UserPools", func(f *File) *[]UserPool { return &f.UserPools }, poolKeys).
			About("The user pools whose tokens are accepted."),
		yamlfile.Object("load_balancers", "LoadBalancers", func(f *File) *LoadBalancers { return &f.LoadBalancers }, balancerKeys).
			About("The load balancers whose tokens rules accept with `via: [alb]`."),
		yamlfile.Object("key_sets", "KeySets", func(f *File) *KeySets { return &f.KeySets }, keySetKeys).
			About("When key sets are fetched, and how long they are used."),
		yamlfile.Object("egress", "Egress", func(f *File) *Egress { return &f.Egress }, egressKeys).
			About("How the gateway reaches the addresses of key sets."),
		yamlfile.Objects("rules", "Rules", func(f *File) *[]authz.Rule { return &f.Rules }, ruleKeys).
			About("The rules. The first rule that matches a request decides. A request without a rule is denied."),
		yamlfile.Object("identity", "Identity", func(f *File) *identity.Config { return &f.Identity }, identityKeys).
			About("The headers that describe the caller to the service."),
		yamlfile.Object("introspection", "Introspection", func(f *File) *Introspection { return &f.Introspection }, introspectionKeys).
			About("Who may ask /introspect on forward_auth whether an access token is active (RFC 7662). Default: the address does not exist."),
		yamlfile.Objects("resources", "Resources", func(f *File) *[]resources.Resource { return &f.Resources }, resourceKeys).
			About("Services whose clients find out by themselves how to sign in, such as MCP servers (RFC 9728 and RFC 8414). The gateway serves the documents."),
		yamlfile.Object("rate_limit", "RateLimit", func(f *File) *RateLimit { return &f.RateLimit }, rateLimitKeys).
			About("Bounds of what one client can send."),
		yamlfile.Duration("decision_timeout", "DecisionTimeout", func(f *File) *time.Duration { return &f.DecisionTimeout }).
			About("The time for a decision for Envoy, which waits 200 ms by default. Default 100ms."),
		yamlfile.Duration("forward_auth_timeout", "ForwardAuthTimeout", func(f *File) *time.Duration { return &f.ForwardAuthTimeout }).
			About("The time for a decision for the other proxies. Default 5s."),
		yamlfile.Duration("drain", "Drain", func(f *File) *time.Duration { return &f.Drain }).
			About("How long requests are answered after SIGTERM, while /readyz fails. Default 10s."),
		yamlfile.Object("limits", "Limits", func(f *File) *Limits { return &f.Limits }, limitKeys).
			About("Bounds of each listener."),
		yamlfile.Object("log", "Log", func(f *File) *Log { return &f.Log }, logKeys).
			About("What is logged, and how."),
		yamlfile.Object("traces", "Traces", func(f *File) *tracing.Config { return &f.Traces }, traceKeys).
			About("Spans of decisions for OpenTelemetry. Default: none."),
		yamlfile.Refused[File]("public", later), yamlfile.Refused[File]("admin", later), yamlfile.Refused[File]("sign_in", later),
		yamlfile.Refused[File]("sessions", later), yamlfile.Refused[File]("proxy", later), yamlfile.Refused[File]("events", later),
	}

	envoyKeys = []yamlfile.Field[Envoy]{
		yamlfile.NonEmptyText("listen", "Listen", func(e *Envoy) *string { return &e.Listen }).
			About("Where Envoy asks over gRPC: HOST:PORT, unix:PATH, or off. Default off."),
		yamlfile.Choice("socket", "Socket", func(e *Envoy) *Socket { return &e.Socket }, SocketOwner, SocketGroup).About(aboutSocket),
		yamlfile.Object("tls", "TLS", func(e *Envoy) *tlsfiles.Files { return &e.TLS }, tlsKeys).
			About("Serve TLS. The files are read again when they change."),
		yamlfile.Choice("unavailable", "Unavailable", func(e *Envoy) *Unavailable { return &e.Unavailable }, UnavailableDeny, UnavailableError).
			About("What Envoy gets where a decision could not be made: a denial, or an error that obeys failure_mode_allow. Default deny."),
	}

	tlsKeys = []yamlfile.Field[tlsfiles.Files]{
		yamlfile.NonEmptyText("cert", "Cert", func(f *tlsfiles.Files) *string { return &f.Cert }).
			About("The file of the certificate, as PEM."),
		yamlfile.NonEmptyText("key", "Key", func(f *tlsfiles.Files) *string { return &f.Key }).
			About("The file of its key, as PEM."),
		yamlfile.NonEmptyText("client_ca", "ClientCA", func(f *tlsfiles.Files) *string { return &f.ClientCA }).
			About("The file of authorities, as PEM. Every caller then needs a certificate of one of them."),
	}

	poolKeys = []yamlfile.Field[UserPool]{
		yamlfile.NonEmptyText("id", "ID", func(p *UserPool) *string { return &p.ID }).
			About("The ID, such as us-east-1_AbCdEfGhI."),
		yamlfile.NonEmptyTexts("client_ids", "ClientIDs", func(p *UserPool) *[]string { return &p.ClientIDs }).
			About("The app clients whose tokens are accepted."),
		yamlfile.NonEmptyTexts("audiences", "Audiences", func(p *UserPool) *[]string { return &p.Audiences }).
			About("The resources (RFC 8707) that access tokens may be bound to, beside their own app client."),
		yamlfile.NonEmptyTexts("replica_regions", "ReplicaRegions", func(p *UserPool) *[]string { return &p.ReplicaRegions }).
			About("The Regions that the pool is replicated to."),
		yamlfile.NonEmptyText("issuer", "Issuer", func(p *UserPool) *string { return &p.Issuer }).
			About("The issuer of a local pool, in the place of Amazon's issuers."),
		yamlfile.NonEmptyText("key_set", "KeySet", func(p *UserPool) *string { return &p.KeySet }).
			About("The address of the key set, where it is not below the issuer."),
	}

	balancerKeys = []yamlfile.Field[LoadBalancers]{
		yamlfile.NonEmptyTexts("signers", "Signers", func(b *LoadBalancers) *[]string { return &b.Signers }).
			About("The ARNs of the load balancers."),
		yamlfile.NonEmptyTexts("client_ids", "ClientIDs", func(b *LoadBalancers) *[]string { return &b.ClientIDs }).
			About("The app clients that the load balancers sign people in with."),
		yamlfile.NonEmptyTexts("issuers", "Issuers", func(b *LoadBalancers) *[]string { return &b.Issuers }).
			About("The issuers of the authenticate actions. Default: those of the user pools."),
	}

	keySetKeys = []yamlfile.Field[KeySets]{
		yamlfile.NonZeroDuration("max_age", "MaxAge", func(k *KeySets) *time.Duration { return &k.MaxAge }).
			About("After how long a key set is refreshed, unless its answer says otherwise. Default 1h."),
		yamlfile.NonZeroDuration("cool_down", "CoolDown", func(k *KeySets) *time.Duration { return &k.CoolDown }).
			About("The least time between two fetches that tokens with unknown keys cause. Default 10s."),
		yamlfile.NonZeroDuration("stale", "Stale", func(k *KeySets) *time.Duration { return &k.Stale }).
			About("How long a key set is used that cannot be refreshed. Default 24h."),
		yamlfile.NonEmptyText("directory", "Directory", func(k *KeySets) *string { return &k.Directory }).
			About("A directory for copies of key sets, for a start without a network. Who can write there can make any token valid."),
	}

	egressKeys = []yamlfile.Field[Egress]{
		yamlfile.Secret("proxy", "Proxy", func(e *Egress) *oauth.Secret { return &e.Proxy }).
			About("The URL of a proxy for outgoing requests. It may have a password. Default: the proxy of the environment."),
		yamlfile.NonEmptyText("ca", "CA", func(e *Egress) *string { return &e.CA }).
			About("A file with authorities, as PEM, that are trusted in addition to those of the system."),
	}

	identityKeys = []yamlfile.Field[identity.Config]{
		yamlfile.NonEmptyText("prefix", "Prefix", func(c *identity.Config) *string { return &c.Prefix }).
			About("What the names of the headers begin with. Default X-Auth-."),
		yamlfile.Scalars("headers", "Headers", func(c *identity.Config) *map[string]string { return &c.Headers }).
			About("Further headers, each with the name of a claim: {X-Auth-Tenant: \"custom:tenant\"}."),
		yamlfile.Choice("preset", "Preset", func(c *identity.Config) *identity.Preset { return &c.Preset }, identity.Presets()...).
			About("Further headers with the names of another product."),
		yamlfile.Refused[identity.Config]("jwt", later),
	}

	introspectionKeys = []yamlfile.Field[Introspection]{
		yamlfile.Objects("clients", "Clients", func(i *Introspection) *[]introspect.Client { return &i.Clients }, []yamlfile.Field[introspect.Client]{
			yamlfile.NonEmptyText("id", "ID", func(c *introspect.Client) *string { return &c.ID }).
				About("The name of the service, for HTTP Basic."),
			yamlfile.Secret("secret", "Secret", func(c *introspect.Client) *oauth.Secret { return &c.Secret }).
				About("Its password, of 16 characters or more."),
			yamlfile.NonEmptyTexts("user_pools", "UserPools", func(c *introspect.Client) *[]string { return &c.UserPools }).
				About("The pools about whose tokens it may ask. Default: all."),
		}).About("The services that may ask."),
	}

	rateLimitKeys = []yamlfile.Field[RateLimit]{
		yamlfile.Rate("forged_tokens", "ForgedTokens", func(r *RateLimit) *yamlfile.Frequency { return &r.ForgedTokens }).
			About("How many tokens that no user pool signed one address may send, such as 20/1m. Further ones are answered with rate_limited. Default: no bound."),
	}

	limitKeys = []yamlfile.Field[Limits]{
		yamlfile.Size("header_bytes", "HeaderBytes", func(l *Limits) *int64 { return &l.HeaderBytes }).
			About("The size of the headers of a request. Default 32KiB."),
		yamlfile.Int("connections", "Connections", func(l *Limits, n int) { l.Connections = n }).
			About("The connections that are open at once. Default 10000."),
		yamlfile.Duration("idle", "Idle", func(l *Limits) *time.Duration { return &l.Idle }).
			About("How long a connection may be idle. Default 75s, above the 60 s of a load balancer."),
		yamlfile.Refused[Limits]("body_bytes", later),
	}

	logKeys = []yamlfile.Field[Log]{
		yamlfile.Choice("format", "Format", func(l *Log) *string { return &l.Format }, "json", "text").
			About("The form of the lines on standard error. Default json."),
		yamlfile.Object("decisions", "Decisions", func(l *Log) *Decisions { return &l.Decisions }, []yamlfile.Field[Decisions]{
			yamlfile.Rate("sample", "Sample", func(d *Decisions) *yamlfile.Frequency { return &d.Sample }).
				About("How many decisions are logged at most. Default 100/s."),
		}).About("Which decisions are logged."),
	}
)

func listenerKeys(about string) []yamlfile.Field[Listener] {
	return []yamlfile.Field[Listener]{
		yamlfile.NonEmptyText("listen", "Listen", func(l *Listener) *string { return &l.Listen }).About(about),
		yamlfile.Choice("socket", "Socket", func(l *Listener) *Socket { return &l.Socket }, SocketOwner, SocketGroup).About(aboutSocket),
		yamlfile.Object("tls", "TLS", func(l *Listener) *tlsfiles.Files { return &l.TLS }, tlsKeys).
			About("Serve TLS. The files are read again when they change."),
	}
}
