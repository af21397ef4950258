package cognitotest

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/poolguard/poolguard/cognito/alb"
)

// The kinds of token that are not a pool's own.
const (
	kindLoadBalancer   = "load balancer"
	kindVerifiedAccess = "verified access"
)

// serviceLifetime is the lifetime of the tokens of load balancers.
const serviceLifetime = 2 * time.Minute

// A Signer is what a [LoadBalancer] and a [VerifiedAccess] have in common: an ARN, and keys of its own
// at the address of AWS for the pool's region.
//
// A zero Signer, LoadBalancer or VerifiedAccess, and one of the zero Pool, has no pool and no keys. Its
// configuration is one that package alb refuses, and in place of tokens it returns a text that says so.
type Signer struct {
	pool      *Pool // nil for the zero Signer
	kind      string
	arn       string
	host      string // of its keys at AWS
	algorithm ecAlgorithm

	// Guarded by pool.issuer.mu.
	key       *Key
	published []*Key
	made      int // the number of keys until now
	failure   int // the status of each answer to a request for a key; 0 for none
	requests  int
}

// faultZeroSigner is in place of the tokens of the zero [Signer].
const faultZeroSigner = "cognitotest: a zero Signer, LoadBalancer or VerifiedAccess signs nothing; get one from a Pool of an Issuer"

// isZero reports whether s has no pool: it is a zero Signer, or nil as in a zero LoadBalancer.
func (s *Signer) isZero() bool { return s == nil || s.pool == nil }

// signerOf returns the signer with this kind and name. There is one for each name, and none, nil, for
// the zero Pool.
func (p *Pool) signerOf(kind, name string) *Signer {
	if p.issuer == nil {
		return nil
	}
	p.issuer.mu.Lock()
	defer p.issuer.mu.Unlock()
	for _, f := range p.issuer.signers {
		if f.pool == p && f.kind == kind && strings.Contains(f.arn, "/"+signerID(kind, name)) {
			return f
		}
	}
	region, _, _ := strings.Cut(p.id, "_")
	partition := "aws"
	if strings.HasPrefix(region, "us-gov-") {
		partition = "aws-us-gov"
	}
	f := &Signer{pool: p, kind: kind, algorithm: es256}
	switch kind {
	case kindLoadBalancer:
		f.arn = "arn:" + partition + ":elasticloadbalancing:" + region + ":123456789012:loadbalancer/app/" + signerID(kind, name)
		f.host = "public-keys.auth.elb." + region + ".amazonaws.com"
		if partition == "aws-us-gov" {
			f.host = "s3-" + region + ".amazonaws.com"
		}
	default:
		f.algorithm = es384
		f.arn = "arn:" + partition + ":ec2:" + region + ":123456789012:verified-access-instance/" + signerID(kind, name)
		f.host = "public-keys.prod.verified-access." + region + ".amazonaws.com"
	}
	f.rotate()
	p.issuer.signers = append(p.issuer.signers, f)
	return f
}

// signerID returns the last part of an ARN. The same name always has the same one.
func signerID(kind, name string) string {
	hash := sha256.Sum256([]byte(name))
	if kind == kindVerifiedAccess {
		return "vai-" + hex.EncodeToString(hash[:])[:17]
	}
	return name + "/" + hex.EncodeToString(hash[:])[:16]
}

// ARN returns the value of signer in the tokens.
func (s *Signer) ARN() string {
	if s.isZero() {
		return ""
	}
	return s.arn
}

// KeyID returns the name of the key that signs tokens now, a UUID.
func (s *Signer) KeyID() string {
	if s.isZero() {
		return ""
	}
	s.pool.issuer.mu.Lock()
	defer s.pool.issuer.mu.Unlock()
	return s.key.id
}

// RotateKey signs further tokens with a new key. The old one stays valid until WithdrawKey.
func (s *Signer) RotateKey() {
	if s.isZero() {
		return
	}
	s.pool.issuer.mu.Lock()
	defer s.pool.issuer.mu.Unlock()
	s.rotate()
}

func (s *Signer) rotate() {
	s.key = &Key{newUUID(), s.made % (numECKeys - 1)}
	s.made++
	s.published = append(s.published, s.key)
}

// WithdrawKey removes the key with this name from its address and reports whether it was there.
func (s *Signer) WithdrawKey(kid string) bool {
	if s.isZero() {
		return false
	}
	s.pool.issuer.mu.Lock()
	defer s.pool.issuer.mu.Unlock()
	before := len(s.published)
	s.published = slices.DeleteFunc(slices.Clone(s.published), func(k *Key) bool { return k.id == kid })
	return len(s.published) < before
}

// FailKeys answers requests for keys with this status. 0 publishes the keys again. Any other number
// that is not the status of an answer (200 to 999) breaks the connection without an answer.
func (s *Signer) FailKeys(status int) {
	if s.isZero() {
		return
	}
	s.pool.issuer.mu.Lock()
	defer s.pool.issuer.mu.Unlock()
	s.failure = status
}

// KeyRequests returns the number of requests for keys, including failures.
func (s *Signer) KeyRequests() int {
	if s.isZero() {
		return 0
	}
	s.pool.issuer.mu.Lock()
	defer s.pool.issuer.mu.Unlock()
	return s.requests
}

// options returns the options of a verifier that gets the keys from this issuer.
func (s *Signer) options() alb.Options {
	o := alb.Options{Clock: s.pool.issuer.clock, Logger: slog.New(slog.DiscardHandler)}
	s.pool.issuer.mu.Lock()
	defer s.pool.issuer.mu.Unlock()
	if s.pool.issuer.address != "" {
		o.KeyAddress = s.pool.issuer.address + keysPath
	} else {
		o.HTTPClient = s.pool.issuer.Client()
	}
	return o
}

// draft returns a token in the form that the service gives it.
func (s *Signer) draft() *draft {
	if s.isZero() {
		return &draft{fault: faultZeroSigner}
	}
	s.pool.issuer.mu.Lock()
	key := s.key
	s.pool.issuer.mu.Unlock()
	d := &draft{kind: s.kind, now: s.pool.issuer.clock.Now(), key: key, service: s, sign: s.algorithm.sign, encode: base64.URLEncoding.EncodeToString}
	if s.kind == kindLoadBalancer {
		d.header.set("typ", "JWT")
		d.header.set("kid", key.id)
		d.header.set("alg", s.algorithm.name)
		d.header.set("iss", s.pool.Issuer())
		d.header.set("client", s.pool.ClientID())
		d.header.set("signer", s.arn)
	} else {
		d.encode = base64.RawURLEncoding.EncodeToString
		d.header.set("alg", s.algorithm.name)
		d.header.set("kid", key.id)
		d.header.set("signer", s.arn)
		d.header.set("iss", s.pool.Issuer())
	}
	d.payload.set("sub", Subject)
	d.payload.set("email_verified", "true") // a string, as userInfo has it
	d.payload.set("email", Username+"@example.com")
	d.payload.set("username", Username)
	d.setExpiry(d.now.Add(serviceLifetime).Unix())
	if s.kind == kindLoadBalancer {
		d.payload.set("iss", s.pool.Issuer())
	}
	return d
}

// keysPath is where [Issuer.Handler] has the keys of load balancers, except at AWS's own hosts.
const keysPath = "/keys"

// signerKey returns the signer whose key a request asks for, and the key in PEM. f is nil if the
// request is for no key. The caller holds mu.
func (i *Issuer) signerKey(r *http.Request) (f *Signer, text []byte) {
	slash := strings.LastIndexByte(r.URL.Path, '/')
	if slash < 0 {
		return nil, nil
	}
	path, kid := r.URL.Path[:slash], r.URL.Path[slash+1:]
	for _, candidate := range i.signers {
		isAWS := strings.HasSuffix(r.Host, ".amazonaws.com")
		switch {
		case isAWS && (r.Host != candidate.host || (path != "" && !strings.HasPrefix(path, "/aws-elb-public-keys-prod-"))), !isAWS && path != keysPath:
			continue
		}
		f = candidate
		if n := slices.IndexFunc(f.published, func(k *Key) bool { return k.id == kid }); n >= 0 {
			return f, f.algorithm.publicPEM(f.published[n])
		}
	}
	return f, nil
}

// serveKey answers a request for a key of a load balancer and reports whether it was one.
func (i *Issuer) serveKey(w http.ResponseWriter, r *http.Request) bool {
	i.mu.Lock()
	f, text := i.signerKey(r)
	status := 0
	if f != nil {
		f.requests++
		status = f.failure
	}
	i.mu.Unlock()
	switch {
	case f == nil:
		return false
	case status != 0:
		fail(w, status)
	case text == nil:
		http.NotFound(w, r)
	default:
		w.Header().Set("Content-Type", "text/plain")
		_, _ = w.Write(text) // a client that disconnected does not need it
	}
	return true
}
