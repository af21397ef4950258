package cognito_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/alb"
	"github.com/poolguard/poolguard/cognito/bearer"
	"github.com/poolguard/poolguard/cognito/keyset"
	"github.com/poolguard/poolguard/cognito/lambdaauth"
	"github.com/poolguard/poolguard/cognito/oauth"
	"github.com/poolguard/poolguard/cognito/revocation"
)

// TestEveryConstructorReturnsConfigErrors gives each constructor of the module a
// configuration with two faults. The modules of grpcauth and observe have such a test
// of their own.
func TestEveryConstructorReturnsConfigErrors(t *testing.T) {
	use := cognito.TokenUse("both")
	never := []cognito.Requirement{{}}
	for config, construct := range map[string]func() error{
		"cognito.Config":                func() error { return errorOf(cognito.New(cognito.Config{Leeway: -1})) },
		"cognito.InspectOptions":        func() error { return inspectFaultyOptions(t.Context()) },
		"keyset.RemoteConfig":           func() error { return errorOf(keyset.NewRemote(keyset.RemoteConfig{Policy: keyset.Policy{Stale: -1}})) },
		"keyset.FileConfig":             func() error { return errorOf(keyset.NewFile(keyset.FileConfig{CoolDown: -1})) },
		"keyset.Policy":                 func() error { return keyset.Policy{MaxAge: -1, Stale: -1}.Validate() },
		"bearer.Config":                 func() error { return errorOf(bearer.Middleware(bearer.Config{TokenUse: use})) },
		"alb.Config":                    func() error { return errorOf(alb.New(alb.Config{})) },
		"alb.VerifiedAccessConfig":      func() error { return errorOf(alb.NewVerifiedAccess(alb.VerifiedAccessConfig{})) },
		"alb.MiddlewareConfig":          func() error { return errorOf(alb.Middleware(alb.MiddlewareConfig{Require: never})) },
		"oauth.Config":                  func() error { return errorOf(oauth.New(oauth.Config{})) },
		"oauth.ClientCredentialsConfig": func() error { return errorOf(oauth.NewClientCredentialsSource(oauth.ClientCredentialsConfig{})) },
		"oauth.CodeExchange":            func() error { return errorOf(oauth.ExchangeUnverified(t.Context(), oauth.CodeExchange{})) },
		"lambdaauth.Config":             func() error { return errorOf(lambdaauth.New(lambdaauth.Config{TokenUse: use})) },
		"revocation.ListConfig":         func() error { return errorOf(revocation.NewList(revocation.ListConfig{MaxEntries: -1, Leeway: -1})) },
		"revocation.OnlineConfig":       func() error { return errorOf(revocation.NewOnline(revocation.OnlineConfig{MaxEntries: -1})) },
	} {
		joined, ok := construct().(interface{ Unwrap() []error })
		if !ok || len(joined.Unwrap()) < 2 {
			t.Errorf("%s: got %v, want two faults or more, joined", config, joined)
			continue
		}
		pkg, name, _ := strings.Cut(config, ".")
		for _, err := range joined.Unwrap() {
			var fault *cognito.ConfigError
			if !errors.As(err, &fault) || fault.Package != pkg || !strings.HasPrefix(fault.Field, name+".") || fault.Reason == "" {
				t.Errorf("%s: got the fault %#v, want a *cognito.ConfigError of %s and %s", config, err, pkg, name)
			}
		}
	}
}

func errorOf[T any](_ T, err error) error { return err }

func inspectFaultyOptions(ctx context.Context) error {
	return errorOf(cognito.Inspect(ctx, "", cognito.InspectOptions{Leeway: -1, MaxTokenBytes: -1}))
}
