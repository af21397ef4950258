package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/poolguard/poolguard/gateway"
	"github.com/poolguard/poolguard/internal/poolserve"
	"github.com/poolguard/poolguard/internal/serve"
	"github.com/poolguard/poolguard/internal/terminal"
	"github.com/poolguard/poolguard/internal/yamlfile"
	"github.com/poolguard/poolguard/userpool"
)

func (p *program) gateway() *cobra.Command {
	var config string
	var demo bool
	cmd := &cobra.Command{
		Use:   "gateway",
		Short: "Decide for nginx, Traefik, Caddy, HAProxy and Envoy",
		Long: `Gateway answers proxies: may this request pass? It verifies the token of the
request and applies the rules of a configuration file. Services behind the proxy
get the user's identity in headers. "poolguard gateway example" prints a file to
start from, and "poolguard gateway example --proxy nginx" prints the
configuration of a proxy.

A changed file is used without a restart, the whole file or nothing of it; the
log on standard error says which. SIGHUP has the same effect. After SIGTERM
/readyz fails, and the gateway answers for the time that drain has in the file.

--demo needs no file. It trusts the pool that "poolguard userpool serve" runs on
this machine, and it listens on this machine only.`,
		Example: `  poolguard gateway --config poolguard.yaml
  poolguard gateway --demo`,
		Annotations: map[string]string{runsItself: "true"},
		Args:        cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			return p.runGateway(cmd.Context(), config, demo)
		},
	}
	cmd.Flags().StringVar(&config, "config", "", "read the configuration from this `FILE`")
	cmd.Flags().BoolVar(&demo, "demo", false, "trust the local user pool, and listen on this machine only")
	cmd.AddCommand(p.gatewayCheck(), p.gatewayExplain(), p.gatewayTest(), p.gatewayExample(), p.gatewaySchema(),
		p.gatewayKeygen(), p.gatewayHealth())
	return cmd
}

// demoAddress is where poolguard userpool serve listens unless a flag says otherwise.
const demoAddress = "http://127.0.0.1:9229"

func (p *program) runGateway(ctx context.Context, file string, demo bool) error {
	var config gateway.Config
	switch {
	case demo && file != "":
		return &failure{statusUsage, errors.New("--config and --demo exclude each other")}
	case demo:
		config = p.demoConfig()
	default:
		var err error
		if config, err = p.gatewayConfig(file); err != nil {
			return err
		}
	}
	config.Log = p.stderr
	g, err := gateway.New(config)
	if err != nil {
		return p.gatewayFault(err)
	}
	if demo {
		if err := p.say("The gateway trusts the local user pool at " + demoAddress + ". Ask http://127.0.0.1:8080 as a proxy does, or stop with Ctrl-C."); err != nil {
			return err
		}
	}
	stop := reloadOnHangup(ctx, g)
	defer stop()
	if err := g.Run(ctx); err != nil {
		if errors.Is(err, serve.ErrAddressInUse) {
			err = fmt.Errorf("%w; choose another port", err)
		}
		return &failure{statusUsage, err}
	}
	return nil
}

func (p *program) demoConfig() gateway.Config {
	pool := userpool.DefaultPool()
	var clients []string
	for n := range pool.Clients {
		clients = append(clients, pool.Clients[n].ID)
	}
	issuer := userpool.IssuerLocal.Issuer(demoAddress, pool.ID)
	return gateway.Config{File: "demo", Text: gateway.DemoText(pool.ID, issuer, clients...)}
}

// reloadOnHangup reloads for each SIGHUP until stop is called.
func reloadOnHangup(ctx context.Context, g *gateway.Gateway) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGHUP)
	go func() {
		for {
			select {
			case <-signals:
				_ = g.Reload(ctx) // it logs
			case <-ctx.Done():
				return
			}
		}
	}()
	return func() {
		signal.Stop(signals)
		cancel()
	}
}

// gatewayConfig returns the configuration of --config.
func (p *program) gatewayConfig(file string) (gateway.Config, error) {
	if file == "" {
		return gateway.Config{}, &failure{statusUsage, errors.New("--config is missing: name the configuration file")}
	}
	return gateway.Config{File: file, Getenv: p.getenv}, nil
}

// gatewayFault words the fault of a configuration file. Faults with lines are written to
// standard error, as editors and scripts read them; the failure then has no words.
func (p *program) gatewayFault(err error) error {
	if found, ok := errors.AsType[*yamlfile.Error](err); ok {
		fmt.Fprint(p.stderr, poolserve.Faults(found, terminal.Detect(p.stderr, p.getenv)))
		return &failure{status: statusUsage}
	}
	if e, ok := errors.AsType[*gateway.ReadError](err); ok {
		err = fmt.Errorf("--config: %s cannot be read: %w", terminal.Escape(e.Path, true), e.Cause)
	}
	return &failure{statusUsage, err}
}

func (p *program) gatewayExample() *cobra.Command {
	var proxy gateway.Proxy
	var config string
	cmd := &cobra.Command{
		Use:   "example",
		Short: "Print a configuration file, or that of a proxy",
		Long: `Example prints a configuration file of the gateway with every key. A key that is
not in use is in a comment, with its default. With --proxy it prints the
configuration of a proxy that asks the gateway. Its first line says whether the
tests of Poolguard ran it. With --config it has the identity headers and
addresses of that file. --listen and --service put in your own addresses.`,
		Example: `  poolguard gateway example > poolguard.yaml
  poolguard gateway example --proxy nginx > poolguard.conf
  poolguard gateway example --proxy caddy --listen 127.0.0.1:8000 > Caddyfile`,
		Args:              noArguments,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(*cobra.Command, []string) error {
			switch {
			case proxy.Name == "" && config != "":
				return &failure{statusUsage, errors.New("--config has no effect without --proxy")}
			case proxy.Name == "" && proxy != (gateway.Proxy{}):
				return &failure{statusUsage, errors.New("--listen and --service have no effect without --proxy")}
			case proxy.Name == "":
				return p.write([]byte(gateway.Example()))
			}
			text, err := gateway.ProxyExample(gateway.Config{File: config, Getenv: p.getenv}, proxy)
			if err != nil {
				return p.gatewayFault(err)
			}
			return p.write([]byte(text))
		},
	}
	cmd.Flags().StringVar(&proxy.Name, "proxy", "", "print the configuration of this proxy: "+strings.Join(gateway.Proxies(), ", "))
	cmd.Flags().StringVar(&proxy.Listen, "listen", "", "the address of the proxy for clients (default 0.0.0.0:80)")
	cmd.Flags().StringVar(&proxy.Service, "service", "", "the address of your service (default 127.0.0.1:3000)")
	cmd.Flags().StringVar(&config, "config", "", "take headers and addresses from this file of the gateway")
	place(cmd.Flags(), "proxy", "NAME", "config", "FILE", "listen", "HOST:PORT", "service", "HOST:PORT")
	completeWith(cmd, "proxy", gateway.Proxies()...)
	return cmd
}

func (p *program) gatewaySchema() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of the configuration file",
		Long: `Schema prints the JSON Schema (draft 2020-12) of the configuration file. Editors
use it to complete keys and to show what they mean.`,
		Example:               "  poolguard gateway schema > poolguard.schema.json",
		Args:                  noArguments,
		DisableFlagsInUseLine: true,
		ValidArgsFunction:     cobra.NoFileCompletions,
		RunE: func(*cobra.Command, []string) error {
			text, err := gateway.JSONSchema()
			if err != nil {
				return &failure{statusUsage, err}
			}
			return p.write(text)
		},
	}
}

func (p *program) gatewayCheck() *cobra.Command {
	var config string
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Check a configuration file",
		Long: `Check reads a configuration file and the files that it names, as the gateway
does, and prints every fault with its line and column:

  poolguard.yaml:12:9: rules[2].match.path: "orders/**" does not begin …

Warnings are for what is possible and probably a mistake. Check uses no network.

Exit status:

  0  the file has no fault
  2  it has faults`,
		Example:           "  poolguard gateway check --config poolguard.yaml",
		Args:              noFileArgument,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(*cobra.Command, []string) error {
			c, err := p.gatewayConfig(config)
			if err != nil {
				return err
			}
			summary, err := gateway.Check(c)
			if err != nil {
				return p.gatewayFault(err)
			}
			g := p.page()
			for _, w := range summary.Warnings {
				g.Paragraph(0, g.Doubt("warning:")+" "+g.Escape(w.Key+" "+w.Reason))
			}
			g.Paragraph(0, fmt.Sprintf("%s has no faults: %s, %s", terminal.Unbroken(terminal.Escape(config, true)),
				counted(summary.UserPools, "user pool"), counted(summary.Rules, "rule")))
			return p.show(g)
		},
	}
	cmd.Flags().StringVar(&config, "config", "", "check this `FILE`")
	return cmd
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
