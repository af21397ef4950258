package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/spf13/pflag"

	"github.com/poolguard/poolguard/cognito"
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
	if f, ok := errors.AsType[*wording.Failure](err); ok {
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

// probe returns the library's fault of one value by itself, "" for none. The fault is
// reported for the flag that it comes from, and the rules stay in one place.
func probe(change func(*cognito.Config)) string {
	config := cognito.Config{UserPools: []cognito.UserPool{{ID: "us-east-1_Probe", ClientIDs: []string{"probe"}}}}
	change(&config)
	_, err := cognito.New(config)
	var fault *cognito.ConfigError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &fault):
		return fault.Reason
	}
	return err.Error()
}

func probePool(id string) string {
	return probe(func(c *cognito.Config) { c.UserPools[0].ID = id })
}

func probeReplicas(id string, regions []string) string {
	return probe(func(c *cognito.Config) { c.UserPools[0].ID, c.UserPools[0].ReplicaRegions = id, regions })
}

func probeClientID(id string) string {
	return probe(func(c *cognito.Config) { c.UserPools[0].ClientIDs = []string{id} })
}

func probeAudience(audience string) string {
	return probe(func(c *cognito.Config) { c.UserPools[0].Audiences = []string{audience} })
}

func probeIssuer(url string) string {
	return probe(func(c *cognito.Config) {
		p := &c.UserPools[0]
		// A pool of another ID than the issuer's would be a fault of the probe.
		p.ID, p.Issuer = cmp.Or(poolOf(url), p.ID), url
	})
}

func probeRequirement(r cognito.Requirement) string {
	return probe(func(c *cognito.Config) { c.Require = []cognito.Requirement{r} })
}
