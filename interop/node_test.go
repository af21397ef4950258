package interop

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/poolguard/poolguard/cognito"
)

// nodeDirectory has the npm packages that the tests are about.
const nodeDirectory = "testdata/node"

// needNode skips a test where Node.js or its packages are missing. On CI, where
// nobody reads what was skipped, it fails.
func needNode(t *testing.T) (node string) {
	t.Helper()
	missing := t.Skip
	if os.Getenv("CI") == "true" {
		missing = t.Fatal
	}
	node, err := exec.LookPath("node")
	if err != nil {
		missing("Node.js is not installed; `make deps` installs it on Debian")
	}
	var lock struct {
		Packages map[string]struct {
			Version      string            `json:"version"`
			Dependencies map[string]string `json:"dependencies"`
		} `json:"packages"`
	}
	readJSONFile(t, filepath.Join(nodeDirectory, "package-lock.json"), &lock)
	for name := range lock.Packages[""].Dependencies {
		installed := filepath.Join(nodeDirectory, "node_modules", filepath.FromSlash(name), "package.json")
		if _, err := os.Stat(installed); err != nil {
			missing(name + " is not installed; `make deps` runs npm ci in interop/testdata/node")
		}
		var pkg struct{ Version string }
		readJSONFile(t, installed, &pkg)
		if want := lock.Packages["node_modules/"+name].Version; pkg.Version != want || want == "" {
			t.Fatalf("%s %s is installed, %q is pinned; run npm ci in interop/testdata/node", name, pkg.Version, want)
		}
	}
	return node
}

func readJSONFile(t *testing.T, name string, into any) {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// A job is one question to aws-jwt-verify.
type job struct {
	Pools    []jobPool        `json:"pools"`
	TokenUse cognito.TokenUse `json:"tokenUse"`
	Token    string           `json:"token"`
}

type jobPool struct {
	UserPoolID string   `json:"userPoolId"`
	ClientID   []string `json:"clientId"`
	// Issuer is that of a pool whose issuer is not Amazon's: CognitoJwtVerifier
	// knows no such pool, so that the general JwtVerifier judges its tokens.
	Issuer string `json:"issuer,omitempty"`
}

// A verdict is its answer.
type verdict struct {
	Valid   bool            `json:"valid"`
	Payload json.RawMessage `json:"payload"`
	Error   string          `json:"error"`
	Message string          `json:"message"`
}

// askAWS has aws-jwt-verify judge all jobs, with the key sets at that origin.
func askAWS(t *testing.T, keySets string, jobs []job) []verdict {
	t.Helper()
	node := needNode(t)
	input, err := json.Marshal(map[string]any{"keySets": keySets, "jobs": jobs})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), node, "verify.mjs")
	cmd.Dir = nodeDirectory
	cmd.Stdin = bytes.NewReader(input)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	output, err := cmd.Output()
	if err != nil {
		t.Fatalf("verify.mjs: %v\n%s", err, &stderr)
	}
	var verdicts []verdict
	if err := json.Unmarshal(output, &verdicts); err != nil || len(verdicts) != len(jobs) {
		t.Fatalf("verify.mjs answered %q: %v", output, err)
	}
	return verdicts
}
