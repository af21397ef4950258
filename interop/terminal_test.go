package interop

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/poolguard/poolguard/userpool"
)

// TestTerminalSignIn has somebody sign in for the command with a browser: it goes to
// the address that poolguard login prints, and comes back to its listener.
func TestTerminalSignIn(t *testing.T) {
	t.Parallel()
	path := needChromium(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	s := serve(t, servedOptions{issuer: userpool.IssuerLocal, callbacks: []string{fmt.Sprintf("http://localhost:%d/callback", port)}})
	dir := t.TempDir()
	command := filepath.Join(dir, "poolguard")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", command, "./cmd/poolguard")
	build.Dir = ".."
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, output)
	}
	oneChromium.Lock()
	t.Cleanup(oneChromium.Unlock)
	p := &page{tab: startChromium(t, path)}

	run := func(args ...string) *exec.Cmd {
		cmd := exec.CommandContext(t.Context(), command, args...)
		cmd.Env = append(os.Environ(), "POOLGUARD_CONFIG="+filepath.Join(dir, "config", "config.yaml"))
		cmd.Stderr = t.Output()
		return cmd
	}
	login := run("login", "--pool", poolID, "--client-id", rotatingClient, "--domain", s.URL, "--issuer", s.Issuer, "--scope", "openid",
		"--port", strconv.Itoa(port), "--storage", "file", "--no-browser")
	stdout, err := login.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := login.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stdout)
	for lines.Scan() && !strings.HasPrefix(strings.TrimSpace(lines.Text()), s.URL) {
		continue
	}
	p.do(t, chromedp.Navigate(strings.TrimSpace(lines.Text())))
	p.fill(t, password)
	// A heading has 32 pixels where the style sheet does not apply.
	p.until(t, "document.title.startsWith('Signed in') && getComputedStyle(document.querySelector('h1')).fontSize !== '32px'")
	said := ""
	for lines.Scan() {
		said += lines.Text() + "\n"
	}
	if err := login.Wait(); err != nil || !strings.Contains(said, "Signed in as anaya") {
		t.Fatalf("%v\n%s", err, said)
	}
	token, err := run("token", "--id").Output()
	if err != nil {
		t.Fatal(err)
	}
	if id, err := s.verifier(t).VerifyIDToken(t.Context(), strings.TrimSpace(string(token))); err != nil || id.Username() != "anaya" {
		t.Errorf("%v, %v", id, err)
	}
}
