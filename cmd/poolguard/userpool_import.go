package main

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/poolguard/poolguard/internal/terminal"
	"github.com/poolguard/poolguard/userpool"
)

// maxImport is more than userpool takes, so that it is the one who says so.
const maxImport = 17 << 20

// importPools reads the files that --import names; "-" is standard input.
func (p *program) importPools(paths []string) (*userpool.Descriptions, error) {
	if len(paths) == 0 {
		return nil, nil //nolint:nilnil // no flag, nothing to import
	}
	var sources []userpool.NamedReader
	var faults []error
	for _, path := range paths {
		if path == "-" {
			sources = append(sources, userpool.NamedReader{Name: "standard input", Reader: p.stdin})
			continue
		}
		text, err := readAtMost(path, maxImport)
		if err != nil {
			faults = append(faults, fmt.Errorf("--import: %s cannot be read: %w", terminal.Escape(path, true), err))
			continue
		}
		sources = append(sources, userpool.NamedReader{Name: path, Reader: bytes.NewReader(text)})
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	found, err := userpool.ReadDescriptions(sources...)
	if err != nil {
		return nil, fmt.Errorf("--import: %w", err)
	}
	return found, nil
}

// shown are the pools that the start text tells of: those of the configuration with
// what was imported, then those that were only imported.
func shown(configured []userpool.Pool, imported *userpool.Descriptions) []userpool.Pool {
	if imported == nil {
		return configured
	}
	pools := slices.Clone(configured)
	for _, described := range imported.Pools() {
		i := slices.IndexFunc(pools, func(p userpool.Pool) bool { return p.ID == described.ID })
		if i < 0 {
			pools = append(pools, described)
			continue
		}
		// Its own clients first: secrets are told by their number.
		pools[i].Clients = slices.Concat(pools[i].Clients, described.Clients)
	}
	return pools
}
