package login

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/poolguard/poolguard/internal/terminalauth/profile"
)

// Options are what the operator typed, by the names of the flags.
type Options struct {
	Pool, ClientID, Domain, Issuer string
	SecretFile, SecretEnv          string
	Scopes, Replicas               []string
	Port                           int
	Machine, Local                 bool
	NoBrowser, Again               bool
	// Timeout is how long login waits for the browser, such as "5m".
	Timeout string
	// Storage is a way to keep tokens: "auto", "keyring" or "file".
	Storage string
	// LocalURL is the address of the pool of this machine where Domain is "".
	LocalURL string
	// Given has the text of each flag that was given, by its name.
	Given map[string]string
}

// A Way is how tokens are kept.
type Way string

// The ways. Auto is KeyRing where the session has a key ring, and File elsewhere.
const (
	Auto    Way = "auto"
	KeyRing Way = "keyring"
	File    Way = "file"
)

func (o *Options) given(flag string) bool {
	_, given := o.Given[flag]
	return given
}

// Check returns the wait for the browser, and all faults of the options.
func (o *Options) Check() (timeout time.Duration, err error) {
	var faults []error
	add := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	timeout, parseErr := time.ParseDuration(o.Timeout)
	if parseErr != nil || timeout < time.Second || timeout > time.Hour {
		add("--timeout must be a duration from 1s to 1h, such as 5m")
	}
	if !slices.Contains([]Way{Auto, KeyRing, File}, Way(o.Storage)) {
		add("--storage must be auto, keyring or file")
	}
	if o.SecretFile != "" && o.SecretEnv != "" {
		add("--client-secret-file and --client-secret-env exclude each other: give one of them")
	}
	if o.given("port") && (o.Port < 1 || o.Port > 65535) {
		add("--port must be a number from 1 to 65535")
	}
	for _, name := range []string{"pool", "client-id", "domain", "issuer", "client-secret-file", "client-secret-env", "profile", "config"} {
		if o.given(name) && strings.TrimSpace(o.Given[name]) == "" {
			add("--%s is empty: check that the variable in it is set", name)
		}
	}
	if o.Local {
		for _, name := range []string{"pool", "replica-region", "client-id", "issuer"} {
			if o.given(name) {
				add("--local selects its own user pool: remove --%s, or remove --local", name)
			}
		}
	}
	if o.Machine && (o.NoBrowser || o.Again) {
		add("--machine uses no browser: remove --no-browser and --again")
	}
	return timeout, errors.Join(faults...)
}

// ProfileName is the name of the profile where the operator names none. "" is the default
// of the file.
func (o *Options) ProfileName() string {
	switch {
	case o.Local && o.Machine:
		return "local-machine"
	case o.Local:
		return "local"
	}
	return ""
}

// Apply changes a profile to what the options say. What belongs to a user pool does not
// outlive its change.
func (o *Options) Apply(to *profile.Profile) error {
	if o.given("pool") && o.Pool != to.UserPoolID {
		to.Issuer, to.Local, to.Replicas = "", false, nil
	}
	for name, value := range map[string]struct{ from, to *string }{
		"pool": {&o.Pool, &to.UserPoolID}, "client-id": {&o.ClientID, &to.ClientID},
		"domain": {&o.Domain, &to.Domain}, "issuer": {&o.Issuer, &to.Issuer},
	} {
		if o.given(name) {
			*value.to = *value.from
		}
	}
	if o.given("replica-region") {
		to.Replicas = o.Replicas
	}
	if o.given("scope") {
		to.Scopes = o.Scopes
	}
	if o.given("port") {
		to.Port = o.Port
	}
	if o.given("machine") {
		to.Machine = o.Machine
	}
	if o.given("client-secret-env") {
		to.Secret = profile.Secret{Env: o.SecretEnv}
	}
	if o.given("client-secret-file") {
		// The next command may start in another folder.
		path, err := filepath.Abs(o.SecretFile)
		if err != nil {
			return fmt.Errorf("--client-secret-file: %w", err)
		}
		to.Secret = profile.Secret{File: path}
	}
	return nil
}
