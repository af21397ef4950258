package keysource_test

import (
	"context"
	"fmt"

	"github.com/poolguard/poolguard/cognito/keyset"
	"github.com/poolguard/poolguard/internal/keysource"
)

func Example() {
	fmt.Println(keysource.IsURL("https://auth.example.com"+keysource.Path), keysource.IsURL("jwks.json"))

	_, err := keysource.At(keyset.RemoteConfig{URL: "http://auth.example.com/jwks.json"})
	fmt.Println("--jwks", err)
	_, err = keysource.At(keyset.RemoteConfig{URL: "https://user:password@auth.example.com/jwks.json"})
	fmt.Println("--jwks", err)
	_, err = keysource.In(context.Background(), "no-such-file.json")
	fmt.Println("--jwks", err)
	// Output:
	// true false
	// --jwks "http://auth.example.com/jwks.json" must be https, or http with a loopback address
	// --jwks has user information, which would appear in logs
	// --jwks "no-such-file.json" cannot be read: no such file or directory
}
