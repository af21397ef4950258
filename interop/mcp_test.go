package interop

import (
	"bytes"
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/userpool"
)

// TestExampleMCP has the TypeScript SDK of the Model Context Protocol use examples/mcp: 401,
// metadata, registration, sign-in, call. The Go SDK does the same in examples.
func TestExampleMCP(t *testing.T) {
	t.Parallel()
	node := needNode(t)
	s := serve(t, servedOptions{issuer: userpool.IssuerLocal})
	program := filepath.Join(t.TempDir(), "mcp")
	if output, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "../examples/mcp").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, output)
	}
	server, other := s.runMCP(t, program), s.runMCP(t, program)

	input, err := json.Marshal(map[string]string{"server": server, "callback": callback, "username": "anaya", "password": password})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), node, "mcp.mjs")
	cmd.Dir, cmd.Stdin, cmd.Stderr = nodeDirectory, bytes.NewReader(input), t.Output()
	output, err := cmd.Output()
	if err != nil {
		t.Fatalf("mcp.mjs: %v", err)
	}
	var got struct{ Text, Asked, Token, Refresh, Elsewhere string }
	if err := json.Unmarshal(output, &got); err != nil {
		t.Fatalf("mcp.mjs printed %q: %v", output, err)
	}
	verifier, err := cognito.New(cognito.Config{UserPools: []cognito.UserPool{{
		ID: poolID, Issuer: s.Issuer, ClientIDs: []string{webClient}, Audiences: []string{server},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	token, err := verifier.VerifyAccessToken(t.Context(), got.Token, cognito.RequireAudience(server))
	if err != nil {
		t.Fatal(err)
	}
	if got.Text != "orders of "+token.Subject() || got.Refresh == "" {
		t.Errorf("the tool answered %q; a refresh token: %t", got.Text, got.Refresh != "")
	}
	asked, err := url.Parse(got.Asked)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"resource": server, "client_id": webClient, "code_challenge_method": "S256", "scope": "orders/read"} {
		if value := asked.Query().Get(name); value != want {
			t.Errorf("the client asked with %s=%q, want %q", name, value, want)
		}
	}
	if !strings.Contains(got.Elsewhere, "redirect URI is not in the list") {
		t.Errorf("another redirect URI: %s", got.Elsewhere)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, other, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+got.Token)
	response, err := http.DefaultClient.Do(request)
	if body := read(t)(response, err); response.StatusCode != http.StatusUnauthorized || !bytes.Contains(body, []byte(`"audience_mismatch"`)) {
		t.Errorf("another server: %s %s", response.Status, body)
	}
}

// runMCP starts examples/mcp at a free port and returns its URL.
func (s *served) runMCP(t *testing.T, program string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	// Cognito binds tokens to plain http for the name localhost only.
	address := strings.Replace(listener.Addr().String(), "127.0.0.1", "localhost", 1)
	if err := listener.Close(); err != nil { // it is the server's now
		t.Fatal(err)
	}
	startSPA(t, exec.CommandContext(t.Context(), program,
		"-listen", address, "-pool", poolID, "-issuer", s.Issuer, "-domain", s.URL, "-client", webClient, "-callback", callback))
	return "http://" + address + "/mcp"
}
