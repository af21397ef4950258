package examples

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/poolguard/poolguard/userpool"
)

// A migrant is a program of docs/migrating.md: before, by another library, or after.
type migrant struct{ folder, before, after string }

var migrants = []migrant{
	{"awsjwtverify", "before.mjs", "after/main.go"},
	{"golangjwt", "before/main.go", "after/main.go"},
	{"gooidc", "before/main.go", "after/main.go"},
}

// amazon stands in for Amazon's address of the pool's keys, so that programs run as
// they would with a pool on AWS: by a proxy that they find in their environment, and
// a certificate that they trust.
type amazon struct {
	environment []string
	down        atomic.Bool // the key set answers 503
	pool        *localPool
}

func newAmazon(t *testing.T, pool *localPool) *amazon {
	t.Helper()
	a := &amazon{pool: pool}
	const host = "cognito-idp.us-east-1.amazonaws.com"
	certificate, file := newCertificate(t, host)
	stage := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.TLS.ServerName != host: // the updated issuer, which this pool was not switched to
			http.Error(w, "Forbidden", http.StatusForbidden)
		case a.down.Load():
			http.Error(w, "Service Unavailable", http.StatusServiceUnavailable)
		default:
			pool.handler.ServeHTTP(w, r)
		}
	}))
	stage.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	stage.StartTLS()
	t.Cleanup(stage.Close)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect {
			http.Error(w, "CONNECT only", http.StatusMethodNotAllowed)
			return
		}
		there, err := net.Dial("tcp", stage.Listener.Addr().String())
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		here, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		_, _ = io.WriteString(here, "HTTP/1.1 200 OK\r\n\r\n")
		var both sync.WaitGroup
		both.Go(func() { _, _ = io.Copy(there, here); _ = there.Close() })
		both.Go(func() { _, _ = io.Copy(here, there); _ = here.Close() })
		both.Wait()
	}))
	t.Cleanup(proxy.CloseClientConnections)
	stageAddress := stage.Listener.Addr().String()
	a.environment = []string{
		"USER_POOL_ID=" + pool.ID, "CLIENT_ID=local-machine",
		"HTTPS_PROXY=" + proxy.URL, "SSL_CERT_FILE=" + file, // Go
		"STAGE=" + stageAddress, "NODE_EXTRA_CA_CERTS=" + file, // Node.js, by testdata/stage.mjs
	}
	return a
}

// newCertificate makes one for Amazon's names that is its own authority.
func newCertificate(t *testing.T, host string) (certificate tls.Certificate, file string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "stage"}, DNSNames: []string{host, "issuer-" + host},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "stage.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, file
}

// missing skips a test, or fails it on CI, where nobody reads what was skipped.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(what)
	}
	t.Skip(what)
}

// command returns the command of a program; a Go program is at binary.
func command(t *testing.T, program, binary string) *exec.Cmd {
	t.Helper()
	if filepath.Ext(program) != ".mjs" {
		return exec.CommandContext(t.Context(), binary)
	}
	node, err := exec.LookPath("node")
	if err != nil {
		missing(t, "Node.js is not installed; `make deps` installs it on Debian")
	}
	modules, err := filepath.Abs(filepath.Join("..", "interop", "testdata", "node", "node_modules"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(modules, "aws-jwt-verify", "package.json")); err != nil {
		missing(t, "aws-jwt-verify is not installed; `make deps` runs npm ci in interop/testdata/node")
	}
	stage, err := filepath.Abs(filepath.Join("testdata", "stage.mjs"))
	if err != nil {
		t.Fatal(err)
	}
	// Where Node.js looks for packages is beside the program.
	text, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	directory := t.TempDir()
	if err := os.Symlink(modules, filepath.Join(directory, "node_modules")); err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(directory, filepath.Base(program))
	if err := os.WriteFile(copied, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return exec.CommandContext(t.Context(), node, "--import", "file://"+stage, copied)
}

// A question is one request to all programs of the guide, with what it is answered after.
type question struct {
	name          string
	authorization []string
	after         int
}

func questions(t *testing.T, pool *localPool, all *tokens) []question {
	t.Helper()
	plain := func(name, token string, after int) question {
		return question{name, []string{"Bearer " + token}, after}
	}
	return []question{
		plain("a good token", all.machine, 200),
		{"no token", nil, 401},
		plain("an ID token", all.id, 401),
		plain("of another app client", all.user, 401),
		plain("expired", all.expired, 401),
		plain("no exp", pool.mint(t, "no_exp"), 401),
		plain("not yet valid", pool.mint(t, "not_yet_valid"), 401),
		plain("of another issuer", pool.mint(t, "other_issuer"), 401),
		plain("no kid", pool.mint(t, "no_kid"), 401),
		plain("signed by another key", all.forged, 401),
		plain("tampered with", all.tampered, 401),
		plain("unsigned", all.unsigned, 401),
		plain("HS256 by the public key", pool.mint(t, "hs256"), 401),
		plain("without the scope", all.write, 403),
		{"two tokens", []string{"Bearer " + all.machine, "Bearer " + all.write}, 400},
		{"the scheme in lower case", []string{"bearer " + all.machine}, 200},
		{"no scheme", []string{all.machine}, 401},
	}
}

// TestMigrating runs the programs of the guide, before and after, with the same tokens.
// The guide has a table of what they answer.
func TestMigrating(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("elsewhere than on Linux Go does not read SSL_CERT_FILE, which this needs to stand in for AWS")
	}
	pool := servePool(t, userpool.IssuerOriginal, "")
	stage := newAmazon(t, pool)
	tokens := newTokens(t, pool)
	asked := questions(t, pool, tokens)
	var unknown []string
	for n := range 20 {
		unknown = append(unknown, pool.mint(t, "foreign_key", fmt.Sprintf(`"header":{"kid":"made up %d"}`, n)))
	}
	got := map[string][]string{}
	var columns []string
	for _, m := range migrants {
		for _, program := range []string{m.before, m.after} {
			program = "migrating/" + m.folder + "/" + program
			name := strings.TrimSuffix(strings.TrimPrefix(filepath.Dir(program), "migrating/"), "/")
			columns = append(columns, program)
			t.Run(name, func(t *testing.T) {
				binary := ""
				if filepath.Ext(program) == ".go" {
					binary = filepath.Join(build(t, filepath.Dir(program)), filepath.Base(filepath.Dir(program)))
				}
				got[program] = stage.judge(t, func() *exec.Cmd { return command(t, program, binary) }, asked, unknown)
			})
		}
	}
	if t.Failed() || len(got) < len(columns) {
		return
	}
	compare(t, asked, columns, got)
}

// judge starts a program three times: for the questions, for tokens with unknown keys,
// and for a good one while there are no keys.
func (a *amazon) judge(t *testing.T, program func() *exec.Cmd, asked []question, unknown []string) (answers []string) {
	t.Helper()
	begin := func() (address string, ok bool) {
		c := program()
		c.Env = append(os.Environ(), a.environment...)
		return tryStart(t, c)
	}
	address, ok := begin()
	if !ok {
		t.Fatal("it does not start")
	}
	ask := request(t, address)
	for _, q := range asked {
		answers = append(answers, fmt.Sprint(ask(t, "/orders", q.authorization).status))
	}
	if address, ok = begin(); !ok {
		t.Fatal("it does not start again")
	}
	a.pool.fetches.Store(0)
	ask = request(t, address)
	for _, token := range unknown {
		if got := ask(t, "/orders", []string{"Bearer " + token}); got.status != http.StatusUnauthorized {
			t.Errorf("made-up kid: %+v", got)
		}
	}
	// Not exactly: it depends on whether a fetch has quite ended, and on the clock.
	switch n := int(a.pool.fetches.Load()); {
	case n > len(unknown)/2:
		answers = append(answers, "for most")
	case n <= len(unknown)/4:
		answers = append(answers, "a few")
	default:
		answers = append(answers, fmt.Sprint(n))
	}
	a.down.Store(true)
	defer a.down.Store(false)
	address, ok = begin()
	if !ok {
		return append(answers, "does not start")
	}
	return append(answers, fmt.Sprint(request(t, address)(t, "/orders", asked[0].authorization).status))
}

// tryStart is start for programs that may end at once.
func tryStart(t *testing.T, c *exec.Cmd) (address string, ok bool) {
	t.Helper()
	output, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait() // it was killed, or has ended
	})
	lines := bufio.NewScanner(output)
	lines.Scan()
	if found := listening.FindStringSubmatch(lines.Text()); found != nil {
		return found[1], true
	}
	return "", false
}

// compare demands that the guide says what the programs answered, and that all that
// came after answer the same.
func compare(t *testing.T, asked []question, columns []string, got map[string][]string) {
	t.Helper()
	names := []string{}
	for _, q := range asked {
		names = append(names, q.name)
	}
	names = append(names, "fetches of the key set for 20 tokens with made-up `kid`s", "a good token, and keys are unavailable")
	var table strings.Builder
	table.WriteString("| | aws-jwt-verify | golang-jwt, keyfunc | go-oidc | Poolguard |\n|---|---|---|---|---|\n")
	for n, name := range names {
		after := got[columns[1]][n]
		if n < len(asked) && after != fmt.Sprint(asked[n].after) {
			t.Errorf("%s: %s, want %d", name, after, asked[n].after)
		}
		for m := 3; m < len(columns); m += 2 {
			if got[columns[m]][n] != after {
				t.Errorf("%s: %s answers %s, %s %s", name, columns[m], got[columns[m]][n], columns[1], after)
			}
		}
		fmt.Fprintf(&table, "| %s | %s | %s | %s | %s |\n", name, got[columns[0]][n], got[columns[2]][n], got[columns[4]][n], after)
	}
	guide, err := os.ReadFile(filepath.Join("..", "docs", "migrating.md"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(guide), table.String()) {
		t.Errorf("docs/migrating.md does not have the table\n%s", &table)
	}
}
