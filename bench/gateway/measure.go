package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/poolguard/poolguard/bench/internal/usage"
)

// The names of lanes.
const (
	own        = "gateway" // the process of many lanes
	bareHTTP   = "bare net/http"
	known      = "forward-auth"
	bareCold   = "bare net/http, a token each"
	cold       = "forward-auth, a new token each"
	plainNginx = "nginx"
	withNginx  = "nginx with auth_request"
	bareGRPC   = "bare gRPC"
	extAuthz   = "ext_authz over gRPC"
	plainCaddy = "Caddy"
	withCaddy  = "Caddy with the module"
	peer       = "oauth2-proxy"
)

// A lane is a load on a server, which has its turn in each round.
type lane struct {
	name   string
	server string // the process
	run    func(ctx context.Context) (flow, error)
	rates  []float64 // requests in a second, by round
	costs  []float64 // of the processor of the server for a request, in µs, by round
}

// turn runs a lane once.
func (s *stage) turn(ctx context.Context, l *lane) error {
	if l.name == cold { // without a token that it knows
		if err := s.startGateway(ctx); err != nil {
			return err
		}
	}
	pid := s.processes[l.server].PID()
	before, err := usage.CPUTime(pid)
	if err != nil {
		return err
	}
	f, err := l.run(ctx)
	if err != nil {
		return err
	}
	after, err := usage.CPUTime(pid)
	l.rates = append(l.rates, f.perSecond)
	l.costs = append(l.costs, (after-before).Seconds()*1e6/f.requests)
	return err
}

func (s *stage) addLanes() {
	add := func(name, server string, run func(context.Context) (flow, error)) {
		s.lanes = append(s.lanes, &lane{name: name, server: server, run: run})
	}
	http := func(name, server string, l *load) {
		add(name, server, func(ctx context.Context) (flow, error) { return s.wrk(ctx, l) })
	}
	eachOther := func(address string) *load {
		l := s.forwardAuth(address)
		l.script, l.tokens = newTokens, s.fresh
		return l
	}
	http(bareHTTP, bareHTTP, s.forwardAuth(s.address.bare))
	http(known, own, s.forwardAuth(s.address.forwardAuth))
	bare := eachOther(s.address.bare)
	bare.again = true
	http(bareCold, bareHTTP, bare)
	http(cold, own, eachOther(s.address.forwardAuth))
	if s.leftOut[nginxRatio] == "" {
		http(plainNginx, own, s.throughProxy(s.address.plainNginx))
		http(withNginx, own, s.throughProxy(s.address.nginx))
	}
	if s.leftOut[caddyRatio] == "" {
		http(plainCaddy, plainCaddy, s.throughProxy(s.address.plainCaddy))
		http(withCaddy, withCaddy, s.throughProxy(s.address.caddy))
	}
	question := check(s.bearer())
	add(bareGRPC, bareGRPC, func(ctx context.Context) (flow, error) { return s.envoy(ctx, s.address.bareEnvoy, question) })
	add(extAuthz, own, func(ctx context.Context) (flow, error) { return s.envoy(ctx, s.address.envoy, question) })
	if s.leftOut[peerRatio] == "" {
		http(peer, peer, s.peerLoad())
	}
}

// measure gives each lane its turns.
func (s *stage) measure(ctx context.Context) error {
	if err := s.startGateway(ctx); err != nil {
		return err
	}
	err := s.weigh(&s.memory.idle)
	if err != nil {
		return err
	}
	for round := range s.options.rounds {
		fmt.Fprintf(s.stderr, "round %d of %d\n", round+1, s.options.rounds)
		for _, l := range s.lanes {
			if err := s.turn(ctx, l); err != nil {
				return fmt.Errorf("%s: %w", l.name, err)
			}
		}
	}
	// A load has this many connections, and each waits between its requests.
	const connections = 64
	l := s.forwardAuth(s.address.forwardAuth)
	l.script, l.connect = paced, connections
	l.delay = time.Duration(connections / (s.rate(known) / 2) * float64(time.Second))
	if s.half, err = s.wrk(ctx, l); err != nil {
		return err
	}
	return s.weigh(&s.memory.busy)
}

// weigh reads the memory of the gateway.
func (s *stage) weigh(bytes *int64) (err error) {
	*bytes, err = usage.Resident(s.processes[own].PID())
	return err
}

// rate returns the median rate of a lane, 0 if it is left out.
func (s *stage) rate(name string) float64 {
	for _, l := range s.lanes {
		if l.name == name {
			return median(l.rates)
		}
	}
	return 0
}

// ratio returns the median of the ratios of two lanes, round by round: what else the machine
// does changes from round to round.
func (s *stage) ratio(name, reference string) float64 {
	var ratios, above, below []float64
	for _, l := range s.lanes {
		switch l.name {
		case name:
			above = l.rates
		case reference:
			below = l.rates
		}
	}
	for n := range min(len(above), len(below)) { // none of a lane that is left out
		ratios = append(ratios, above[n]/below[n])
	}
	return median(ratios)
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}
