package cognitotest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	mathrand "math/rand/v2"
	"sync"
)

//go:generate go run genkeys.go

// testKeys has PUBLISHED private keys. They are part of the source, because making an RSA
// key takes a tenth of a second, and because a test should sign with the same keys every
// time. Never trust them outside tests.
//
//go:embed testkeys.pem
var testKeys []byte

// numKeys is the number of keys in testkeys.pem. The last one, stranger, signs tokens of no
// user pool. No pool publishes it.
const (
	numKeys  = 8
	stranger = numKeys - 1
)

// privateKeys parses each key at its first use: a test that signs with two of them does
// not wait for eight.
var privateKeys = func() (keys [numKeys]func() *rsa.PrivateKey) {
	for n := range keys {
		keys[n] = sync.OnceValue(func() *rsa.PrivateKey { return parseKey(n) })
	}
	return keys
}()

func parseKey(n int) *rsa.PrivateKey {
	block, rest := pem.Decode(testKeys)
	for range n {
		block, rest = pem.Decode(rest)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		// It is part of this package, and its own tests read all of it.
		panic(fmt.Sprintf("cognitotest: testkeys.pem was damaged: key %d: %v", n, err))
	}
	return key
}

// A Key is an RSA key of 2048 bits with the name that a user pool gave it. It is
// immutable. The zero Key has no name; its private key is one of this package, too.
type Key struct {
	id     string
	number int // of the private key
}

// ID returns kid: 44 characters of standard base64, the form of Cognito's key names. It
// may contain +, / and =.
func (k *Key) ID() string { return k.id }

// Private returns the private key, for signatures that this package does not make. It is
// published: see the package's comment.
func (k *Key) Private() *rsa.PrivateKey { return privateKeys[k.number]() }

// newKeyID returns a random key name, as Cognito's names are.
func newKeyID() string { return base64.StdEncoding.EncodeToString(randomBytes(32)) }

// In FIPS 140-3 mode crypto/rand now and then waits for entropy from a clock that moves. In a
// bubble of testing/synctest the clock stands still, and that would panic. So crypto/rand is
// read once, before any test.
var random = struct {
	sync.Mutex
	*mathrand.ChaCha8
}{ChaCha8: mathrand.NewChaCha8(seed())}

func seed() (b [32]byte) {
	_, _ = rand.Read(b[:]) // it never fails: crypto/rand
	return b
}

// randomBytes returns the bytes of names, which are no secrets.
func randomBytes(n int) []byte {
	b := make([]byte, n)
	random.Lock()
	defer random.Unlock()
	_, _ = random.Read(b) // it never fails: math/rand/v2
	return b
}

// jwk is a key in the form in which Cognito publishes it.
type jwk struct {
	Alg string `json:"alg"`
	E   string `json:"e"`
	Kid string `json:"kid"`
	Kty string `json:"kty"`
	N   string `json:"n"`
	Use string `json:"use"`
}

// marshalKeys writes a JSON Web Key Set (RFC 7517 §5).
func marshalKeys(keys []*Key) []byte {
	set := struct {
		Keys []jwk `json:"keys"`
	}{[]jwk{}}
	for _, k := range keys {
		public := k.Private().PublicKey
		set.Keys = append(set.Keys, jwk{
			Alg: "RS256", Kid: k.id, Kty: "RSA", Use: "sig",
			E: base64.RawURLEncoding.EncodeToString(big.NewInt(int64(public.E)).Bytes()),
			N: base64.RawURLEncoding.EncodeToString(public.N.Bytes()),
		})
	}
	text, _ := json.Marshal(set) // strings only: it cannot fail
	return text
}
