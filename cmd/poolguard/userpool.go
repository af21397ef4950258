package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/poolguard/poolguard/userpool"
)

func (p *program) userpool() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "userpool",
		Short: "Run a local user pool, for development",
		Long: `Userpool runs a user pool on this machine that speaks as Amazon Cognito does,
so that applications and tests need no AWS account.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			cmd.SetOut(p.stderr)
			return errors.Join(cmd.Help(), &failure{status: statusUsage})
		},
	}
	cmd.AddCommand(p.userpoolServe())
	return cmd
}

// serveFlags are those of userpool serve.
type serveFlags struct{ listen, publicURL, issuer string }

func (p *program) userpoolServe() *cobra.Command {
	var flags serveFlags
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the local user pool",
		Long: `Serve runs a ready user pool with two app clients and two users, in memory:
OAuth endpoints and sign-in page at the root, discovery and key set under the
pool's ID. What there is, and lines to paste, are printed at the start;
sign-ins and refusals are logged on standard error.

It is for development. AWS signatures are not checked, and everybody who
reaches the address can sign in with the passwords that are printed.`,
		Example: `  poolguard userpool serve
  poolguard userpool serve --issuer original
  poolguard userpool serve --listen 0.0.0.0:9229 --public-url http://devbox:9229`,
		Args:              noArguments,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.serveUserpool(cmd.Context(), flags)
		},
	}
	set := cmd.Flags()
	set.SortFlags = false
	set.StringVar(&flags.listen, "listen", "127.0.0.1:9229", "listen on this address")
	set.StringVar(&flags.issuer, "issuer", string(userpool.IssuerLocal),
		"name the pool in tokens: local, by the public URL; original or updated, as AWS does")
	set.StringVar(&flags.publicURL, "public-url", "",
		"tell clients this URL of the pool, where the address it listens on is not the one")
	place(set, "listen", "ADDRESS", "issuer", "FORM", "public-url", "URL")
	completeWith(cmd, "listen")
	completeWith(cmd, "issuer", issuerForms...)
	completeWith(cmd, "public-url")
	return cmd
}

var issuerForms = []string{string(userpool.IssuerLocal), string(userpool.IssuerOriginal), string(userpool.IssuerUpdated)}

func (p *program) serveUserpool(ctx context.Context, flags serveFlags) error {
	if err := flags.check(); err != nil {
		return err
	}
	listener, err := listen(ctx, "listen", flags.listen)
	if err != nil {
		return &failure{statusUsage, err}
	}
	// Closed again by the server; here it is for the ways out before that.
	defer listener.Close()
	pool := userpool.DefaultPool()
	config := userpool.Config{
		PublicURL:  cmp.Or(flags.publicURL, "http://"+listener.Addr().String()),
		Pools:      []userpool.Pool{pool},
		IssuerForm: userpool.IssuerForm(flags.issuer),
		Logger:     slog.New(slog.NewTextHandler(p.stderr, nil)),
	}
	server, err := userpool.New(config) //nolint:contextcheck // it only makes things: nothing to cancel
	if err != nil {
		// The rest of the configuration is ours, and good.
		_, reason, found := strings.Cut(err.Error(), "PublicURL: ")
		if !found {
			reason = err.Error()
		}
		return &failure{statusUsage, errors.New("--public-url " + reason)}
	}
	text := serveText{
		style: newStyle(p.stdout, p.getenv), pool: pool, url: config.PublicURL,
		issuer: config.IssuerForm, command: howToRun(), open: !isLoopbackAddress(listener.Addr()),
	}
	if err := p.write([]byte(text.String())); err != nil {
		return err
	}
	return serve(ctx, listener, server)
}

// check finds what is wrong with the flags, each by its name.
func (f *serveFlags) check() error {
	var found faults
	if !slices.Contains(issuerForms, f.issuer) {
		found.add("--issuer must be one of %s", strings.Join(issuerForms, ", "))
	}
	host, _, err := net.SplitHostPort(f.listen)
	if ip := net.ParseIP(host); err == nil && f.publicURL == "" && (host == "" || ip != nil && ip.IsUnspecified()) {
		found.add("--listen is on every address of this machine: say with --public-url which one clients use")
	}
	return found.err()
}

// listen opens a listener; what goes wrong is told by the flag that can mend it.
func listen(ctx context.Context, flag, address string) (net.Listener, error) {
	if _, _, err := net.SplitHostPort(address); err != nil {
		return nil, fmt.Errorf("--%s must be a host and a port, such as 127.0.0.1:9229", flag)
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("--%s: %s is taken by another program; choose another port, or 0 for any free one", flag, address)
	case err != nil:
		return nil, fmt.Errorf("--%s: %w", flag, err)
	}
	return listener, nil
}

// serve answers requests until ctx ends, which is no error, and gives those under
// way a moment to finish.
func serve(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{
		Handler: handler,
		// Whoever sends a byte now and then must not hold a connection for ever: its
		// forms are small.
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       10 * time.Second,
		IdleTimeout:       time.Minute,
		ErrorLog:          slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return &failure{statusUsage, err}
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		_ = server.Close() // what is left had its time
	}
	return nil
}

// isLoopback reports whether a host of an address is this machine alone, in one of
// the ways that browsers and redirect addresses know it.
func isLoopback(host string) bool {
	return host == "127.0.0.1" || host == "::1" || host == "localhost"
}

func isLoopbackAddress(address net.Addr) bool {
	tcp, ok := address.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

func noArguments(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return errors.New("there is nothing to name beside flags")
	}
	return nil
}
