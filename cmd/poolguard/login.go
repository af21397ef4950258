package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/poolguard/poolguard/internal/poolserve"
	"github.com/poolguard/poolguard/internal/terminal"
	"github.com/poolguard/poolguard/internal/terminalauth/account"
	"github.com/poolguard/poolguard/internal/terminalauth/profile"
	"github.com/poolguard/poolguard/internal/terminalauth/selection"
	"github.com/poolguard/poolguard/internal/terminalauth/tokenstore"
	"github.com/poolguard/poolguard/userpool"
)

// loginFlags are those of login. Those of the profile are saved in it.
type loginFlags struct {
	profileFlags
	pool, clientID, domain, issuer, secretFile, secretEnv string
	scopes, replicas                                      []string
	port                                                  int
	machine, local                                        bool

	noBrowser, again bool
	timeout, storage string
}

func (p *program) login() *cobra.Command {
	var flags loginFlags
	cmd := &cobra.Command{
		Use:   "login",
		Short: "Sign in from the terminal",
		Long: `Login signs in at a user pool and stores the tokens for poolguard token and
poolguard whoami. It opens the sign-in page of the pool in the browser. The
browser then returns to http://localhost:8976/callback. Exactly this URL must be
a callback URL of the app client; --port selects another port. The authorization
code in that URL is protected with PKCE: only this command can use it.

Login saves the flags about the pool as a profile. The next time, poolguard
login is enough. With --no-browser, or if no browser opens, login prints the
address to open. If that browser is on another machine, it cannot open the
callback URL at the end: copy that URL from the browser and paste it here.

Login stores the tokens in a file that only you can read. The file is encrypted
with a key from the system's key ring. Without a key ring the file is not
encrypted, and login says so. Login never stores a client secret: the profile
has the name of the file or environment variable that contains it.

Exit status:

  0  signed in
  1  the sign-in was refused, or the browser did not return in time
  2  the command line or configuration is wrong
  3  the user pool is unavailable`,
		Example: `  poolguard login --local
  poolguard login --pool us-east-1_AbCdEfGhI --client-id 1example23456789 \
      --domain https://auth.example.com --scope openid --scope orders/read
  poolguard login --profile robot --machine --pool us-east-1_AbCdEfGhI \
      --client-id 9example87654321 --client-secret-file robot.secret \
      --domain https://auth.example.com
  poolguard login --profile robot`,
		Args:              noArguments,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.runLogin(cmd.Context(), cmd, flags)
		},
	}
	flags.define(p, cmd)
	return cmd
}

func (f *loginFlags) define(p *program, cmd *cobra.Command) {
	f.profileFlags.define(p, cmd)
	set := cmd.Flags()
	set.StringVar(&f.pool, "pool", "", "sign in at this user pool")
	set.StringArrayVar(&f.replicas, "replica-region", nil, "trust the replica of the pool in this Region (repeatable)")
	set.StringVar(&f.clientID, "client-id", "", "sign in as this app client")
	set.StringVar(&f.domain, "domain", "", "use the OAuth endpoints at this URL")
	set.StringVar(&f.issuer, "issuer", "", "trust this issuer instead of that of Amazon Cognito")
	set.StringArrayVar(&f.scopes, "scope", nil, "ask for this scope (repeatable; default openid, or every scope of a machine)")
	set.IntVar(&f.port, "port", 0, "use this port for the callback URL (default 8976)")
	set.BoolVar(&f.machine, "machine", false, "get a token for the client itself, with its secret and without a browser")
	set.StringVar(&f.secretFile, "client-secret-file", "", "read the client secret from this file")
	set.StringVar(&f.secretEnv, "client-secret-env", "", "read the client secret from this environment variable")
	set.BoolVar(&f.local, "local", false, "sign in at the pool of poolguard userpool serve on this machine")
	set.BoolVar(&f.noBrowser, "no-browser", false, "print the address to open, and open no browser")
	set.BoolVar(&f.again, "again", false, "show the sign-in page even if the browser is signed in")
	set.StringVar(&f.timeout, "timeout", "5m", "wait at most this long for the browser")
	set.StringVar(&f.storage, "storage", "auto", "store tokens encrypted with the key ring (keyring) or in a plain file (file); auto uses the key ring if there is one")
	place(set, "pool", "ID", "replica-region", "REGION", "client-id", "ID", "domain", "URL", "issuer", "URL", "scope", "NAME", "port", "NUMBER",
		"client-secret-file", "FILE", "client-secret-env", "NAME", "timeout", "DURATION", "storage", "WAY")
	for _, name := range []string{"pool", "replica-region", "client-id", "domain", "issuer", "scope", "port", "client-secret-env", "timeout"} {
		completeWith(cmd, name)
	}
	completeWith(cmd, "storage", "auto\twith the key ring, if there is one", "keyring\tencrypted with the key ring", "file\tin a plain file")
}

func (p *program) runLogin(ctx context.Context, cmd *cobra.Command, flags loginFlags) error {
	timeout, err := flags.check(cmd)
	if err != nil {
		return err
	}
	fallback := ""
	if flags.local {
		if fallback = "local"; flags.machine {
			fallback = "local-machine"
		}
	}
	c, err := p.choose(&flags.profileFlags, fallback)
	if err != nil {
		return err
	}
	before := c.Profile
	if flags.local {
		c.Profile = localProfile(flags.machine, cmp.Or(flags.domain, poolserve.DefaultURL))
	}
	if err := flags.apply(cmd, &c.Profile); err != nil {
		return &failure{statusUsage, err}
	}
	if err := sameAccount(c, before); err != nil {
		return err
	}
	ring, err := p.storage(flags.storage)
	if err != nil {
		return err
	}
	a, err := p.loginAccount(c, ring, flags.storage == "keyring", timeout)
	if err != nil {
		return err
	}
	// Before anybody goes to the pool's pages: tokens that cannot be kept, or verified,
	// would be lost.
	if err := a.Ready(ctx); err != nil {
		return loginFailure(ctx, c, err)
	}
	var result *account.Result
	if c.Profile.Machine {
		result, err = a.SignInMachine(ctx)
	} else {
		result, err = p.signInByBrowser(ctx, c, a, &flags, timeout)
	}
	if err != nil {
		return signInFailure(ctx, c, err)
	}
	if err := saveProfile(ctx, c); err != nil {
		return err
	}
	return p.sayLogin(c, result, flags.storage)
}

// check finds what is wrong with the flags that the profile does not have.
func (f *loginFlags) check(cmd *cobra.Command) (timeout time.Duration, err error) {
	var found faults
	timeout, parseErr := time.ParseDuration(f.timeout)
	if parseErr != nil || timeout < time.Second || timeout > time.Hour {
		found.add("--timeout must be a duration from 1s to 1h, such as 5m")
	}
	if !slices.Contains([]string{"auto", "keyring", "file"}, f.storage) {
		found.add("--storage must be auto, keyring or file")
	}
	if f.secretFile != "" && f.secretEnv != "" {
		found.add("--client-secret-file and --client-secret-env exclude each other: give one of them")
	}
	if cmd.Flags().Changed("port") && (f.port < 1 || f.port > 65535) {
		found.add("--port must be a number from 1 to 65535")
	}
	for _, name := range []string{"pool", "client-id", "domain", "issuer", "client-secret-file", "client-secret-env", "profile", "config"} {
		if flag := cmd.Flags().Lookup(name); flag.Changed && strings.TrimSpace(flag.Value.String()) == "" {
			found.add("--%s is empty: check that the variable in it is set", name)
		}
	}
	if f.local {
		for _, name := range []string{"pool", "replica-region", "client-id", "issuer"} {
			if cmd.Flags().Changed(name) {
				found.add("--local selects its own user pool: remove --%s, or remove --local", name)
			}
		}
	}
	if f.machine && (f.noBrowser || f.again) {
		found.add("--machine uses no browser: remove --no-browser and --again")
	}
	return timeout, found.err()
}

// localProfile is a client of the pool that poolguard userpool serve has when it is
// given none.
func localProfile(machine bool, domain string) profile.Profile {
	pool := userpool.DefaultPool()
	client := pool.Clients[0]
	for _, c := range pool.Clients {
		if slices.Contains(c.Flows, userpool.FlowClientCredentials) == machine {
			client = c
			break
		}
	}
	return profile.Profile{
		UserPoolID: pool.ID, ClientID: client.ID, Domain: domain, Issuer: strings.TrimSuffix(domain, "/") + "/" + pool.ID,
		Scopes: client.Scopes, Machine: machine, Local: true,
	}
}

// sameAccount rejects another account for a profile that was not named: programs that use
// the default profile would act for another user from then on.
func sameAccount(c *selection.Selection, before profile.Profile) error {
	after := c.Profile
	if !c.Exists || c.Named || before.UserPoolID == after.UserPoolID && before.ClientID == after.ClientID && before.Machine == after.Machine {
		return nil
	}
	return &failure{statusUsage, fmt.Errorf("the profile %[1]s is for the app client %[2]s of the user pool %[3]s: give --profile NAME to add another profile, or --profile %[1]s to change this one",
		c.Name, before.ClientID, before.UserPoolID)}
}

// apply puts what the flags say over what the profile said. What belongs to a user pool
// does not outlive its change.
func (f *loginFlags) apply(cmd *cobra.Command, to *profile.Profile) error {
	changed := cmd.Flags().Changed
	if changed("pool") && f.pool != to.UserPoolID {
		to.Issuer, to.Local, to.Replicas = "", false, nil
	}
	for name, value := range map[string]struct{ from, to *string }{
		"pool": {&f.pool, &to.UserPoolID}, "client-id": {&f.clientID, &to.ClientID},
		"domain": {&f.domain, &to.Domain}, "issuer": {&f.issuer, &to.Issuer},
	} {
		if changed(name) {
			*value.to = *value.from
		}
	}
	if changed("replica-region") {
		to.Replicas = f.replicas
	}
	if changed("scope") {
		to.Scopes = f.scopes
	}
	if changed("port") {
		to.Port = f.port
	}
	if changed("machine") {
		to.Machine = f.machine
	}
	if changed("client-secret-env") {
		to.Secret = profile.Secret{Env: f.secretEnv}
	}
	if changed("client-secret-file") {
		// The next command may start in another folder.
		path, err := filepath.Abs(f.secretFile)
		if err != nil {
			return fmt.Errorf("--client-secret-file: %w", err)
		}
		to.Secret = profile.Secret{File: path}
	}
	return nil
}

func (p *program) storage(way string) (tokenstore.Ring, error) {
	if way == "file" {
		return nil, nil //nolint:nilnil // no ring is what was asked for
	}
	ring := p.keyRing()
	if ring == nil && way == "keyring" {
		return nil, &failure{statusUsage, errors.New("--storage keyring: no key ring was found in this session")}
	}
	return ring, nil
}

// flagOf has the flag for each key of a profile.
var flagOf = map[string]string{
	"user_pool": "--pool", "replica_regions": "--replica-region", "client_id": "--client-id", "domain": "--domain", "issuer": "--issuer", "scopes": "--scope",
	"port": "--port", "client_secret": "--client-secret-file or --client-secret-env",
}

// loginAccount makes the account. The faults of the profile name the flags that fix them.
func (p *program) loginAccount(c *selection.Selection, ring tokenstore.Ring, ringOnly bool, timeout time.Duration) (*account.Account, error) {
	secret, err := p.clientSecret(c)
	if err != nil {
		return nil, &failure{statusUsage, err}
	}
	place := c.Place(ring)
	place.RingOnly = ringOnly
	a, err := account.New(account.Config{Profile: c.Profile, Secret: secret, Store: tokenstore.Open(place), Lifetime: timeout + time.Minute, Now: p.now})
	if err == nil {
		return a, nil
	}
	found := accountFaults(err, func(key string) string { return cmp.Or(flagOf[key], key) })
	if !c.Exists && c.Named {
		found.add("there is no profile %s in %s%s: login creates it if the missing values are given", c.Name, c.Path, c.Others())
	}
	if c.Profile.Equal(profile.Profile{}) {
		found.add("to sign in at the pool of poolguard userpool serve, give --local")
	}
	return nil, cmp.Or(found.err(), err)
}

// saveProfile saves the profile of a sign-in. The first profile becomes the default.
func saveProfile(ctx context.Context, c *selection.Selection) error {
	err := profile.Update(ctx, c.Path, func(f *profile.File) bool {
		before, exists := f.Profiles[c.Name]
		first := len(f.Profiles) == 0 && f.Default == "" && c.Name != profile.DefaultName
		if f.Profiles == nil {
			f.Profiles = map[string]profile.Profile{}
		}
		f.Profiles[c.Name] = c.Profile
		if first {
			f.Default = c.Name
		}
		c.File = f
		return first || !exists || !before.Equal(c.Profile)
	})
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return &failure{statusUsage, fmt.Errorf("signed in, but the profile cannot be saved: %w", err)}
	}
	return nil
}

// sayPlain says that tokens were put into a file that is not encrypted, and why.
func (p *program) sayPlain(command string, c *selection.Selection, ringProblem error, asked bool) {
	why := "there is no key ring in this session"
	switch {
	case ringProblem != nil:
		why = terminal.Escape(ringProblem.Error(), false)
	case asked && p.keyRing() != nil:
		why = "--storage file"
	}
	p.notice("poolguard "+command, fmt.Sprintf("%s: the tokens are not encrypted; every program that can read %s can use them", why, terminal.Unbroken(c.Store(nil).Path())))
}

// sayBegan does so where a machine's first tokens came without a login.
func (p *program) sayBegan(command string, c *selection.Selection, held *account.Held) {
	if held.Began && held.Kept == tokenstore.InFile {
		p.sayPlain(command, c, held.RingProblem, false)
	}
}

// sayLogin prints who signed in and where the tokens are.
func (p *program) sayLogin(c *selection.Selection, result *account.Result, storage string) error {
	if result.Kept == tokenstore.InFile {
		p.sayPlain("login", c, result.RingProblem, storage == "file")
	}
	if result.Former != nil {
		p.notice("poolguard login", "the previous sign-in could not be revoked, and its refresh token works until it expires: "+terminal.Escape(result.Former.Error(), false))
	}
	if result.NoRefresh {
		p.notice("poolguard login", "the user pool issued no refresh token: sign in again when the tokens have expired")
	}
	g := p.page()
	who := result.Identity.Username
	if result.Identity.Machine {
		who = "the machine " + result.Identity.ClientID
	} else if result.Identity.Email != "" && result.Identity.Email != who {
		who += " (" + result.Identity.Email + ")"
	}
	g.Paragraph(0, "Signed in as "+g.Strong(terminal.Unbroken(g.Escape(who)))+", profile "+c.Name+".")
	g.Line("")
	g.Paste("poolguard whoami"+c.Flag(), `curl -H "Authorization: Bearer $(poolguard token`+c.Flag()+`)" URL`)
	return p.show(g)
}
