package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/poolguard/poolguard/bench/internal/chart"
)

// The names of results. Scripts read them: add, do not change.
const (
	forwardRatio = "forward-auth/bare net/http"
	coldRatio    = "cold forward-auth/bare"
	nginxRatio   = "nginx with/without auth_request"
	envoyRatio   = "extauthz/bare gRPC"
	caddyRatio   = "caddy module/bare caddy"
	peerRatio    = "ours/oauth2-proxy"
)

// print writes the rates, and last the lines for scripts.
func (s *stage) print(w io.Writer) {
	fmt.Fprintf(w, "%d rounds, turns of %v, %d connections, %d cores, Go %s; medians\n",
		s.options.rounds, s.options.turn, s.options.connections, runtime.NumCPU(), strings.TrimPrefix(runtime.Version(), "go"))
	fmt.Fprint(w, "The client and all servers share the cores. A bare server gives the same answer and decides nothing.\n"+
		"µs: of a core that the process of the server uses for a request. For nginx it is that of the gateway.\n\n")
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(table, "requests/s\tµs\t\n")
	for _, l := range s.lanes {
		fmt.Fprintf(table, "%.0f\t%.1f\t  %s\n", median(l.rates), median(l.costs), l.name)
	}
	_ = table.Flush() // as with every other line
	fmt.Fprintln(w)
	for _, r := range []struct{ name, own, reference string }{
		{forwardRatio, known, bareHTTP},
		{coldRatio, cold, bareCold},
		{nginxRatio, withNginx, plainNginx},
		{envoyRatio, extAuthz, bareGRPC},
		{caddyRatio, withCaddy, plainCaddy},
		{peerRatio, known, peer},
	} {
		value := fmt.Sprintf("%.2f", s.ratio(r.own, r.reference))
		if reason := s.leftOut[r.name]; reason != "" {
			value = "skipped: " + reason
		}
		fmt.Fprintf(w, "%s: %s\n", r.name, value)
	}
	fmt.Fprintf(w, "requests/s at half load: %.0f\n", s.half.perSecond)
	fmt.Fprintf(w, "p50 at half load: %s\n", milliseconds(s.half.p50))
	fmt.Fprintf(w, "p99 at half load: %s\n", milliseconds(s.half.p99))
	fmt.Fprintf(w, "resident memory idle: %s\n", megabytes(s.memory.idle))
	fmt.Fprintf(w, "resident memory under load: %s\n", megabytes(s.memory.busy))
}

func milliseconds(d time.Duration) string { return fmt.Sprintf("%.2f ms", d.Seconds()*1000) }

func megabytes(n int64) string {
	if n == 0 {
		return "unknown on this system"
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}

// draw writes the chart.
func (s *stage) draw(path string) error {
	bars := func(names ...string) (bars []chart.Bar) {
		for _, name := range names {
			if rate := s.rate(name); rate > 0 {
				reference := name == bareHTTP || name == bareGRPC || name == plainNginx || name == plainCaddy
				bars = append(bars, chart.Bar{
					Name: name, Value: rate, Label: fmt.Sprintf("%.1f k/s", rate/1000), Own: !reference && name != peer, Reference: reference,
				})
			}
		}
		return bars
	}
	drawn := chart.Chart{
		Title:   "Decisions in a second, with the client on the same cores: more is better",
		Caption: "make bench-gateway",
		Groups: []chart.Group{
			{Heading: "Forward auth", Bars: bars(bareHTTP, known, cold, peer)},
			{Heading: "Requests through nginx", Bars: bars(plainNginx, withNginx)},
			{Heading: "Requests through Caddy", Bars: bars(plainCaddy, withCaddy)},
			{Heading: "Envoy", Bars: bars(bareGRPC, extAuthz)},
		},
	}
	return os.WriteFile(path, []byte(drawn.SVG()), 0o644) //nolint:gosec // G306: a picture of the documentation, for all to read
}
