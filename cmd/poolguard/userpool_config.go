package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/poolguard/poolguard/internal/poolfile"
	"github.com/poolguard/poolguard/internal/poolserve"
	"github.com/poolguard/poolguard/internal/terminal"
	"github.com/poolguard/poolguard/internal/yamlfile"
)

// readPoolFile reads a configuration file. What is wrong with it is written to
// standard error, a line each that editors and scripts can take apart, and the line
// of the file below it; the failure then has no words of its own.
func (p *program) readPoolFile(name string) (*poolfile.File, error) {
	text, err := readAtMost(name, poolfile.MaxBytes+1)
	if err != nil {
		return nil, &failure{statusUsage, fmt.Errorf("--config: %s cannot be read: %w", terminal.Escape(name, true), err)}
	}
	file, err := poolfile.Parse(name, text, yamlfile.Lookup{
		Env: func(name string) (string, bool) {
			value := p.getenv(name)
			return value, value != ""
		},
		File: func(path string) ([]byte, error) {
			if !filepath.IsAbs(path) {
				path = filepath.Join(filepath.Dir(name), path)
			}
			const longestSecret = 64 << 10
			return readAtMost(path, longestSecret)
		},
	})
	var found *yamlfile.Error
	switch {
	case errors.As(err, &found):
		fmt.Fprint(p.stderr, poolserve.Faults(found, terminal.Detect(p.stderr, p.getenv)))
		return nil, &failure{status: statusUsage}
	case err != nil:
		return nil, &failure{statusUsage, err}
	}
	return file, nil
}

// readAtMost reads a file up to a size. Its errors do not name the file.
func readAtMost(name string, most int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, reasonOf(err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, most))
	return text, reasonOf(err)
}
