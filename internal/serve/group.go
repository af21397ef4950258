package serve

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// The limits of a server where [Timeouts] or [Config] has none. A client that sends a
// byte now and then cannot hold a connection for ever.
const (
	DefaultReadTimeout = 10 * time.Second
	DefaultIdleTimeout = time.Minute
	DefaultGrace       = 3 * time.Second
)

// Timeouts bounds how long a connection waits for its client. Of a zero field, the
// default applies.
type Timeouts struct {
	// Read bounds the reading of a request, headers and body. 0 is
	// [DefaultReadTimeout]; a negative one bounds the headers alone, for handlers that
	// read large bodies.
	Read time.Duration
	// Write bounds the answer, from the end of the headers of the request. 0 is no
	// bound: a proxy or a WebSocket has answers of any length.
	Write time.Duration
	// Idle bounds the wait for the next request of a connection. 0 is
	// [DefaultIdleTimeout].
	Idle time.Duration
}

// A Server is one listener with what answers on it.
type Server struct {
	// Name names the server in errors and logs, for example "public".
	Name string
	// Listener is closed by [Group.Run], and by [New] where that fails.
	Listener net.Listener
	// Handler answers the requests.
	Handler http.Handler
	// Protocol answers on the listener instead of HTTP with Handler, such as a gRPC server.
	// Timeouts and MaxHeaderBytes have no effect then.
	Protocol Protocol
	// TLS makes the server speak HTTPS. It decides on HTTP/2 too, by its NextProtos. nil is
	// plain HTTP.
	TLS *tls.Config
	// Timeouts bound the waiting for clients.
	Timeouts Timeouts
	// MaxHeaderBytes bounds the headers of a request. 0 is [http.DefaultMaxHeaderBytes].
	MaxHeaderBytes int
	// MaxConnections bounds the connections that are open at once. Others wait in the queue
	// of the system. 0 is no bound.
	MaxConnections int
}

// A Protocol serves connections. [http.Server] is one.
type Protocol interface {
	// Serve answers on a listener until Shutdown or Close is called. Then it returns
	// [http.ErrServerClosed].
	Serve(l net.Listener) error
	// Shutdown accepts no more connections, and returns when the requests under way have
	// ended, or when ctx ends.
	Shutdown(ctx context.Context) error
	// Close ends all connections.
	Close() error
}

// Config says which servers run together, and how they stop.
type Config struct {
	// Servers run together. At least one is needed.
	Servers []Server

	// Draining is called once when the group begins to stop. A program makes its
	// readiness check fail there, so that load balancers send no more requests. nil is
	// allowed.
	Draining func()
	// Drain is the time between Draining and the closing of the listeners: new requests
	// are still answered, until load balancers know. 0 closes them at once.
	Drain time.Duration
	// Grace is the time that requests under way have after that. Then their connections
	// are closed. 0 is [DefaultGrace].
	Grace time.Duration

	// Logger gets the faults of connections, such as failed TLS handshakes, at the level
	// debug, and a warning where requests did not end in time. nil logs nothing.
	Logger *slog.Logger
}

// A Group runs servers together. Make one with [New].
type Group struct {
	config  Config
	servers []Protocol
}

// New checks the configuration and returns all its faults at once. It does not serve
// yet; clients that connect wait for [Group.Run].
func New(config Config) (*Group, error) {
	if err := config.check(); err != nil {
		for _, s := range config.Servers {
			if s.Listener != nil {
				_ = s.Listener.Close() // nothing was served
			}
		}
		return nil, err
	}
	config.Grace = cmp.Or(config.Grace, DefaultGrace)
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	g := &Group{config: config}
	for _, s := range config.Servers {
		if s.Protocol == nil {
			s.Protocol = newServer(s, config.Logger)
		}
		g.servers = append(g.servers, s.Protocol)
	}
	return g, nil
}

func (c *Config) check() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf("serve: "+format, args...)) }
	if len(c.Servers) == 0 {
		fault("Config.Servers is empty")
	}
	for n, s := range c.Servers {
		if s.Listener == nil {
			fault("Config.Servers[%d].Listener is nil", n)
		}
		if (s.Handler == nil) == (s.Protocol == nil) {
			fault("Config.Servers[%d] has neither Handler nor Protocol, or both", n)
		}
		if s.MaxHeaderBytes < 0 || s.MaxConnections < 0 {
			fault("Config.Servers[%d].MaxHeaderBytes or MaxConnections is negative", n)
		}
		if s.Timeouts.Write < 0 || s.Timeouts.Idle < 0 {
			fault("Config.Servers[%d].Timeouts has a negative field; only Read can be negative", n)
		}
	}
	if c.Drain < 0 {
		fault("Config.Drain is negative")
	}
	if c.Grace < 0 {
		fault("Config.Grace is negative")
	}
	return errors.Join(faults...)
}

func newServer(s Server, log *slog.Logger) *http.Server {
	headers, read := s.Timeouts.Read, s.Timeouts.Read
	switch {
	case read == 0:
		headers, read = DefaultReadTimeout, DefaultReadTimeout
	case read < 0:
		headers, read = DefaultReadTimeout, 0
	}
	idle := cmp.Or(s.Timeouts.Idle, DefaultIdleTimeout)
	return &http.Server{
		Handler:           s.Handler,
		ReadHeaderTimeout: headers,
		ReadTimeout:       read,
		WriteTimeout:      s.Timeouts.Write,
		IdleTimeout:       idle,
		MaxHeaderBytes:    s.MaxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(log.With("server", s.Name).Handler(), slog.LevelDebug),
	}
}
