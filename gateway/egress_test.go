package gateway_test

import (
	"bytes"
	"encoding/pem"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/gateway"
)

func TestChangedAuthoritiesOfEgressAreUsed(t *testing.T) {
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	s := newStage(t, "egress: {ca: ca.pem}\n"+orders)
	path := filepath.Join(filepath.Dir(s.file), "ca.pem")
	put := func(text []byte) {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put(text)
	g, err := gateway.New(gateway.Config{File: s.file, Log: s.log})
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Reload(t.Context()); err != nil || !strings.Contains(s.log.String(), `"new_keys":false`) {
		t.Errorf("the same authorities: %v\n%s", err, s.log)
	}
	put(bytes.Repeat(text, 2))
	if err := g.Reload(t.Context()); err != nil || !strings.Contains(s.log.String(), `"new_keys":true`) {
		t.Errorf("other authorities: %v\n%s", err, s.log)
	}
	put([]byte("no certificate"))
	if err := g.Reload(t.Context()); err == nil || !strings.Contains(err.Error(), "has no certificate in PEM") {
		t.Errorf("a faulty file is used: %v", err)
	}
}
