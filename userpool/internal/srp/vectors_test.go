package srp_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/poolguard/poolguard/userpool/internal/srp"
)

// vector is one sign-in that something else computed; testdata/README.md says
// what and how.
type vector struct {
	Name        string `json:"name"`
	Pool        string `json:"pool"`
	User        string `json:"user"`
	Password    string `json:"password"`
	Salt        string `json:"salt"`     // 16 bytes
	Verifier    string `json:"verifier"` // v, 384 bytes
	ClientA     string `json:"clientA"`  // SRP_A
	Exponent    string `json:"exponent"` // b, 32 bytes
	ServerB     string `json:"serverB"`  // SRP_B
	ServerSalt  string `json:"serverSalt"`
	Key         string `json:"key"`
	SecretBlock string `json:"secretBlock"` // base64
	Timestamp   string `json:"timestamp"`
	Signature   string `json:"signature"`
}

func TestVectors(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) != 2 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var vectors []vector
		if err := json.Unmarshal(content, &vectors); err != nil || len(vectors) == 0 {
			t.Fatalf("%s: %d vectors: %v", file, len(vectors), err)
		}
		for _, v := range vectors {
			t.Run(filepath.Base(file)+"/"+v.Name, v.check)
		}
	}
}

func (v vector) check(t *testing.T) {
	t.Parallel()
	verifier, err := srp.NewVerifier(bytes.NewReader(unhex(v.Salt)), v.Pool, v.User, v.Password)
	if err != nil {
		t.Fatal(err)
	}
	if got := hex.EncodeToString(verifier.V); got != v.Verifier {
		t.Errorf("verifier %s, want %s", got, v.Verifier)
	}
	if !verifier.Matches(v.Pool, v.User, v.Password) || verifier.Matches(v.Pool, v.User, v.Password+"x") {
		t.Error("Matches is wrong")
	}
	h, err := srp.Begin(bytes.NewReader(unhex(v.Exponent)), verifier, v.ClientA)
	if err != nil {
		t.Fatal(err)
	}
	want := srp.Handshake{B: v.ServerB, Salt: v.ServerSalt, Key: unhex(v.Key)}
	if diff := cmp.Diff(want, h); diff != "" {
		t.Errorf("handshake (-want +got):\n%s", diff)
	}
	block, err := base64.StdEncoding.DecodeString(v.SecretBlock)
	if err != nil {
		t.Fatal(err)
	}
	if !h.Proves(v.Pool, v.User, block, v.Timestamp, v.Signature) {
		t.Error("the signature is refused")
	}
	if _, err := srp.ParseTimestamp(v.Timestamp); err != nil {
		t.Error(err)
	}
}
