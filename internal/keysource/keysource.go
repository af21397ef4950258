package keysource

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/keyset"
)

// Path is where an issuer publishes its key set, below its own URL.
const Path = "/.well-known/jwks.json"

// IsURL reports whether text is an address. Other text is the name of a file.
func IsURL(s string) bool {
	scheme, _, found := strings.Cut(s, "://")
	return found && (strings.EqualFold(scheme, "https") || strings.EqualFold(scheme, "http"))
}

// At returns a source for an address. It fetches nothing yet. An error continues a sentence
// that begins with the name of a flag.
func At(config keyset.RemoteConfig) (*keyset.Remote, error) {
	remote, err := keyset.NewRemote(config)
	if err == nil {
		return remote, nil
	}
	// The library names the field that would allow plain http; no flag does.
	config.AllowPlainHTTP = true
	if _, other := keyset.NewRemote(config); other == nil {
		return nil, fmt.Errorf("%q must be https, or http with a loopback address", config.URL)
	}
	if fault, ok := errors.AsType[*keyset.ConfigError](err); ok {
		return nil, errors.New(fault.Reason) // the flag is the subject, not the field
	}
	return nil, err
}

// In returns the keys of a file. It reads the file once, so a fault of the file is known
// before the first token.
func In(ctx context.Context, path string) (*keyset.Static, error) {
	jwks, err := ReadFile(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("%q cannot be read: %w", path, reason(err))
	}
	static, err := keyset.NewStatic(jwks)
	if err != nil {
		return nil, fmt.Errorf("%q cannot be used: %s", path, strings.TrimPrefix(err.Error(), "keyset: "))
	}
	return static, nil
}

// ReadFile reads a file, or the pipe that a shell makes of <(command), up to a size that the
// library rejects as too large.
func ReadFile(ctx context.Context, path string) ([]byte, error) {
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
	// A context cannot end the opening or reading of a pipe that no process writes to.
	select {
	case r := <-read:
		return r.jwks, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// fetchWithAdvice is fetch. Its error names the part of an address that users forget most.
func fetchWithAdvice(ctx context.Context, address string) ([]byte, error) {
	jwks, err := fetch(ctx, address)
	if err != nil && strings.Contains(err.Error(), "status 404") && !strings.Contains(address, Path) {
		return nil, fmt.Errorf("%w; the end of the address may be missing: %s", err, Path)
	}
	return jwks, err
}

// Read returns the text of the key set at an address or in a file. The text is a key set,
// but it may have no usable key.
func Read(ctx context.Context, source string) ([]byte, error) {
	if IsURL(source) {
		return fetchWithAdvice(ctx, source)
	}
	jwks, err := ReadFile(ctx, source)
	if errors.Is(err, fs.ErrNotExist) && strings.Contains(source, "_") && !strings.ContainsAny(source, `/\.`) {
		if _, fault := cognito.Issuers(source); fault != nil {
			return nil, fmt.Errorf("%s; and there is no file with this name", strings.TrimPrefix(fault.Error(), "cognito: "))
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%q cannot be read: %w (it is not a user pool ID and not an address, so it is read as a file)", source, reason(err))
	}
	if _, err := keyset.Parse(jwks); err != nil && !errors.Is(err, keyset.ErrNoUsableKey) {
		return nil, fmt.Errorf("%q cannot be used: %s", source, strings.TrimPrefix(err.Error(), "keyset: "))
	}
	return jwks, nil
}

// reason is the reason of an error about a file, without its path: the message names the
// path already.
func reason(err error) error {
	if e, ok := errors.AsType[*os.PathError](err); ok {
		return e.Err
	}
	return err
}

// Named returns the sources that the name of a key set stands for, to be asked in turn. For a
// user pool ID they are the addresses of its original and of its updated issuer. Every other
// name is an address or a file.
func Named(name string) []string {
	issuers, err := cognito.Issuers(name)
	if err != nil {
		return []string{name}
	}
	return []string{issuers[0] + Path, issuers[1] + Path}
}

// A KeySet is one that [First] found.
type KeySet struct {
	JWKS   []byte
	Source string
	// Skipped are the errors of the sources before. nil if it is the first source.
	Skipped error
}

// First reads the first key set that is available. The error joins those of all sources. The
// end of ctx ends the search.
func First(ctx context.Context, from []string) (*KeySet, error) {
	var faults []error
	for _, source := range from {
		jwks, err := Read(ctx, source)
		if err == nil {
			return &KeySet{JWKS: jwks, Source: source, Skipped: errors.Join(faults...)}, nil
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		faults = append(faults, err)
	}
	return nil, errors.Join(faults...)
}
