package keygen_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/gateway/internal/keygen"
)

func TestSecretsHaveTheirForms(t *testing.T) {
	t.Parallel()
	made := map[string][]byte{}
	for _, kind := range keygen.Kinds() {
		first, err := keygen.Make(kind)
		second, _ := keygen.Make(kind)
		if err != nil || bytes.Equal(first, second) || !bytes.HasSuffix(first, []byte("\n")) {
			t.Errorf("%s: got %v", kind, err)
		}
		made[kind] = first
	}
	for kind, prefix := range map[string]string{"session": keygen.SessionPrefix, "token": ""} {
		text, found := strings.CutPrefix(strings.TrimSuffix(string(made[kind]), "\n"), prefix)
		if b, err := base64.RawURLEncoding.DecodeString(text); !found || err != nil || len(b) != 32 {
			t.Errorf("%s: got %q", kind, made[kind])
		}
	}
	block, _ := pem.Decode(made["jwt"])
	if block == nil {
		t.Fatal("jwt is not PEM")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if k, ok := key.(*ecdsa.PrivateKey); err != nil || !ok || k.Curve != elliptic.P256() {
		t.Errorf("got %T, %v", key, err)
	}
	if _, err := keygen.Make("rsa"); err == nil || !strings.Contains(err.Error(), "session, jwt, token") {
		t.Errorf("got %v", err)
	}
}
