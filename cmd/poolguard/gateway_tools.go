package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/poolguard/poolguard/gateway"
	"github.com/poolguard/poolguard/internal/terminal"
)

func (p *program) gatewayTest() *cobra.Command {
	var config, cases string
	cmd := &cobra.Command{
		Use:   "test",
		Short: "Test the rules of a configuration file",
		Long: `Test decides about the requests of a file of cases by the rules of a
configuration file, and compares the decisions with those that the cases expect.
It signs the tokens of the cases itself and uses no network, so it can run with
every change of the rules:

  cases:
    - name: reader
      request: {method: GET, url: "https://api.example.com/orders/7"}
      token: {scopes: [orders/read]}
      expect: {allowed: true, rule: read orders}

Exit status:

  0  every decision is as expected
  1  some are not
  2  the command line or a file is wrong`,
		Example:           "  poolguard gateway test --config poolguard.yaml --cases cases.yaml",
		Args:              noArguments,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.testRules(cmd.Context(), config, cases)
		},
	}
	cmd.Flags().StringVar(&config, "config", "", "test the rules of this `FILE`")
	cmd.Flags().StringVar(&cases, "cases", "", "read the cases from this `FILE`")
	return cmd
}

func (p *program) testRules(ctx context.Context, config, cases string) error {
	c, err := p.gatewayConfig(config)
	if err != nil {
		return err
	}
	if cases == "" {
		return &failure{statusUsage, errors.New("--cases is missing: name the file of cases")}
	}
	const most = 1<<20 + 1
	text, err := readAtMost(cases, most)
	if err != nil {
		return &failure{statusUsage, fmt.Errorf("--cases: %s cannot be read: %w", terminal.Escape(cases, true), err)}
	}
	results, err := gateway.Test(ctx, c, cases, text)
	if err != nil {
		return p.gatewayFault(err)
	}
	g, failed := p.page(), 0
	for _, r := range results {
		if len(r.Differences) == 0 {
			continue
		}
		failed++
		g.Line(g.Bad("FAIL") + " " + g.Escape(r.Name))
		for _, d := range r.Differences {
			g.Line("     " + g.Escape(d))
		}
	}
	g.Line(fmt.Sprintf("%s, %d failed", counted(len(results), "case"), failed))
	if err := p.show(g); err != nil {
		return err
	}
	if failed > 0 {
		return &failure{status: statusRejected}
	}
	return nil
}

func (p *program) gatewayKeygen() *cobra.Command {
	var out string
	kinds := gateway.KeyKinds()
	cmd := &cobra.Command{
		Use:   "keygen [flags] " + strings.Join(kinds, "|"),
		Short: "Make a key or a token",
		Long: `Keygen makes a secret and prints it, or writes it to a file that only its owner
can read. It never overwrites a file.

  session  a key for sessions: pgk1_ and 32 random bytes in base64url
  jwt      a P-256 key for signed identity headers, PKCS #8 in PEM
  token    32 random bytes in base64url, for the administration and for events

This version of the gateway uses none of them: sessions, signed headers and the
administration are in a later one.`,
		Example:   "  poolguard gateway keygen session -o session.key",
		ValidArgs: kinds,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return &failure{statusUsage, fmt.Errorf("one kind of key must be given: %s", strings.Join(kinds, ", "))}
			}
			return p.makeKey(args[0], out)
		},
	}
	cmd.Flags().StringVarP(&out, "output", "o", "", "write to this `FILE`, which must not exist")
	return cmd
}

func (p *program) makeKey(kind, out string) error {
	secret, err := gateway.NewKey(kind)
	if err != nil {
		return &failure{statusUsage, err}
	}
	if out == "" {
		return p.write(secret)
	}
	f, err := os.OpenFile(out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return &failure{statusUsage, fmt.Errorf("--output: %s: %w", terminal.Escape(out, true), reasonOf(err))}
	}
	_, err = f.Write(secret)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return &failure{statusUsage, fmt.Errorf("--output: %s: %w", terminal.Escape(out, true), reasonOf(err))}
	}
	return nil
}

func (p *program) gatewayHealth() *cobra.Command {
	var url string
	cmd := &cobra.Command{
		Use:   "health",
		Short: "Ask a running gateway whether it is ready",
		Long: `Health asks /readyz of a running gateway, for health checks in images without
curl.

Exit status:

  0  the gateway is ready
  1  it is not, or it does not answer
  2  the command line is wrong`,
		Example:           "  poolguard gateway health --url http://127.0.0.1:8081/readyz",
		Args:              noArguments,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              func(cmd *cobra.Command, _ []string) error { return p.askHealth(cmd.Context(), url) },
	}
	cmd.Flags().StringVar(&url, "url", "http://127.0.0.1:8081/readyz", "ask this address")
	place(cmd.Flags(), "url", "URL")
	completeWith(cmd, "url")
	return cmd
}

const healthTime = 3 * time.Second

func (p *program) askHealth(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, healthTime)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil || request.URL.Host == "" {
		return &failure{statusUsage, errors.New("--url must be a URL such as http://127.0.0.1:8081/readyz")}
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // without the proxy of the environment
	response, err := client.Do(request)
	if err != nil {
		return &failure{statusRejected, fmt.Errorf("the gateway does not answer: %w", errors.Unwrap(err))}
	}
	defer response.Body.Close()
	const most = 200
	text, err := io.ReadAll(io.LimitReader(response.Body, most))
	if err != nil || response.StatusCode != http.StatusOK {
		return &failure{statusRejected, fmt.Errorf("the gateway is not ready: %d %s", response.StatusCode, terminal.Escape(strings.TrimSpace(string(text)), true))}
	}
	return p.say("ready")
}
