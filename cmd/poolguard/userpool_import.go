package main

import (
	"bytes"
	"errors"
	"fmt"

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
