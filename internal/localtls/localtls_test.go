package localtls

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"
)

var tlsNames = []string{"localhost", "127.0.0.1", "::1", "devbox"}

func madeCertificate(t *testing.T, dir string) (root, leaf *x509.Certificate) {
	t.Helper()
	made, err := create(dir, tlsNames, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(made.Authority)
	if root, err = x509.ParseCertificate(block.Bytes); err != nil {
		t.Fatal(err)
	}
	return root, made.TLS.Certificates[0].Leaf
}

// Strict clients, Python since 3.13 among them, want all that RFC 5280 says a
// certificate must have.
func TestCertificateSatisfiesStrictClients(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	root, leaf := madeCertificate(t, dir)
	roots := x509.NewCertPool()
	roots.AddCert(root)
	for _, name := range tlsNames {
		if _, err := leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: name}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	critical := func(c *x509.Certificate, id ...int) bool {
		i := slices.IndexFunc(c.Extensions, func(e pkix.Extension) bool { return e.Id.Equal(asn1.ObjectIdentifier(id)) })
		return i >= 0 && c.Extensions[i].Critical
	}
	for name, c := range map[string]*x509.Certificate{"authority": root, "leaf": leaf} {
		if len(c.SubjectKeyId) != 20 {
			t.Errorf("%s: subject key identifier %x", name, c.SubjectKeyId)
		}
		if !critical(c, 2, 5, 29, 19) || !c.BasicConstraintsValid || !critical(c, 2, 5, 29, 15) {
			t.Errorf("%s: basic constraints or key usage are not critical", name)
		}
		if c.SerialNumber.Sign() <= 0 || c.SerialNumber.BitLen() < 64 || c.SerialNumber.BitLen() > 159 {
			t.Errorf("%s: serial number %x", name, c.SerialNumber)
		}
		if c.Version != 3 || c.NotAfter.Sub(c.NotBefore) > 398*24*time.Hour || c.Subject.CommonName == "" {
			t.Errorf("%s: version %d, %v to %v, subject %v", name, c.Version, c.NotBefore, c.NotAfter, c.Subject)
		}
	}
	if !bytes.Equal(leaf.AuthorityKeyId, root.SubjectKeyId) || bytes.Equal(leaf.SubjectKeyId, root.SubjectKeyId) {
		t.Errorf("the leaf names the key %x, the authority's is %x", leaf.AuthorityKeyId, root.SubjectKeyId)
	}
	if !bytes.Equal(leaf.RawIssuer, root.RawSubject) || leaf.SerialNumber.Cmp(root.SerialNumber) == 0 {
		t.Error("issuer or serial number")
	}
	if !root.IsCA || !root.MaxPathLenZero || root.KeyUsage != x509.KeyUsageCertSign || root.ExtKeyUsage != nil {
		t.Errorf("authority: %t, %d, %v", root.IsCA, root.KeyUsage, root.ExtKeyUsage)
	}
	if leaf.IsCA || leaf.KeyUsage != x509.KeyUsageDigitalSignature || !slices.Equal(leaf.ExtKeyUsage, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}) {
		t.Errorf("leaf: %t, %d, %v", leaf.IsCA, leaf.KeyUsage, leaf.ExtKeyUsage)
	}
	if !slices.Equal(leaf.DNSNames, []string{"localhost", "devbox"}) || len(leaf.IPAddresses) != 2 {
		t.Errorf("names %v, %v", leaf.DNSNames, leaf.IPAddresses)
	}

	openssl, err := exec.LookPath("openssl")
	if err != nil {
		missing := t.Skip
		if os.Getenv("CI") == "true" {
			missing = t.Fatal
		}
		missing("there is no openssl; `make deps` installs it on Debian")
	}
	output, err := exec.Command(openssl, "verify", "-x509_strict", "-check_ss_sig", "-purpose", "sslserver", "-verify_hostname", "devbox",
		"-CAfile", filepath.Join(dir, authorityFile), filepath.Join(dir, certFile)).CombinedOutput()
	if err != nil {
		t.Errorf("openssl: %v\n%s", err, output)
	}
}

// A stored certificate serves again, unless it is of the kind that named no key of
// its authority.
func TestStoredCertificateIsUsedAgain(t *testing.T) {
	t.Parallel()
	dir, now := t.TempDir(), time.Now()
	madeCertificate(t, dir)
	key := filepath.Join(dir, keyFile)
	if err := os.Chmod(key, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := stored(dir, tlsNames, now); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(key); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the key is open to others: %v, %v", info.Mode(), err)
	}
	if _, err := stored(dir, append(slices.Clone(tlsNames), "other"), now); err == nil {
		t.Error("it serves under a name that it does not have")
	}
	if _, err := stored(dir, tlsNames, now.Add(Lifetime-renewBefore)); err == nil {
		t.Error("it serves although it is about to end")
	}

	storeOldCertificate(t, dir, now)
	if _, err := stored(dir, tlsNames[:1], now); err == nil {
		t.Error("one without the identifier of its authority's key serves")
	}
	c, err := Open(dir, tlsNames, time.Now())
	if err != nil || len(c.TLS.Certificates[0].Leaf.AuthorityKeyId) == 0 {
		t.Errorf("it is not replaced: %v", err)
	}
	if pair, err := tls.LoadX509KeyPair(filepath.Join(dir, certFile), key); err != nil || len(pair.Leaf.AuthorityKeyId) == 0 {
		t.Errorf("it is not replaced in the directory: %v", err)
	}
}

// storeOldCertificate stores one as it was made before: the parent is a template.
func storeOldCertificate(t *testing.T, dir string, now time.Time) {
	t.Helper()
	authority := x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, NotBefore: now, NotAfter: now.Add(Lifetime),
		BasicConstraintsValid: true, IsCA: true, KeyUsage: x509.KeyUsageCertSign,
	}
	leaf := x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "localhost"}, NotBefore: now, NotAfter: now.Add(Lifetime),
		BasicConstraintsValid: true, DNSNames: []string{"localhost"}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	root, err := x509.CreateCertificate(rand.Reader, &authority, &authority, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificate(rand.Reader, &leaf, &authority, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := keep(dir, root, der, keyDER, leaf.NotAfter); err != nil {
		t.Fatal(err)
	}
}
