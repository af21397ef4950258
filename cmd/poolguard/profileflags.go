package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/spf13/cobra"

	"github.com/poolguard/poolguard/cognito/oauth"
	"github.com/poolguard/poolguard/internal/terminal"
	"github.com/poolguard/poolguard/internal/terminalauth/account"
	"github.com/poolguard/poolguard/internal/terminalauth/login"
	"github.com/poolguard/poolguard/internal/terminalauth/profile"
	"github.com/poolguard/poolguard/internal/terminalauth/selection"
	"github.com/poolguard/poolguard/internal/terminalauth/tokenstore"
	"github.com/poolguard/poolguard/internal/terminalauth/wording"
	"github.com/poolguard/poolguard/internal/tokencheck"
	"github.com/poolguard/poolguard/internal/yamlfile"
)

// profileFlags are those by which a command finds its profile.
type profileFlags struct{ profile, config string }

func (f *profileFlags) define(p *program, cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.profile, "profile", "", "use this profile (default $POOLGUARD_PROFILE)")
	flags.StringVar(&f.config, "config", "", "read the profiles from this file (default $POOLGUARD_CONFIG)")
	place(flags, "profile", "NAME", "config", "FILE")
	_ = cmd.RegisterFlagCompletionFunc("profile", func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return p.profileNames(f), cobra.ShellCompDirectiveNoFileComp
	})
}

// profileNames are those of the file, none where it cannot be read.
func (p *program) profileNames(f *profileFlags) []string {
	path, err := p.configPath(f)
	if err != nil {
		return nil
	}
	file, err := profile.Load(path)
	if err != nil {
		return nil
	}
	return slices.Sorted(maps.Keys(file.Profiles))
}

func (p *program) configPath(f *profileFlags) (string, error) {
	if path := cmp.Or(f.config, p.getenv("POOLGUARD_CONFIG")); path != "" {
		return path, nil
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", errors.New("the folder for configuration files is not known: give the file of the profiles with --config")
	}
	return filepath.Join(dir, "poolguard", "config.yaml"), nil
}

// choose reads the file and selects the profile. fallback is its name where neither a flag
// nor the environment names one; "" is the default of the file.
func (p *program) choose(f *profileFlags, fallback string) (*selection.Selection, error) {
	path, err := p.configPath(f)
	if err != nil {
		return nil, &failure{statusUsage, err}
	}
	file, err := profile.Load(path)
	var found *yamlfile.Error
	switch {
	case errors.As(err, &found):
		return nil, &failure{statusUsage, err}
	case err != nil:
		return nil, &failure{statusUsage, fmt.Errorf("the profiles cannot be read: %s: %w", path, reasonOf(err))}
	}
	c := selection.New(path, file, cmp.Or(f.profile, p.getenv("POOLGUARD_PROFILE"), fallback))
	if reason := profile.CheckName(c.Name); reason != "" {
		what := "--profile"
		if f.profile == "" {
			what = "POOLGUARD_PROFILE"
		}
		if tokencheck.Repeatable(c.Name) {
			what += fmt.Sprintf(" %q", c.Name)
		}
		return nil, &failure{statusUsage, errors.New(what + " " + reason)}
	}
	return c, nil
}

// existing is choose for commands that need the profile to be there.
func (p *program) existing(f *profileFlags) (*selection.Selection, error) {
	c, err := p.choose(f, "")
	if err != nil || c.Exists {
		return c, err
	}
	switch {
	case len(c.File.Profiles) == 0 && !c.Named:
		return nil, &failure{statusRejected, fmt.Errorf("not signed in: there is no profile in %s\nTo sign in and create one: %s\nFor the local user pool: %s",
			c.Path, terminal.Unbroken("poolguard login --pool ID --client-id ID --domain URL"), terminal.Unbroken("poolguard login --local"))}
	case !c.Named && c.File.Default == "":
		return nil, &failure{statusUsage, fmt.Errorf("no profile was selected: give --profile NAME, or set default: NAME in %s%s", c.Path, c.Others())}
	}
	return nil, &failure{statusUsage, fmt.Errorf("there is no profile %q in %s%s", c.Name, c.Path, c.Others())}
}

// account is the profile at its pool.
func (p *program) account(c *selection.Selection, ring tokenstore.Ring) (*account.Account, error) {
	secret, err := p.clientSecret(c)
	if err != nil {
		return nil, &failure{statusUsage, err}
	}
	return p.accountWith(c, ring, secret)
}

func (p *program) accountWith(c *selection.Selection, ring tokenstore.Ring, secret oauth.Secret) (*account.Account, error) {
	a, err := account.New(account.Config{Profile: c.Profile, Secret: secret, Store: c.Store(ring), Now: p.now})
	if err != nil {
		found := errors.Join(login.Faults(err, func(key string) string { return key })...)
		return nil, &failure{statusUsage, fmt.Errorf("the profile %s in %s:\n%w", c.Name, c.Path, cmp.Or(found, err))}
	}
	return a, nil
}

// clientSecret returns the secret that a profile names, "" for a public client.
func (p *program) clientSecret(c *selection.Selection) (oauth.Secret, error) {
	return c.Secret(p.getenv, readSecretFile)
}

func readSecretFile(path string) ([]byte, error) { return readAtMost(path, selection.MaxSecretBytes) }

// sayBegan says it where the first tokens of a machine, which came without a login, are in a
// file that is not encrypted.
func (p *program) sayBegan(command string, c *selection.Selection, held *account.Held) {
	if held.Began && held.Kept == tokenstore.InFile {
		p.notice("poolguard "+command, wording.Plain(c, held.RingProblem, false))
	}
}

func (p *program) keyRing() tokenstore.Ring { return selection.SystemRing(runtime.GOOS, p.getenv) }
