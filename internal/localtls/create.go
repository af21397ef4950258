package localtls

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"net"
	"time"
)

// create makes an authority and the one certificate that it ever signs. The authority's
// key exists in this function only. A self-signed certificate would do for most clients,
// but not for all.
func create(dir string, names []string, now time.Time) (*Certificate, error) {
	authority, leaf := templates(names, now.Truncate(time.Second))
	authorityKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	rootDER, err := x509.CreateCertificate(rand.Reader, authority, authority, authorityKey.Public(), authorityKey)
	if err != nil {
		return nil, err
	}
	// The leaf must name the identifier of the authority's key, which only the parsed
	// certificate has.
	root, err := x509.ParseCertificate(rootDER)
	if err != nil {
		return nil, err
	}
	public, err := key.PublicKey.Bytes()
	if err != nil {
		return nil, err
	}
	id := sha256.Sum256(public) // RFC 7093, section 2, method 1
	leaf.SubjectKeyId = id[:20]
	leafDER, err := x509.CreateCertificate(rand.Reader, leaf, root, key.Public(), authorityKey)
	if err != nil {
		return nil, err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return keep(dir, rootDER, leafDER, keyDER, leaf.NotAfter)
}

// templates returns what the two certificates say. x509 adds their serial numbers.
func templates(names []string, now time.Time) (authority, leaf *x509.Certificate) {
	number := make([]byte, 4)
	_, _ = rand.Read(number) // it never fails
	// An hour back, for clients whose clocks are behind.
	from, until := now.Add(-time.Hour), now.Add(Lifetime)
	authority = &x509.Certificate{
		NotBefore: from, NotAfter: until, BasicConstraintsValid: true,
		Subject: pkix.Name{CommonName: "Poolguard local user pool " + hex.EncodeToString(number)},
		IsCA:    true, MaxPathLenZero: true, KeyUsage: x509.KeyUsageCertSign,
	}
	leaf = &x509.Certificate{
		NotBefore: from, NotAfter: until, BasicConstraintsValid: true,
		Subject:  pkix.Name{CommonName: "localhost"},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			leaf.IPAddresses = append(leaf.IPAddresses, ip)
		} else {
			leaf.DNSNames = append(leaf.DNSNames, name)
		}
	}
	return authority, leaf
}
