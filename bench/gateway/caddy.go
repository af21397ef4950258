package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/poolguard/poolguard/bench/internal/stack"
)

// caddyfile is a Caddy before the server that decides nothing, with a line of the module or
// without it.
const caddyfile = `{
	admin off
	persist_config off
	log {
		level ERROR
	}
}
http://%s {
	%s
	reverse_proxy %s
}
`

// startCaddy starts Caddy twice: with the module, and without a line of it. Both are the same
// program, and the module reads the file of the gateway.
func (s *stage) startCaddy(ctx context.Context) error {
	program, err := filepath.Abs(s.options.caddy)
	if err != nil {
		return err
	}
	if _, missing := exec.LookPath(program); missing != nil {
		s.leftOut[caddyRatio] = "Caddy with the module is not built"
		return nil //nolint:nilerr // it is left out
	}
	for name, c := range map[string]struct{ address, line string }{
		withCaddy: {s.address.caddy, "poolguard " + s.config}, plainCaddy: {s.address.plainCaddy, ""},
	} {
		file := filepath.Join(s.folder, name+".caddyfile")
		if err := os.WriteFile(file, fmt.Appendf(nil, caddyfile, c.address, c.line, s.address.bare), 0o600); err != nil {
			return err
		}
		process, err := stack.Start(ctx, s.folder, program, "run", "--config", file, "--adapter", "caddyfile")
		if err != nil {
			return err
		}
		s.processes[name] = process
		if err := process.Await(ctx, c.address); err != nil {
			return err
		}
		if _, err := s.ask(ctx, s.throughProxy(c.address)); err != nil {
			return err
		}
	}
	return nil
}
