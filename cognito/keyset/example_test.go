package keyset_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"time"

	"github.com/poolguard/poolguard/cognito/keyset"
)

// A remote set is fetched at the first use, or ahead with Load. A new key is found
// as soon as it is asked for.
func ExampleNewRemote() {
	issuer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, setOne())
	}))
	defer issuer.Close()

	source, err := keyset.NewRemote(keyset.RemoteConfig{
		URL: issuer.URL + "/.well-known/jwks.json", // plain http is for loopback only
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	if err := source.Load(ctx); err != nil {
		fmt.Println(err)
		return
	}
	for _, id := range []string{"one", "two"} {
		key, err := source.Key(ctx, id)
		if unavailable, ok := errors.AsType[*keyset.UnavailableError](err); ok {
			fmt.Println("ask again in", unavailable.RetryAfter())
			return
		}
		if err != nil {
			fmt.Printf("%s: %v\n", id, err)
			continue
		}
		fmt.Printf("%s: %d bits\n", key.ID(), key.Public().N.BitLen())
	}
	// Output:
	// one: 2048 bits
	// two: keyset: no usable key of that name
}

// A seed ships with the program, for example by go:embed. It is used until the first fetch
// has succeeded: here that never happens.
func ExampleNewRemote_seed() {
	shipped := []byte(setOne())
	source, err := keyset.NewRemote(keyset.RemoteConfig{
		URL:        "https://issuer.invalid/.well-known/jwks.json",
		Seed:       keyset.Seed{JWKS: shipped, UsableFor: 12 * time.Hour},
		HTTPClient: &http.Client{Transport: noNetwork{}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	key, err := source.Key(context.Background(), "one")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(key.ID())
	_, err = source.Key(context.Background(), "two")
	unavailable, ok := errors.AsType[*keyset.UnavailableError](err)
	fmt.Println(ok && unavailable.RetryAfter() > 0)
	// Output:
	// one
	// true
}

// noNetwork is a transport that reaches no host.
type noNetwork struct{}

// RoundTrip implements http.RoundTripper.
func (noNetwork) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, errors.New("the network is unreachable")
}

// A file is read at the first use, and again when it was changed.
func ExampleNewFile() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "jwks.json")
	if err := os.WriteFile(path, []byte(setOne()), 0o600); err != nil {
		fmt.Println(err)
		return
	}

	source, err := keyset.NewFile(keyset.FileConfig{Path: path})
	if err != nil {
		fmt.Println(err)
		return
	}
	key, err := source.Key(context.Background(), "one")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(key.ID())
	// Output: one
}

// A static set is for keys that are known when the program is built.
func ExampleNewStatic() {
	source, err := keyset.NewStatic([]byte(setOne()))
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = source.Key(context.Background(), "two")
	fmt.Println(errors.Is(err, keyset.ErrKeyNotFound))
	// Output: true
}

// Parse shows what a set holds, and why members of it are not used.
func ExampleParse() {
	set, err := keyset.Parse([]byte(`{"keys":[
		{"kty":"oct","kid":"shared secret","k":"c2VjcmV0"},
		{"kty":"RSA","kid":"for encryption","use":"enc","n":"AQAB","e":"AQAB"}
	]}`))
	fmt.Println(errors.Is(err, keyset.ErrNoUsableKey))
	for _, skipped := range set.Skipped() {
		fmt.Printf("%d %q %s\n", skipped.Index, skipped.KeyID, skipped.Reason)
	}
	// Output:
	// true
	// 0 "shared secret" has kty "oct", not "RSA"
	// 1 "for encryption" has use "enc", not "sig"
}
