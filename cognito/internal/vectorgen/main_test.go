package main

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/fips140"
	"crypto/rsa"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito/internal/vectorgen/vectors"
)

const module = "../.."

// TestRegenerated compares the committed files with what would be written now.
func TestRegenerated(t *testing.T) {
	if fips140.Enforced() {
		t.Skip("some vectors are signed with HMAC keys under 112 bits, which fips140=only refuses")
	}
	files, err := generate(module)
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(module, "testdata", "vectors")
	readme, err := os.ReadFile(filepath.Join(folder, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	size := 0
	for name, text := range files {
		committed, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil || !bytes.Equal(committed, text) {
			t.Errorf("%s is not what the generator writes (%v): go run ./internal/vectorgen", name, err)
		}
		if !bytes.Contains(readme, []byte("`"+name+"`")) {
			t.Errorf("README.md does not mention %s", name)
		}
		size += len(text)
	}
	if size > 1_500_000 {
		t.Errorf("the files have %d bytes together", size)
	}
	there, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil || len(there) != len(files) {
		t.Errorf("%d files are there, and %d are generated", len(there), len(files))
	}
}

// TestCases checks what every case must have.
func TestCases(t *testing.T) {
	files, err := vectors.Load(filepath.Join(module, "testdata", "vectors"))
	if err != nil {
		t.Fatal(err)
	}
	seen, tokens := map[string]bool{}, map[string]string{}
	for _, file := range files {
		for _, v := range file.Cases {
			theme, name, _ := strings.Cut(v.ID, "/")
			if seen[v.ID] || theme == "" || name == "" || strings.ContainsAny(v.ID, " \t") {
				t.Errorf("the name %q is there twice, or has no theme, or a space", v.ID)
			}
			seen[v.ID] = true
			if v.Comment == "" || len(v.Recipe) == 0 || v.Expected.Valid != (v.Expected.Code == "") {
				t.Errorf("%s has no comment, no recipe, or both a code and no fault", v.ID)
			}
			text, err := v.Text()
			if err != nil {
				t.Errorf("%s: %v", v.ID, err)
			}
			// The same text twice is one case, but for texts that are no token.
			if other, again := tokens[text]; again && strings.Count(text, ".") == 2 && len(text) > 100 {
				t.Errorf("%s and %s are the same token", v.ID, other)
			}
			tokens[text] = v.ID
		}
	}
}

// TestTrickSignatures checks that what must be refused is as near to the truth as
// the recipes say: a signature that no verifier would take proves nothing.
func TestTrickSignatures(t *testing.T) {
	ring, err := readKeys(module)
	if err != nil {
		t.Fatal(err)
	}
	input := []byte("input")
	hashed := digest(crypto.SHA256, input)
	if err := rsa.VerifyPSS(ring.access.public(), crypto.SHA256, hashed, ring.access.pss(input), &rsa.PSSOptions{SaltLength: 32}); err != nil {
		t.Errorf("pss: %v", err)
	}
	signature := es256(ring.p256)(input)
	r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
	if !ecdsa.Verify(&ring.p256.PublicKey, hashed, r, s) || !bytes.Equal(signature, es256(ring.p256)(input)) {
		t.Error("es256 does not hold, or is another one each time")
	}
	proper := func(input []byte, size int) []byte { return encoded(infoSHA256, input, size) }
	if !bytes.Equal(ring.access.over(proper)(input), ring.access.rs256(input)) {
		t.Error("the encoding is not that of package rsa")
	}
	for n := byte(0); ; n++ {
		input := []byte{n}
		root := ring.second.squareRoot(input)
		if root == nil {
			continue
		}
		square := new(big.Int).Exp(new(big.Int).SetBytes(root), big.NewInt(2), ring.second.private.N)
		if !bytes.Equal(square.FillBytes(make([]byte, 256)), proper(input, 256)) {
			t.Error("the square root is none")
		}
		break
	}
	cube := new(big.Int).Exp(new(big.Int).SetBytes(forgedCube(ring.exponent3)(input)), big.NewInt(3), ring.exponent3.private.N).FillBytes(make([]byte, 256))
	if !bytes.Equal(cube[11+len(infoSHA256):][:32], hashed) {
		t.Error("the cube does not have the digest")
	}
}
