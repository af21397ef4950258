package testvectors

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// Read returns the file of that name, in slashes, under $POOLGUARD_VECTORS, or
// under ../shared/vectors seen from the root of the project. Where the data is
// missing the test is skipped, but fails where CI=true.
func Read(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(folder(t), filepath.FromSlash(name)))
	switch {
	case os.IsNotExist(err) && os.Getenv("CI") != "true":
		t.Skipf("%v: set POOLGUARD_VECTORS to the folder of the test vectors", err)
	case err != nil:
		t.Fatal(err)
	}
	return data
}

// ReadJSON is Read, decoded into dst.
func ReadJSON(t testing.TB, name string, dst any) {
	t.Helper()
	if err := json.Unmarshal(Read(t, name), dst); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

func folder(t testing.TB) string {
	t.Helper()
	if dir := os.Getenv("POOLGUARD_VECTORS"); dir != "" && filepath.IsAbs(dir) {
		return dir
	}
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for dir := root; filepath.Dir(dir) != dir; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.work")); err == nil {
			root = dir
			break
		}
	}
	if dir := os.Getenv("POOLGUARD_VECTORS"); dir != "" {
		return filepath.Join(root, dir)
	}
	return filepath.Join(root, "..", "shared", "vectors")
}
