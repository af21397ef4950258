package poolguard

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/caddyserver/caddy/v2"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/poolguard/poolguard/gateway"
)

// guards are the guards of this process, by the absolute paths of their files. A guard lives
// as long as a configuration of Caddy uses its file. So keys and verified tokens survive a
// reload of Caddy.
var guards = caddy.NewUsagePool()

// A sharedGuard is a guard with what runs beside it.
type sharedGuard struct {
	*gateway.Guard
	stop func() // ends what runs, and waits for it
}

// Destruct implements [caddy.Destructor].
func (s *sharedGuard) Destruct() error {
	s.stop()
	return nil
}

func environment(name string) string {
	return os.Getenv(name) //nolint:forbidigo // Caddy's main is not ours, and its placeholders read the environment, too
}

// newGuard reads a file and starts to fetch keys and to watch the file.
func newGuard(file string) (*sharedGuard, error) {
	guard, err := gateway.NewGuard(gateway.GuardConfig{File: file, Getenv: environment, Logger: slog.New(&logHandler{})})
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); guard.Run(ctx) }()
	return &sharedGuard{guard, func() { cancel(); <-ended }}, nil
}

// A user is a module that uses the guard of a file.
type user struct {
	// The path of the configuration file, in the form that `poolguard gateway` reads.
	// Placeholders such as {env.NAME} are replaced. A relative path is relative to the working
	// directory of Caddy.
	Config string `json:"config,omitempty"`

	guard *sharedGuard
	key   string // of the guard, "" without one
}

// Provision opens the file, or reads it again if a module uses it already. A file with a fault
// is an error, and Caddy keeps its former configuration.
func (u *user) Provision(ctx caddy.Context) error {
	if u.Config == "" {
		return errors.New("config is missing: want the path of a configuration file of poolguard gateway")
	}
	file, err := caddy.NewReplacer().ReplaceOrErr(u.Config, true, true)
	if err != nil {
		return fmt.Errorf("config: %w", err)
	}
	if file, err = filepath.Abs(file); err != nil {
		return fmt.Errorf("config: %w", err)
	}
	value, loaded, err := guards.LoadOrNew(file, func() (caddy.Destructor, error) { return newGuard(file) })
	if err != nil {
		return err
	}
	u.guard, u.key = value.(*sharedGuard), file //nolint:errcheck // the pool has no other values
	if loaded {
		if err := u.guard.Reload(ctx); err != nil {
			return err
		}
	}
	return u.register(ctx)
}

// register adds the metrics of the guard to those of this configuration of Caddy. Several
// modules may use one guard.
func (u *user) register(ctx caddy.Context) error {
	labelled := prometheus.WrapRegistererWith(prometheus.Labels{"config": u.key}, ctx.GetMetricsRegistry())
	err := u.guard.Register(labelled)
	if _, ok := errors.AsType[prometheus.AlreadyRegisteredError](err); ok {
		return nil
	}
	return err
}

// Validate implements [caddy.Validator].
func (u *user) Validate() error {
	if u.guard == nil {
		return errors.New("the configuration file was not read")
	}
	return nil
}

// Cleanup gives the guard back. The last module that does so ends it.
func (u *user) Cleanup() error {
	if u.key == "" {
		return nil
	}
	_, err := guards.Delete(u.key)
	u.key = ""
	return err
}
