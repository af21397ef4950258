package main

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"path"
	"strings"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/keyset"
)

// source reads --jwks and --issuer.
func (r *policyReader) source(ctx context.Context) {
	if len(r.pools) > 1 {
		for _, flag := range []string{"jwks", "issuer"} {
			if r.flags.Changed(flag) {
				r.spoil(flag, "--%s works with one --pool only", flag)
			}
		}
	}
	if r.issuer != "" && !r.spoilt["issuer"] {
		if reason := probeIssuer(r.issuer); reason != "" {
			r.faults.add("--issuer %s", reason)
		} else {
			r.contradiction()
		}
	}
	if r.keysFrom == "" || r.spoilt["jwks"] {
		return
	}
	var err error
	if isURL(r.keysFrom) {
		r.keys, err = keysAt(keyset.RemoteConfig{URL: r.keysFrom})
	} else {
		r.keys, err = keysIn(ctx, r.keysFrom)
	}
	if err != nil {
		r.faults.add("--jwks %w", err)
	}
}

// contradiction finds an --issuer that names another user pool than --pool does: a
// verdict would say that the token is of a pool that it has nothing to do with.
func (r *policyReader) contradiction() {
	named := poolOf(r.issuer)
	if named == "" || len(r.pools) != 1 || r.spoilt["pool"] || named == r.pools[0] {
		return
	}
	if _, _, err := cognito.Issuers(r.pools[0]); err == nil { // otherwise it is a fault by itself
		r.faults.add("--issuer is for the user pool %s, and --pool names another one: %s", named, r.pools[0])
	}
}

// poolOf returns the user pool ID at the end of an issuer, "" where there is none.
func poolOf(issuer string) string {
	u, err := url.Parse(issuer)
	if err != nil {
		return ""
	}
	last := path.Base(u.Path)
	if _, _, err := cognito.Issuers(last); err != nil {
		return ""
	}
	return last
}

// isURL tells an address from the name of a file.
func isURL(s string) bool {
	scheme, _, found := strings.Cut(s, "://")
	return found && (strings.EqualFold(scheme, "https") || strings.EqualFold(scheme, "http"))
}

// keysAt makes a source for an address. It asks for nothing yet. Errors continue a
// sentence.
func keysAt(config keyset.RemoteConfig) (*keyset.Remote, error) {
	remote, err := keyset.NewRemote(config)
	if err == nil {
		return remote, nil
	}
	// The library names the field that would allow plain http; no flag does.
	config.AllowPlainHTTP = true
	if _, other := keyset.NewRemote(config); other == nil {
		return nil, fmt.Errorf("%q must be https, or http with a loopback address", config.URL)
	}
	return nil, fmt.Errorf("%s", strings.TrimPrefix(err.Error(), "keyset: URL: "))
}

// keysIn reads a file, once: that the command's own configuration is broken is told
// before any token is looked at.
func keysIn(ctx context.Context, path string) (*keyset.Static, error) {
	jwks, err := readKeySet(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("%q cannot be read: %w", path, reasonOf(err))
	}
	static, err := keyset.NewStatic(jwks)
	if err != nil {
		return nil, fmt.Errorf("%q cannot be used: %s", path, strings.TrimPrefix(err.Error(), "keyset: "))
	}
	return static, nil
}

// readKeySet reads a file, or a pipe as shells make them of <(command), up to what
// the library then finds too large.
func readKeySet(ctx context.Context, path string) ([]byte, error) {
	type result struct {
		jwks []byte
		err  error
	}
	read := make(chan result, 1)
	go func() {
		file, err := os.Open(path)
		if err != nil {
			read <- result{err: err}
			return
		}
		defer file.Close()
		jwks, err := io.ReadAll(io.LimitReader(file, keyset.MaxBytes+1))
		read <- result{jwks, err}
	}()
	// No context ends the opening or reading of a pipe that nobody writes to.
	select {
	case r := <-read:
		return r.jwks, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
