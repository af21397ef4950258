package main

import (
	"bytes"
	"encoding/json"
	"html"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"
)

const servedPool = "us-east-1_Local0001"

// freeAddress is one that nobody listens on, most likely for some time.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// startServe starts the server as a process and returns once it answers.
func startServe(t *testing.T, address string, args ...string) (cmd *exec.Cmd, took time.Duration) {
	t.Helper()
	cmd = command(t, append([]string{"userpool", "serve", "--listen", address}, args...)...)
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	start := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Log(output.String())
		}
	})
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for time.Since(start) < 30*time.Second {
		response, err := client.Get("http://" + address + "/" + servedPool + "/.well-known/openid-configuration")
		if err == nil {
			took := time.Since(start)
			response.Body.Close()
			if response.StatusCode != http.StatusOK {
				t.Fatalf("discovery: %s", response.Status)
			}
			return cmd, took
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatal("the server did not answer")
	return nil, 0
}

// The time from the start of the process to its first answer, which needs no keys.
// It is told and not asserted: it is the machine's as much as ours.
func TestStartTime(t *testing.T) {
	for range 5 {
		cmd, took := startServe(t, freeAddress(t))
		t.Logf("first answer after %v", took.Round(time.Millisecond))
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
}

var (
	formAction = regexp.MustCompile(`<form method="post" action="([^"]*)"`)
	formInput  = regexp.MustCompile(`<input [^>]*?name="([^"]*)"[^>]*?>`)
	inputValue = regexp.MustCompile(`value="([^"]*)"`)
)

// signInBy signs anaya in with the pages and returns the token endpoint's answer.
func signInBy(t *testing.T, origin string) map[string]any {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if r.URL.Path == "/callback" {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	const callback = "http://localhost:3000/callback"
	query := url.Values{"response_type": {"code"}, "client_id": {"local-client"}, "redirect_uri": {callback}, "scope": {"openid"}}
	response, err := browser.Get(origin + "/oauth2/authorize?" + query.Encode())
	if err != nil {
		t.Fatal(err)
	}
	page, err := io.ReadAll(response.Body)
	response.Body.Close()
	action := formAction.FindSubmatch(page)
	if err != nil || action == nil {
		t.Fatalf("no form: %v\n%s", err, page)
	}
	fields := url.Values{}
	for _, input := range formInput.FindAllSubmatch(page, -1) {
		value := ""
		if found := inputValue.FindSubmatch(input[0]); found != nil {
			value = html.UnescapeString(string(found[1]))
		}
		fields.Set(string(input[1]), value)
	}
	fields.Set("username", "anaya")
	fields.Set("password", "Passw0rd!")
	response, err = browser.PostForm(origin+html.UnescapeString(string(action[1])), fields)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	at, err := response.Location()
	if err != nil {
		t.Fatal(err)
	}
	return tokensBy(t, origin, url.Values{
		"grant_type": {"authorization_code"}, "client_id": {"local-client"}, "redirect_uri": {callback}, "code": {at.Query().Get("code")},
	})
}

func tokensBy(t *testing.T, origin string, form url.Values) map[string]any {
	t.Helper()
	response, err := http.PostForm(origin+"/oauth2/token", form)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var answer map[string]any
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("token endpoint: %s %v %v", response.Status, answer["error"], err)
	}
	return answer
}

func keySetOf(t *testing.T, origin string) string {
	t.Helper()
	response, err := http.Get(origin + "/" + servedPool + "/.well-known/jwks.json")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// With --data everything survives kill -9: a session, the keys, and so every token.
func TestDataSurvivesKill(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("kill -9 is another thing on Windows")
	}
	address, dir := freeAddress(t), filepath.Join(t.TempDir(), "pool")
	origin := "http://" + address
	first, _ := startServe(t, address, "--data", dir)
	before := signInBy(t, origin)
	keys := keySetOf(t, origin)
	if err := first.Process.Kill(); err != nil { // SIGKILL
		t.Fatal(err)
	}
	_ = first.Wait()

	startServe(t, address, "--data", dir)
	if got := keySetOf(t, origin); got != keys {
		t.Errorf("the key set changed:\n%s\n%s", keys, got)
	}
	after := tokensBy(t, origin, url.Values{
		"grant_type": {"refresh_token"}, "client_id": {"local-client"}, "refresh_token": {before["refresh_token"].(string)},
	})
	for _, token := range []any{before["access_token"], after["access_token"]} {
		verify := command(t, "verify", "--pool", servedPool, "--client-id", "local-client", "--token-use", "access",
			"--issuer", origin+"/"+servedPool, "-")
		verify.Stdin = strings.NewReader(token.(string) + "\n")
		if output, err := verify.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, output)
		}
	}
	info, err := os.Stat(dir)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the directory is open to others: %v, %v", info.Mode(), err)
	}
	// One directory is for one server.
	var stderr bytes.Buffer
	second := command(t, "userpool", "serve", "--listen", "127.0.0.1:0", "--data", dir)
	second.Stderr = &stderr
	if err := second.Run(); err == nil || !strings.Contains(stderr.String(), "in use by another process") {
		t.Errorf("got %v, %s", err, stderr.String())
	}
}
