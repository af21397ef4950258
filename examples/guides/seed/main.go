// Seed makes a verifier with a key set that ships with the program.
package main

import (
	_ "embed"
	"fmt"
	"os"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/keyset"
)

//go:embed jwks.json
var jwks []byte // poolguard jwks us-east-1_AbCdEfGhI --format json > jwks.json

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	pool := cognito.UserPool{
		ID: "us-east-1_AbCdEfGhI", ClientIDs: []string{"1example23456789"},
		Seeds: map[string]keyset.Seed{
			"https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEfGhI": {JWKS: jwks, UsableFor: 24 * time.Hour},
		},
	}
	verifier, err := cognito.New(cognito.Config{UserPools: []cognito.UserPool{pool}})
	if err != nil {
		return err
	}
	_ = verifier // for the authorizer, as above
	return nil
}
