package interop

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/userpool"
)

// mcpGateway is the configuration of a gateway in front of an MCP server.
const mcpGateway = `
forward_auth: {listen: %[1]s}
ops: {listen: off}
trusted_proxies: [127.0.0.0/8]
drain: 0
user_pools: [{id: %[2]s, client_ids: [local-client], issuer: "%[3]s", audiences: ["%[4]s"]}]
resources: [{resource: "%[4]s", scopes: [orders/read], domain: "%[5]s", client_id: local-client, redirect_uris: ["%[6]s"]}]
rules: [{name: tools, match: {path: /mcp}, require: {audience: ["%[4]s"], scopes: [orders/read]}}]
`

// serveTools is an MCP server with one tool. It verifies nothing: the user is in a header.
func serveTools(w http.ResponseWriter, r *http.Request) {
	var call struct {
		ID     json.RawMessage `json:"id"`
		Method string          `json:"method"`
		Params struct {
			ProtocolVersion string `json:"protocolVersion"`
		} `json:"params"`
	}
	if r.Method != http.MethodPost || json.NewDecoder(r.Body).Decode(&call) != nil {
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	var result any
	switch call.Method {
	case "initialize":
		result = map[string]any{
			"protocolVersion": call.Params.ProtocolVersion, "capabilities": map[string]any{"tools": map[string]any{}},
			"serverInfo": map[string]string{"name": "orders", "version": "1"},
		}
	case "tools/call":
		result = map[string]any{"content": []map[string]string{{"type": "text", "text": "orders of " + r.Header.Get("X-Auth-Subject")}}}
	default: // a notification
		w.WriteHeader(http.StatusAccepted)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"jsonrpc": "2.0", "id": call.ID, "result": result})
}

// TestMCPClientsSignInThroughAProxy has the TypeScript SDK of the Model Context Protocol use a
// server in front of which a proxy asks the gateway. The client knows only the URL.
func TestMCPClientsSignInThroughAProxy(t *testing.T) {
	t.Parallel()
	node, command := needNode(t), buildCommand(t)
	for proxy := range proxyPrograms {
		t.Run(proxy, func(t *testing.T) {
			t.Parallel()
			path, dir := needProxy(t, proxy), t.TempDir()
			poolURL, issuer := servePool(t, userpool.IssuerLocal)
			tools := httptest.NewServer(http.HandlerFunc(serveTools))
			t.Cleanup(tools.Close)
			clients, asked := unusedAddress(t), unusedAddress(t)
			// Cognito binds tokens to plain http for the name localhost only.
			server := "http://" + strings.Replace(clients, "127.0.0.1", "localhost", 1) + "/mcp"
			writeFile(t, dir, "poolguard.yaml", fmt.Sprintf(mcpGateway, asked, userpool.DefaultPool().ID, issuer, server, poolURL, callback))
			config := filepath.Join(dir, "poolguard.yaml")
			log := &gatewayLog{}
			reader, writer := io.Pipe()
			go log.read(reader)
			run(t, writer, command, "gateway", "--config", config)
			run(t, t.Output(), path, proxyPrograms[proxy](t, dir, func(name string) string {
				printed, err := exec.CommandContext(t.Context(), command, "gateway", "example", "--proxy", name, "--config", config,
					"--listen", clients, "--service", tools.Listener.Addr().String()).Output()
				if err != nil {
					t.Fatalf("gateway example --proxy %s: %v", name, err)
				}
				return string(printed)
			})...)
			log.await(t, `"ready"`, 1)
			awaitListener(t, clients)

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
			var got struct{ Text, Token, Elsewhere string }
			if err := json.Unmarshal(output, &got); err != nil {
				t.Fatalf("mcp.mjs printed %q: %v", output, err)
			}
			verifier, err := cognito.New(cognito.Config{UserPools: []cognito.UserPool{{
				ID: userpool.DefaultPool().ID, Issuer: issuer, ClientIDs: []string{"local-client"}, Audiences: []string{server},
			}}})
			if err != nil {
				t.Fatal(err)
			}
			token, err := verifier.VerifyAccessToken(t.Context(), got.Token, cognito.RequireAudience(server))
			if err != nil {
				t.Fatal(err)
			}
			if got.Text != "orders of "+token.Subject() {
				t.Errorf("the tool answered %q", got.Text)
			}
			if !strings.Contains(got.Elsewhere, "redirect URI is not in the list") {
				t.Errorf("another redirect URI: %s", got.Elsewhere)
			}
		})
	}
}

// awaitListener waits until a program listens on an address.
func awaitListener(t *testing.T, address string) {
	t.Helper()
	for {
		connection, err := net.Dial("tcp", address)
		if err == nil {
			_ = connection.Close()
			return
		}
		select {
		case <-t.Context().Done():
			t.Fatal("the test ended")
		case <-time.After(10 * time.Millisecond):
		}
	}
}
