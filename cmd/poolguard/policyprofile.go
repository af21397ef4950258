package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/poolguard/poolguard/internal/poolserve"
	"github.com/poolguard/poolguard/internal/terminalauth/login"
	"github.com/poolguard/poolguard/internal/terminalauth/profile"
	"github.com/poolguard/poolguard/internal/tokencheck"
)

// fill sets the flags that were left out: by --profile, by --local, or, for a verdict without
// --pool, by the one profile that there is. Then it says so on standard error.
func (f *policyFlags) fill(p *program, cmd *cobra.Command, verdict bool) error {
	set := cmd.Flags()
	use := ""
	if verdict {
		use = "access" // that of poolguard token
	}
	switch {
	case f.local && set.Changed("profile"):
		return errors.New("--local and --profile exclude each other: give one of them")
	case f.local:
		local := login.LocalProfile(false, poolserve.DefaultURL)
		f.Complete(defaultsOf(&local, login.LocalClients(), use))
		return nil
	case set.Changed("profile"):
		if strings.TrimSpace(f.profile) == "" {
			return nil // a fault of its own
		}
		c, err := p.existing(&f.profileFlags)
		if err == nil {
			f.Complete(defaultsOf(&c.Profile, []string{c.Profile.ClientID}, use))
		}
		return err
	case !verdict || set.Changed("pool"):
		return nil
	}
	if _, err := p.configPath(&f.profileFlags); err != nil {
		return nil //nolint:nilerr // no folder for profiles, so there are none
	}
	c, err := p.choose(&f.profileFlags, "")
	if err == nil && c.Named && !c.Exists {
		_, err = p.existing(&f.profileFlags)
	}
	if err != nil || !c.Exists || !c.Named && len(c.File.Profiles) > 1 {
		return err
	}
	flags := f.Complete(defaultsOf(&c.Profile, []string{c.Profile.ClientID}, use))
	p.notice(cmd.CommandPath(), fmt.Sprintf("no --pool was given, so the profile %s is used: %s", c.Name, strings.Join(flags, " ")))
	return nil
}

// defaultsOf are the defaults of a profile, for its app clients.
func defaultsOf(from *profile.Profile, clients []string, use string) tokencheck.Defaults {
	return tokencheck.Defaults{Pool: from.UserPoolID, Issuer: from.Issuer, Replicas: from.Replicas, ClientIDs: clients, TokenUse: use}
}
