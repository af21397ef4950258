package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/pflag"

	"github.com/poolguard/poolguard/internal/terminalauth/wording"
)

// faults collects the faults of a command line, to report all of them at once.
type faults []error

func (f *faults) add(format string, args ...any) { *f = append(*f, fmt.Errorf(format, args...)) }

// err returns all faults, a line each, or nil.
func (f faults) err() error {
	if len(f) == 0 {
		return nil
	}
	return &failure{statusUsage, errors.Join(f...)}
}

// failed is the failure of a command that signs in.
func failed(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	status := statusUsage
	if f, ok := errors.AsType[*wording.Error](err); ok {
		switch f.Kind {
		case wording.Refused:
			status = statusRejected
		case wording.Unavailable:
			status = statusUnavailable
		case wording.Local:
		}
	}
	return &failure{status, err}
}

// given has the text of each flag that was given.
func given(flags *pflag.FlagSet) map[string]string {
	texts := map[string]string{}
	flags.Visit(func(f *pflag.Flag) { texts[f.Name] = f.Value.String() })
	return texts
}
