package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/gateway"
	"github.com/poolguard/poolguard/internal/terminal"
)

// explainFlags are those of gateway explain.
type explainFlags struct {
	config, method, url, token string
	headers                    []string
}

func (p *program) gatewayExplain() *cobra.Command {
	var flags explainFlags
	cmd := &cobra.Command{
		Use:   "explain",
		Short: "Explain the decision about a request",
		Long: `Explain decides about a request as the gateway does with this file, and shows
which rule decides, each check, and what the proxy would get. It fetches the
keys of the user pool of the token. It names what the configuration expects, so
its output is for the operator.

Exit status:

  0  the request passes
  1  it is denied
  2  the command line or the configuration is wrong
  3  it could not be found out`,
		Example: `  poolguard gateway explain --config poolguard.yaml \
      --url https://api.example.com/orders/7 --token - < token.txt`,
		Args:              noArguments,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.explainDecision(cmd.Context(), &flags)
		},
	}
	set := cmd.Flags()
	set.SortFlags = false
	set.StringVar(&flags.config, "config", "", "decide by this file")
	set.StringVar(&flags.method, "method", http.MethodGet, "the method of the request")
	set.StringVar(&flags.url, "url", "", "the URL of the request, with its path exactly as the client sends it")
	set.StringVar(&flags.token, "token", "", "the bearer token, or - to read it from standard input")
	set.StringArrayVar(&flags.headers, "header", nil, "another header, as NAME: VALUE (repeatable)")
	place(set, "config", "FILE", "method", "METHOD", "url", "URL", "token", "TOKEN", "header", "HEADER")
	completeWith(cmd, "method", http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions)
	completeWith(cmd, "url")
	completeWith(cmd, "token")
	completeWith(cmd, "header")
	return cmd
}

func (p *program) explainDecision(ctx context.Context, flags *explainFlags) error {
	config, err := p.gatewayConfig(flags.config)
	if err != nil {
		return err
	}
	header, err := p.explainHeader(ctx, flags)
	if err != nil {
		return &failure{statusUsage, err}
	}
	e, err := gateway.Explain(ctx, config, gateway.Question{Method: flags.method, URL: flags.url, Header: header})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return p.gatewayFault(err)
	}
	if err := p.show(p.explanation(e)); err != nil {
		return err
	}
	switch {
	case e.Allowed:
		return nil
	case e.Status == http.StatusServiceUnavailable:
		return &failure{status: statusUnavailable}
	}
	return &failure{status: statusRejected}
}

// explainHeader returns the headers of the request.
func (p *program) explainHeader(ctx context.Context, flags *explainFlags) (http.Header, error) {
	if flags.url == "" {
		return nil, errors.New("--url is missing: give the URL of the request")
	}
	header := http.Header{}
	for _, text := range flags.headers {
		name, value, found := strings.Cut(text, ":")
		if !found || strings.TrimSpace(name) != name || name == "" {
			return nil, errors.New("--header must be NAME: VALUE")
		}
		header.Add(name, strings.TrimSpace(value))
	}
	token := flags.token
	if token == "-" {
		l, err := p.oneToken(ctx, token)
		if err != nil {
			return nil, err
		}
		token = l.Text
	}
	if token != "" {
		header.Add("Authorization", "Bearer "+token)
	}
	return header, nil
}

// explanation lays an explanation out.
func (p *program) explanation(e *gateway.Explanation) *terminal.Page {
	g := p.page()
	verdict := g.Bad("denied")
	switch {
	case e.ReportOnly:
		verdict = g.Doubt("passes, but only because the rule has report_only")
	case e.Allowed:
		verdict = g.Good("passes")
	}
	g.Entry(0, explainColumn, "request", verdict, terminal.Plain)
	rule := "no rule matches"
	if e.Rule != "" {
		rule = g.Escape(e.Rule)
	}
	g.Entry(0, explainColumn, "rule", rule, terminal.Plain)
	if e.Code != "" {
		g.Entry(0, explainColumn, "code", string(e.Code), terminal.Plain)
	}
	g.Heading("Checks")
	signs := map[cognito.Status]string{cognito.Passed: g.Good(g.Sign("✓", "+")), cognito.Failed: g.Bad(g.Sign("✗", "x"))}
	for _, c := range e.Checks {
		sign := signs[c.Status]
		if sign == "" {
			sign = " "
		}
		text := c.Detail
		if c.Code != "" {
			text = strings.TrimSpace(string(c.Code) + ": " + text)
		}
		g.Entry(2, explainColumn, sign+" "+c.Name, g.Escape(text), terminal.Plain)
	}
	g.Heading("What the proxy gets")
	g.Line(fmt.Sprintf("  status %d", e.Status))
	for _, name := range slices.Sorted(maps.Keys(e.Header)) {
		g.Line("  " + name + ": " + g.Escape(e.Header.Get(name)))
	}
	return g
}

// explainColumn is where the texts of an explanation begin.
const explainColumn = 20
