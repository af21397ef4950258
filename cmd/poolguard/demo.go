package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/spf13/cobra"

	"github.com/poolguard/poolguard/internal/demo"
	"github.com/poolguard/poolguard/internal/serve"
	"github.com/poolguard/poolguard/internal/terminal"
)

// Where the demo listens, unless told otherwise.
const (
	demoPoolAddress = "127.0.0.1:9229"
	demoAPIAddress  = "127.0.0.1:9230"
	anyFreePort     = "127.0.0.1:0"
)

func (p *program) demo() *cobra.Command {
	var once bool
	var poolAddress, apiAddress string
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Show sign-in and verification on this machine",
		Long: `Demo starts a local user pool and a small API, both for this machine only. It
signs a user in through the real endpoints of the pool, verifies the tokens, and
calls the API with a good token, an expired one, one for another app client and
a forged one. Then it keeps serving and prints what to try next.

Exit status:

  0  every step had the expected result
  1  a step had not
  2  the command line is wrong or an address is in use`,
		Example: `  poolguard demo
  poolguard demo --once
  poolguard demo --listen-pool 127.0.0.1:19229 --listen-api 127.0.0.1:19230`,
		Args:              noArguments,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			// The servers end in a second, so no client needs to know their address.
			for flag, address := range map[string]*string{"listen-pool": &poolAddress, "listen-api": &apiAddress} {
				if once && !cmd.Flags().Changed(flag) {
					*address = anyFreePort
				}
			}
			return p.runDemo(cmd.Context(), once, poolAddress, apiAddress)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.BoolVar(&once, "once", false, "end after the last step, for scripts; both servers use any free port")
	flags.StringVar(&poolAddress, "listen-pool", demoPoolAddress, "run the local user pool on this address of this machine")
	flags.StringVar(&apiAddress, "listen-api", demoAPIAddress, "run the API on this address of this machine")
	place(flags, "listen-pool", "ADDRESS", "listen-api", "ADDRESS")
	completeWith(cmd, "listen-pool")
	completeWith(cmd, "listen-api")
	return cmd
}

func (p *program) runDemo(ctx context.Context, once bool, poolAddress, apiAddress string) error {
	pool, poolErr := listenAs(ctx, "listen-pool", poolAddress, demo.CheckPoolAddress)
	api, apiErr := listenAs(ctx, "listen-api", apiAddress, demo.CheckAPIAddress)
	if err := errors.Join(poolErr, apiErr); err != nil {
		for _, l := range []net.Listener{pool, api} {
			if l != nil {
				_ = l.Close() // nothing was served
			}
		}
		if errors.Is(err, serve.ErrAddressInUse) {
			err = fmt.Errorf("%w\nwith make: make demo ARGS='--listen-pool %s --listen-api %s'", err, anyFreePort, anyFreePort)
		}
		return &failure{statusUsage, err}
	}
	err := demo.Run(ctx, demo.Config{
		Pool:    pool,
		API:     api,
		Once:    once,
		Out:     losable{p.stdout},
		Style:   terminal.Detect(p.stdout, p.getenv),
		Command: howToRun(),
	})
	switch {
	case err == nil || ctx.Err() != nil:
		return err
	case errors.As(err, new(*demo.WalkError)):
		return &failure{statusRejected, err}
	}
	return &failure{statusUsage, err}
}

// losable is standard output for those who do not know of outputError.
type losable struct{ out io.Writer }

func (l losable) Write(b []byte) (int, error) {
	n, err := l.out.Write(b)
	if err != nil {
		err = &outputError{err}
	}
	return n, err
}

// listenAs listens on an address that check accepts. An error names the flag.
func listenAs(ctx context.Context, flag, where string, check func(string) error) (net.Listener, error) {
	if err := check(where); err != nil {
		return nil, fmt.Errorf("--%s %w", flag, err)
	}
	return listen(ctx, flag, where)
}
