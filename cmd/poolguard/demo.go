package main

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/poolguard/poolguard/internal/address"
	"github.com/poolguard/poolguard/internal/demo"
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
	pool, poolErr := listenHere(ctx, "listen-pool", poolAddress)
	api, apiErr := listenForCallback(ctx, "listen-api", apiAddress)
	if err := errors.Join(poolErr, apiErr); err != nil {
		for _, l := range []net.Listener{pool, api} {
			if l != nil {
				_ = l.Close() // nothing was served
			}
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

// listenHere listens on a loopback address, because the demo is for this machine only.
func listenHere(ctx context.Context, flag, where string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(where)
	if err == nil && !address.IsLoopbackHost(host) {
		return nil, errors.New("--" + flag + " must be on 127.0.0.1, [::1] or localhost: the demo is for this machine only")
	}
	return listen(ctx, flag, where)
}

// listenForCallback is listenHere for the host of a callback URL. Of plain http, Cognito
// accepts three names only.
func listenForCallback(ctx context.Context, flag, where string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(where)
	ip := net.ParseIP(host)
	if err == nil && ip != nil && !ip.Equal(net.IPv4(127, 0, 0, 1)) && !ip.Equal(net.IPv6loopback) {
		return nil, errors.New("--" + flag + " must be on 127.0.0.1, [::1] or localhost: Cognito allows no other callback URL with plain http")
	}
	return listenHere(ctx, flag, where)
}

// howToRun is how a shell that has the demo's directory calls this program.
func howToRun() string {
	const name = "poolguard"
	own, err := os.Executable()
	if err != nil {
		return name
	}
	if ofGoRun(own) {
		return "go run ./cmd/" + name
	}
	if found, err := exec.LookPath(name); err == nil && sameFile(found, own) {
		return name
	}
	if !plainPath.MatchString(own) {
		return name
	}
	return own
}

// plainPath needs no quotes in a shell. Windows has backslashes in paths, which a POSIX
// shell would take for quotes.
var plainPath = regexp.MustCompile(`^[\pL\pN/._@%+:-]+$`)

// cachedProgram is where `go run` keeps what it built: in the build cache, whatever
// that is called, under the hash of its content.
var cachedProgram = regexp.MustCompile(`/[0-9a-f]{2}/[0-9a-f]{32,}-d/[^/]+$`)

// ofGoRun reports whether `go run` built the program: into a directory that is gone
// when it ends, or into the build cache, where nobody should call it.
func ofGoRun(own string) bool {
	own = filepath.ToSlash(own)
	return strings.Contains(own, "/go-build") || cachedProgram.MatchString(own)
}

func sameFile(a, b string) bool {
	first, err := os.Stat(a)
	if err != nil {
		return false
	}
	second, err := os.Stat(b)
	return err == nil && os.SameFile(first, second)
}
