package main

import (
	"cmp"
	"context"
	"errors"
	"net"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/poolguard/poolguard/internal/poolfile"
	"github.com/poolguard/poolguard/internal/poolserve"
	"github.com/poolguard/poolguard/internal/serve"
	"github.com/poolguard/poolguard/internal/terminal"
	"github.com/poolguard/poolguard/userpool"
)

// serveFlags are those of userpool serve.
type serveFlags struct {
	listen, config, data, issuer, publicURL, region string

	tls      bool
	tlsCert  string
	tlsKey   string
	tlsCAOut string

	controls bool
	imports  []string
}

func (p *program) userpoolServe() *cobra.Command {
	var flags serveFlags
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the local user pool",
		Long: `Serve runs user pools on this machine: the pools of a configuration file, or a
default pool with two app clients and two users. The OAuth endpoints, the JSON
API and the sign-in page are at the root. Discovery and the key set are below
the ID of the pool. At the start, serve prints what there is, with commands to
paste. Cognito sends codes by e-mail or text message; serve prints them. Serve
logs sign-ins and refused requests on standard error.

Serve keeps everything in memory, or in the directory that --data names. A
change in that directory stays until the configuration sets another value.

Use serve for development only. It does not check AWS signatures, and every
client that can reach the address can sign in with the printed passwords.`,
		Example: `  poolguard userpool serve
  poolguard userpool serve --config userpool.yaml --data pool
  poolguard userpool serve --import pool.json --import client.json
  poolguard userpool serve --issuer original
  poolguard userpool serve --tls --tls-ca-out ca.pem
  poolguard userpool serve --listen 0.0.0.0:9229 --public-url http://devbox:9229`,
		Args:              noArguments,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.serveUserpool(cmd.Context(), flags)
		},
	}
	flags.define(cmd)
	return cmd
}

func (f *serveFlags) define(cmd *cobra.Command) {
	set := cmd.Flags()
	set.SortFlags = false
	set.StringVar(&f.listen, "listen", "127.0.0.1:9229", "listen on this address")
	set.StringVar(&f.config, "config", "", "read the user pools from this file; see userpool example")
	set.StringVar(&f.data, "data", "", "store everything in this directory, signing keys too")
	set.StringVar(&f.issuer, "issuer", "",
		"issuer of tokens: local, below the public URL (the default); original or updated, as in AWS")
	set.StringVar(&f.publicURL, "public-url", "",
		"give clients this URL of the pool, if it is not the address that it listens on")
	set.StringVar(&f.region, "region", "",
		"Region of pools that programs create without a signature (default us-east-1)")
	set.BoolVar(&f.tls, "tls", false, "serve https with a certificate that serve creates")
	set.StringVar(&f.tlsCAOut, "tls-ca-out", "", "write the certificate that clients must trust to this file, as PEM")
	set.StringVar(&f.tlsCert, "tls-cert", "", "serve https with the certificate in this file")
	set.StringVar(&f.tlsKey, "tls-key", "", "read the key of --tls-cert from this file")
	set.BoolVar(&f.controls, "controls", false, "let tests move the clock, rotate keys and cause faults, below /_local/")
	set.StringArrayVar(&f.imports, "import", nil, "import the output of aws cognito-idp describe-user-pool and describe-user-pool-client")
	place(set, "listen", "ADDRESS", "config", "FILE", "data", "DIR", "issuer", "FORM", "public-url", "URL", "region", "REGION",
		"tls-ca-out", "FILE", "tls-cert", "FILE", "tls-key", "FILE", "import", "FILE")
	completeWith(cmd, "listen")
	completeWith(cmd, "issuer", issuerForms...)
	completeWith(cmd, "public-url")
	completeWith(cmd, "region")
}

var issuerForms = []string{string(userpool.IssuerLocal), string(userpool.IssuerOriginal), string(userpool.IssuerUpdated)}

func (p *program) serveUserpool(ctx context.Context, flags serveFlags) error {
	file := &poolfile.File{}
	if flags.config != "" {
		var err error
		if file, err = p.readPoolFile(flags.config); err != nil {
			return err
		}
	}
	config := file.Config
	config.PublicURL = cmp.Or(flags.publicURL, config.PublicURL)
	config.Region = flags.region
	config.IssuerForm = cmp.Or(userpool.IssuerForm(flags.issuer), config.IssuerForm, userpool.IssuerLocal)
	if err := flags.check(config.PublicURL); err != nil {
		return err
	}
	var err error
	if config.Descriptions, err = p.importPools(flags.imports); err != nil {
		return &failure{statusUsage, err}
	}
	if len(config.Pools) == 0 && config.Descriptions == nil {
		config.Pools = []userpool.Pool{userpool.DefaultPool()}
	}
	listener, err := listen(ctx, "listen", flags.listen)
	if err != nil {
		return &failure{statusUsage, err}
	}
	// Closed again by the server; here it is for the ways out before that.
	defer listener.Close()
	return p.serveOn(ctx, listener, flags, config, file)
}

// serveOn is the rest, with the listener open. Clients that come before it is done
// wait in the queue of the system.
func (p *program) serveOn(ctx context.Context, listener net.Listener, flags serveFlags, config userpool.Config, file *poolfile.File) (err error) {
	config.PublicURL = cmp.Or(config.PublicURL, poolserve.URL(listener.Addr(), flags.isTLS()))
	config.Controls = flags.controls
	if flags.data != "" {
		storage, err := userpool.OpenStorage(ctx, flags.data)
		if err != nil {
			return &failure{statusUsage, errors.New("--data: " + err.Error())}
		}
		defer func() { err = errors.Join(err, storage.Close()) }()
		config.Storage = storage
	}
	certificate, err := p.certificate(flags, listener.Addr(), config.PublicURL)
	if err != nil {
		return &failure{statusUsage, err}
	}
	err = poolserve.Run(ctx, poolserve.Config{
		Pool: config, Listener: listener, Certificate: certificate, Data: flags.data, Origin: file.Source,
		Command: howToRun(), Style: terminal.Detect(p.stdout, p.getenv), Write: p.write, Log: p.stderr,
	})
	if _, worded := errors.AsType[*failure](err); err != nil && !worded {
		return &failure{statusUsage, err}
	}
	return err
}

func (f *serveFlags) isTLS() bool { return f.tls || f.tlsCert != "" }

// check finds what is wrong with the flags, each by its name. publicURL is the one
// of the configuration where the flag is not there.
func (f *serveFlags) check(publicURL string) error {
	var found faults
	if f.issuer != "" && !slices.Contains(issuerForms, f.issuer) {
		found.add("--issuer must be one of %s", strings.Join(issuerForms, ", "))
	}
	if serve.IsEverywhere(f.listen) && publicURL == "" {
		found.add("--listen is on every address of this machine: give the one that clients use with --public-url")
	}
	if f.publicURL != "" {
		var fault *userpool.ConfigError
		if err := (userpool.Config{PublicURL: f.publicURL}).Validate(); errors.As(err, &fault) {
			found.add("--public-url %s", fault.Reason)
		}
	}
	if f.region != "" {
		var fault *userpool.ConfigError
		if err := (userpool.Config{Region: f.region, PublicURL: "http://localhost:9229"}).Validate(); errors.As(err, &fault) {
			found.add("--region: %s", fault.Reason)
		}
	}
	if poolserve.IsPlain(publicURL) && f.isTLS() {
		found.add("--public-url (or public_url) is plain http, and serve uses https: begin it with https://")
	}
	switch {
	case (f.tlsCert == "") != (f.tlsKey == ""):
		found.add("--tls-cert and --tls-key need each other: give both")
	case f.tlsCert != "" && f.tls:
		found.add("--tls and --tls-cert exclude each other: give one of them")
	}
	if f.tlsCAOut != "" && !f.tls {
		found.add("--tls-ca-out needs --tls")
	}
	return found.err()
}
