package alb_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"log/slog"
	"maps"
	"math/big"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/alb"
)

const (
	balancer = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/web/50dc6c495c0c9188"
	instance = "arn:aws:ec2:us-east-1:123456789012:verified-access-instance/vai-abc123xzy321a2b3c"
	issuer   = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEfGhI"
	client   = "1example23456789"
	subject  = "23d498b2-3031-70d2-8a15-49dd886a087b"
	kid      = "c2f80c8b-c05c-4068-af14-17299f7896b1"
	east     = "https://public-keys.auth.elb.us-east-1.amazonaws.com/"
	access   = "https://public-keys.prod.verified-access.us-east-1.amazonaws.com/"
)

// The keys of the tests. They are made outside of any synctest bubble: the FIPS module
// takes its entropy from a clock that moves.
var (
	p256, otherP256 = newKey(elliptic.P256()), newKey(elliptic.P256())
	p384            = newKey(elliptic.P384())
)

func newKey(curve elliptic.Curve) *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		panic(err)
	}
	return key
}

func pemOf(key any) string {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		panic(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

// A draft is a token before it is signed: by default a good one of the load balancer,
// shaped as those that it sends.
type draft struct {
	header, payload       map[string]any
	rawHeader, rawPayload string // in their place
	key                   *ecdsa.PrivateKey
	hash                  crypto.Hash
	encoding              *base64.Encoding
	sign                  func(input []byte) []byte // in place of key
}

func newDraft(change ...func(*draft)) *draft {
	exp := time.Now().Add(2 * time.Minute).Unix()
	d := &draft{
		header:  map[string]any{"typ": "JWT", "kid": kid, "alg": "ES256", "iss": issuer, "client": client, "signer": balancer, "exp": exp},
		payload: map[string]any{"sub": subject, "email_verified": "true", "email": "anaya@example.com", "username": "anaya", "exp": exp, "iss": issuer},
		key:     p256, hash: crypto.SHA256, encoding: base64.URLEncoding,
	}
	for _, c := range change {
		c(d)
	}
	return d
}

// ofVerifiedAccess makes a draft one of Verified Access.
func ofVerifiedAccess(d *draft) {
	delete(d.header, "client")
	delete(d.header, "typ")
	delete(d.payload, "exp")
	delete(d.payload, "iss")
	maps.Copy(d.header, map[string]any{"alg": "ES384", "signer": instance})
	d.key, d.hash, d.encoding = p384, crypto.SHA384, base64.RawURLEncoding
}

func header(name string, value any) func(*draft) {
	return set(func(d *draft) map[string]any { return d.header }, name, value)
}
func claim(name string, value any) func(*draft) {
	return set(func(d *draft) map[string]any { return d.payload }, name, value)
}

// set gives the member the value; nil takes it away.
func set(where func(*draft) map[string]any, name string, value any) func(*draft) {
	return func(d *draft) {
		if value == nil {
			delete(where(d), name)
			return
		}
		where(d)[name] = value
	}
}

func signedBy(key *ecdsa.PrivateKey) func(*draft) { return func(d *draft) { d.key = key } }

func (d *draft) String() string {
	head, payload := []byte(d.rawHeader), []byte(d.rawPayload)
	if d.rawHeader == "" {
		head, _ = json.Marshal(d.header)
	}
	if d.rawPayload == "" {
		payload, _ = json.Marshal(d.payload)
	}
	input := d.encoding.EncodeToString(head) + "." + d.encoding.EncodeToString(payload)
	sign := d.sign
	if sign == nil {
		sign = func(input []byte) []byte { r, s := d.signature(input); return join(d.key.Curve, r, s) }
	}
	return input + "." + d.encoding.EncodeToString(sign([]byte(input)))
}

// signature is deterministic (RFC 6979): a random one needs entropy, which FIPS 140-3 mode
// takes from a clock that moves, and the clock of a test's bubble does not.
func (d *draft) signature(input []byte) (r, s *big.Int) {
	h := d.hash.New()
	h.Write(input)
	signature, err := d.key.Sign(nil, h.Sum(nil), d.hash)
	if err != nil {
		panic(err)
	}
	var parts struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(signature, &parts); err != nil {
		panic(err)
	}
	return parts.R, parts.S
}

func join(curve elliptic.Curve, r, s *big.Int) []byte {
	size := (curve.Params().BitSize + 7) / 8
	return append(r.FillBytes(make([]byte, size)), s.FillBytes(make([]byte, size))...)
}

func token(change ...func(*draft)) string { return newDraft(change...).String() }

// An endpoint is a transport that answers for keys by their address, and counts.
type endpoint struct {
	mu     sync.Mutex
	bodies map[string]string
	answer func(*http.Request) (*http.Response, error) // in place of bodies
	asked  []string
}

func newEndpoint() *endpoint {
	return &endpoint{bodies: map[string]string{east + kid: pemOf(&p256.PublicKey), access + kid: pemOf(&p384.PublicKey)}}
}

func (e *endpoint) RoundTrip(r *http.Request) (*http.Response, error) {
	e.mu.Lock()
	e.asked = append(e.asked, r.URL.String())
	answer, body := e.answer, e.bodies[r.URL.String()]
	e.mu.Unlock()
	switch {
	case answer != nil:
		return answer(r)
	case body == "":
		return respond(http.StatusNotFound, "no such key")(r)
	}
	return respond(http.StatusOK, body)(r)
}

func (e *endpoint) serve(answer func(*http.Request) (*http.Response, error)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.answer = answer
}

func (e *endpoint) put(address, body string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.bodies[address] = body
}

func (e *endpoint) count() int { return len(e.requests()) }

func (e *endpoint) requests() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]string(nil), e.asked...)
}

func respond(status int, body string, headers ...string) func(*http.Request) (*http.Response, error) {
	return func(r *http.Request) (*http.Response, error) {
		response := &http.Response{
			StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{}, ContentLength: -1,
			Body: io.NopCloser(strings.NewReader(body)), Request: r,
		}
		for n := 0; n+1 < len(headers); n += 2 {
			response.Header.Add(headers[n], headers[n+1])
		}
		return response, nil
	}
}

var silent = slog.New(slog.DiscardHandler)

func (e *endpoint) options() alb.Options {
	return alb.Options{HTTPClient: &http.Client{Transport: e}, Logger: silent}
}

func (e *endpoint) config() alb.Config {
	return alb.Config{Signers: []string{balancer}, ClientIDs: []string{client}, Issuers: []string{issuer}, Options: e.options()}
}

func (e *endpoint) verifier(t testing.TB, change ...func(*alb.Config)) *alb.Verifier {
	t.Helper()
	config := e.config()
	for _, c := range change {
		c(&config)
	}
	v, err := alb.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (e *endpoint) verifiedAccess(t testing.TB) *alb.Verifier {
	t.Helper()
	v, err := alb.NewVerifiedAccess(alb.VerifiedAccessConfig{Instances: []string{instance}, Issuers: []string{issuer, trustProvider}, Options: e.options()})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

const trustProvider = "arn:aws:ec2:us-east-1:123456789012:verified-access-trust-provider/vatp-abc123xzy321a2b3c"

// expect wants a verification to end with that code, "" for none.
func expect(t testing.TB, v *alb.Verifier, raw string, want cognito.Code) *alb.Identity {
	t.Helper()
	identity, err := v.Verify(t.Context(), raw)
	if got := cognito.CodeOf(err); got != want || (err == nil) != (want == "") {
		t.Errorf("got %v, want %q", err, want)
	}
	var typed *cognito.Error
	if err != nil && (identity != nil || !errors.As(err, &typed)) {
		t.Errorf("with %v an identity, %v, or no *cognito.Error", err, identity)
	}
	if err != nil && len(raw) > 40 && (strings.Contains(err.Error(), raw[:30]) || strings.Contains(err.Error(), raw[len(raw)-30:])) {
		t.Errorf("the error quotes the token: %v", err)
	}
	return identity
}
