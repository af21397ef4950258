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
	"strings"

	"github.com/spf13/cobra"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/oauth"
	"github.com/poolguard/poolguard/internal/terminalauth/account"
	"github.com/poolguard/poolguard/internal/terminalauth/profile"
	"github.com/poolguard/poolguard/internal/terminalauth/tokenstore"
	"github.com/poolguard/poolguard/internal/yamlfile"
	"github.com/poolguard/poolguard/userpool"
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

// A chosen profile is the one that a command is about.
type chosen struct {
	name   string
	path   string // of the configuration file
	file   *profile.File
	said   profile.Profile // what the file says of it
	exists bool
	named  bool // by the command line or the environment, or as the local pool's
}

// choose reads the file and finds which profile is meant. fallback is its name where
// nobody says one, "" for the file's own default.
func (p *program) choose(f *profileFlags, fallback string) (*chosen, error) {
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
	c := &chosen{path: path, file: file}
	c.name = cmp.Or(f.profile, p.getenv("POOLGUARD_PROFILE"), fallback)
	c.named = c.name != ""
	c.name = cmp.Or(c.name, defaultName(file))
	if reason := profile.CheckName(c.name); reason != "" {
		what := "--profile"
		if f.profile == "" {
			what = "POOLGUARD_PROFILE"
		}
		if sayable(c.name) {
			what += fmt.Sprintf(" %q", c.name)
		}
		return nil, &failure{statusUsage, errors.New(what + " " + reason)}
	}
	c.said, c.exists = file.Profiles[c.name]
	return c, nil
}

// defaultName is the profile that is meant where none is said: the file's default, or
// the only one there is.
func defaultName(file *profile.File) string {
	if file.Default == "" && len(file.Profiles) == 1 {
		for name := range file.Profiles {
			return name
		}
	}
	return cmp.Or(file.Default, profile.DefaultName)
}

// others names the profiles of the file that a wrong name may have meant.
func (c *chosen) others() string {
	if len(c.file.Profiles) == 0 {
		return ""
	}
	names := slices.Sorted(maps.Keys(c.file.Profiles))
	return cmp.Or(didYouMean("", c.name, names), "; there are "+strings.Join(names, ", "))
}

// existing is choose for commands that need the profile to be there.
func (p *program) existing(f *profileFlags) (*chosen, error) {
	c, err := p.choose(f, "")
	if err != nil || c.exists {
		return c, err
	}
	switch {
	case len(c.file.Profiles) == 0 && !c.named:
		return nil, &failure{statusRejected, fmt.Errorf("not signed in: there is no profile yet in %s; poolguard login creates one", c.path)}
	case !c.named && c.file.Default == "":
		return nil, &failure{statusUsage, fmt.Errorf("no profile was selected: give --profile, or set the default, in %s%s", c.path, c.others())}
	}
	return nil, &failure{statusUsage, fmt.Errorf("there is no profile %q in %s%s", c.name, c.path, c.others())}
}

// flag is how to say on a command line which profile is meant, "" where it need not be
// said.
func (c *chosen) flag() string {
	if c.name == defaultName(c.file) {
		return ""
	}
	return " --profile " + c.name
}

// place is that of the profile's tokens: beside the configuration file.
func (c *chosen) place(ring tokenstore.Ring) tokenstore.Config {
	return tokenstore.Config{Directory: filepath.Join(filepath.Dir(c.path), "tokens"), Profile: c.name, Ring: ring}
}

func (c *chosen) store(ring tokenstore.Ring) *tokenstore.Store { return tokenstore.Open(c.place(ring)) }

// account is the profile at its pool.
func (p *program) account(c *chosen, ring tokenstore.Ring) (*account.Account, error) {
	secret, err := p.clientSecret(c)
	if err != nil {
		return nil, &failure{statusUsage, err}
	}
	return p.accountWith(c, ring, secret)
}

func (p *program) accountWith(c *chosen, ring tokenstore.Ring, secret oauth.Secret) (*account.Account, error) {
	a, err := account.New(account.Config{Profile: c.said, Secret: secret, Store: c.store(ring), Now: p.now})
	if err != nil {
		found := accountFaults(err, func(key string) string { return key })
		return nil, &failure{statusUsage, fmt.Errorf("the profile %s in %s:\n%w", c.name, c.path, cmp.Or(found.err(), err))}
	}
	return a, nil
}

// accountFaults are the faults of a profile, under the names that its keys have for the
// user of the command.
func accountFaults(err error, nameOf func(key string) string) (found faults) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, one := range joined.Unwrap() {
			if fault, ok := errors.AsType[*cognito.ConfigError](one); ok {
				found.add("%s %s", nameOf(fault.Field), fault.Reason)
			}
		}
	}
	return found
}

// longestSecret bounds a file with a client secret.
const longestSecret = 64 << 10

// clientSecret has the secret that a profile names, "" for a public client.
func (p *program) clientSecret(c *chosen) (oauth.Secret, error) {
	switch from := c.said.Secret; {
	case from.Env != "":
		if secret := p.getenv(from.Env); secret != "" {
			return oauth.Secret(secret), nil
		}
		return "", fmt.Errorf("the client secret must be in the environment variable %s, which is not set", from.Env)
	case from.File != "":
		path := from.File
		if !filepath.IsAbs(path) {
			path = filepath.Join(filepath.Dir(c.path), path)
		}
		return readSecret(path)
	case c.said.Local:
		for _, client := range userpool.DefaultPool().Clients {
			if client.ID == c.said.ClientID {
				return oauth.Secret(client.Secret), nil
			}
		}
	}
	return "", nil
}

func readSecret(path string) (oauth.Secret, error) {
	text, err := readAtMost(path, longestSecret)
	if err != nil {
		return "", fmt.Errorf("the client secret in %s cannot be read: %w", path, err)
	}
	secret := strings.TrimRight(string(text), "\r\n")
	if secret == "" {
		return "", fmt.Errorf("the file of the client secret is empty: %s", path)
	}
	return oauth.Secret(secret), nil
}

// keyRing is that of the system, nil where there is none. Without a session bus the
// D-Bus library would start one of its own, of which no later command would know.
func (p *program) keyRing() tokenstore.Ring {
	switch runtime.GOOS {
	case "windows", "darwin":
		return tokenstore.SystemRing{}
	}
	if p.getenv("DBUS_SESSION_BUS_ADDRESS") != "" {
		return tokenstore.SystemRing{}
	}
	runtimeDir := cmp.Or(p.getenv("XDG_RUNTIME_DIR"), fmt.Sprintf("/run/user/%d", os.Getuid()))
	for _, name := range []string{"bus", "dbus-session"} {
		if _, err := os.Stat(filepath.Join(runtimeDir, name)); err == nil {
			return tokenstore.SystemRing{}
		}
	}
	return nil
}
