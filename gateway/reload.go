package gateway

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/poolguard/poolguard/internal/filewatch"
)

// watch reloads after each change of a file, until ctx ends.
func (g *Gateway) watch(ctx context.Context) {
	watcher, err := filewatch.New(g.watched())
	if err != nil {
		g.log.Warn("files are not watched; send SIGHUP after a change", "error", err.Error())
		return
	}
	g.catchUp(ctx)
	watcher.Watch(g.watched())
	watcher.Run(ctx, func() []string {
		_ = g.Reload(ctx) // it logs
		return g.watched()
	})
}

// watched returns the files whose change is a reason to reload: those of the configuration in
// use, and those of a changed one that was refused.
func (g *Gateway) watched() []string {
	g.reloading.Lock()
	defer g.reloading.Unlock()
	files := append(g.config.files(g.current.Load().document), g.tried...)
	slices.Sort(files)
	return slices.Compact(files)
}

// catchUp reloads if a file changed after it was read and before it was watched.
func (g *Gateway) catchUp(ctx context.Context) {
	_, read, err := g.config.readSum()
	certificates, tlsErr := g.prepareTLS()
	if err != nil || tlsErr != nil || read.sum != g.current.Load().read {
		_ = g.Reload(ctx) // it logs
		return
	}
	for _, use := range certificates {
		use()
	}
}

// Reload reads the configuration file and the files of TLS again, and uses all of them, or
// nothing if one of them has a fault. Requests that are being answered keep the old
// configuration. Listeners, limits and drain stay as they are: a file that changes them is
// not used. The result is logged and counted. While [Gateway.Run] runs, a reload that was
// refused because keys are unavailable is tried again.
func (g *Gateway) Reload(ctx context.Context) error {
	g.reloading.Lock()
	defer g.reloading.Unlock()
	err := g.reload(ctx)
	_, missing := errors.AsType[*missingKeysError](err)
	g.retries.set(missing)
	if err != nil {
		g.metrics.Refused()
		g.log.Error("the changed configuration is not used; the former one stays", "error", err.Error())
	}
	return err
}

// keyTime is how long a reload waits for the keys of new user pools.
const keyTime = 20 * time.Second

func (g *Gateway) reload(ctx context.Context) error {
	before := g.current.Load()
	document, read, err := g.config.readSum()
	g.tried = read.secrets
	if err != nil {
		return err
	}
	g.tried = g.config.files(document)
	if fixed := before.document.Fixed(document.File); len(fixed) > 0 {
		return fmt.Errorf("a change of %v needs a restart", fixed)
	}
	certificates, err := g.prepareTLS()
	if err != nil {
		return err
	}
	next, err := g.newState(document, before)
	if err != nil {
		return err
	}
	if next.verifier != before.verifier && g.ready.Load() {
		// A gateway that was ready stays ready.
		ctx, cancel := context.WithTimeout(ctx, keyTime)
		defer cancel()
		if err := next.verifier.WarmUp(ctx); err != nil {
			return &missingKeysError{err}
		}
	}
	changed := 0
	for _, use := range certificates {
		if use() {
			changed++
		}
	}
	next.read = read.sum
	g.use(next)
	g.log.Info("the changed configuration is used", "rules", len(document.Rules), "user_pools", len(document.UserPools),
		"new_keys", next.verifier != before.verifier, "new_certificates", changed)
	return nil
}

// prepareTLS reads the certificates again and uses none of them yet.
func (g *Gateway) prepareTLS() (use []func() bool, err error) {
	var faults []error
	for key, source := range g.tls {
		each, err := source.Prepare()
		if err != nil {
			faults = append(faults, fmt.Errorf("%s.tls: %w", key, err))
			continue
		}
		use = append(use, each)
	}
	return use, errors.Join(faults...)
}
