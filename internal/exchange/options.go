package exchange

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/oauth"
)

// Options are what the operator typed, by the names of the flags.
type Options struct {
	Domain, ClientID, RedirectURI, Code, Verifier, Pool, Issuer string
	Replicas                                                    []string
	// Secret is what --client-secret-file has, "" for a public client.
	Secret oauth.Secret
	// Given has the text of each flag that was given, by its name.
	Given map[string]string
}

// Check returns the faults of the options that can be found without the code. Each names its
// flag.
func (o *Options) Check() (faults []error) {
	for _, must := range []string{"domain", "client-id", "redirect-uri", "code"} {
		if _, given := o.Given[must]; !given {
			faults = append(faults, fmt.Errorf("--%s is missing", must))
		}
	}
	for _, name := range []string{"domain", "client-id", "client-secret-file", "redirect-uri", "code", "code-verifier", "pool", "issuer"} {
		if text, given := o.Given[name]; given && strings.TrimSpace(text) == "" {
			// Without --pool nothing is verified: that must not come of a variable that is not set.
			faults = append(faults, fmt.Errorf("--%s is empty: check that the variable in it is set", name))
		}
	}
	if o.Issuer != "" && o.Pool == "" {
		faults = append(faults, errors.New("--issuer needs --pool"))
	}
	if len(o.Replicas) > 0 && o.Pool == "" {
		faults = append(faults, errors.New("--replica-region needs --pool"))
	}
	return faults
}

// An Exchange is ready to send its code. Make one with [New].
type Exchange struct {
	request  oauth.CodeExchange
	verifier *cognito.Verifier // nil if nothing is verified
}

// New returns an exchange of options without faults. now is the present time. New does no
// I/O: a fault of the user pool is found before the code is spent.
func New(o *Options, now func() time.Time) (*Exchange, error) {
	e := &Exchange{request: oauth.CodeExchange{
		App:         oauth.App{Domain: o.Domain, ClientID: o.ClientID, ClientSecret: o.Secret, Now: now},
		RedirectURL: o.RedirectURI, Code: oauth.Secret(o.Code), CodeVerifier: oauth.Secret(o.Verifier),
	}}
	if o.Pool == "" {
		return e, nil
	}
	var err error
	e.verifier, err = cognito.New(cognito.Config{
		UserPools: []cognito.UserPool{{ID: o.Pool, ClientIDs: []string{o.ClientID}, ReplicaRegions: o.Replicas, Issuer: o.Issuer}},
		Now:       now, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return nil, errors.New("--pool, --replica-region, --client-id or --issuer: " + err.Error())
	}
	return e, nil
}
