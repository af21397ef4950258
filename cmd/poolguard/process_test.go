package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito/cognitotest"
)

// command starts poolguard as a process of its own.
func command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "poolguard", args...)
	cmd.Env = append(os.Environ(), "LANG=C.UTF-8", "GORACE="+noRaceSleep)
	return cmd
}

func verifyArgs(i *cognitotest.Issuer, more ...string) []string {
	args := []string{"verify", "--pool", cognitotest.PoolID, "--client-id", cognitotest.ClientID, "--token-use", "access"}
	return append(append(args, "--issuer", i.Pool().Issuer()), more...)
}

func serveIssuer(t *testing.T) *cognitotest.Issuer {
	t.Helper()
	i := cognitotest.NewIssuer()
	server := httptest.NewServer(i.Handler())
	t.Cleanup(server.Close)
	i.SetAddress(server.URL)
	return i
}

// Each result is there before the next token is: whoever writes tokens into a pipe
// and reads verdicts from another must not wait for the end.
func TestResultsComeAsTokensDo(t *testing.T) {
	i := serveIssuer(t)
	for _, output := range []string{"json", "text"} {
		cmd := command(t, verifyArgs(i, "--output", output, "-")...)
		stdin, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		stdout, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		results := bufio.NewReader(stdout)
		for range 3 {
			if _, err := io.WriteString(stdin, i.Pool().AccessToken()+"\n"); err != nil {
				t.Fatal(err)
			}
			for line := ""; !strings.Contains(line, "valid"); {
				if line, err = results.ReadString('\n'); err != nil {
					t.Fatal(err)
				}
			}
		}
		stdin.Close()
		if _, err := io.Copy(io.Discard, results); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Fatal(err)
		}
	}
}

// Ctrl-C ends the command while it waits for a key set.
func TestInterruptFetch(t *testing.T) {
	skipWithoutInterrupt(t)
	i := serveIssuer(t)
	i.Pool().SlowKeySet(time.Hour)
	for name, args := range map[string][]string{
		"verify": verifyArgs(i, i.Pool().AccessToken()),
		"jwks":   {"jwks", i.Pool().Issuer() + "/.well-known/jwks.json"},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := command(t, args...)
			var output bytes.Buffer
			cmd.Stdout, cmd.Stderr = &output, &output
			before := i.Pool().KeySetRequests()
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			for i.Pool().KeySetRequests() == before {
				time.Sleep(5 * time.Millisecond)
			}
			interrupt(t, cmd)
			if output.Len() > 0 {
				t.Errorf("an interrupted command wrote %q", output.String())
			}
		})
	}
}

// And while it waits for standard input, which it has begun to read.
func TestInterruptReading(t *testing.T) {
	skipWithoutInterrupt(t)
	cmd := command(t, verifyArgs(serveIssuer(t), "-o", "json", "-")...)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(stdin, "x\n"); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(stdout).ReadString('\n'); err != nil || !strings.Contains(line, "token_malformed") {
		t.Fatalf("%q, %v", line, err)
	}
	interrupt(t, cmd)
}

func skipWithoutInterrupt(t *testing.T) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("no process can send another an interrupt on Windows")
	}
}

func interrupt(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	err := cmd.Wait()
	if failed, ok := errors.AsType[*exec.ExitError](err); !ok || failed.ExitCode() != 130 {
		t.Errorf("got %v, want exit status 130", err)
	}
}

// A reader that went away ends the command, and not with success: what it did not
// read is lost.
func TestClosedOutput(t *testing.T) {
	i := serveIssuer(t)
	cmd := command(t, verifyArgs(i, "-")...)
	cmd.Stdin = strings.NewReader(strings.Repeat(i.Pool().AccessToken()+"\n", 200))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout = write
	read.Close()
	if err := cmd.Run(); err == nil {
		t.Error("output was lost, and the command succeeded")
	}
	write.Close()
	if stderr.Len() > 0 {
		t.Errorf("the command said %q", stderr.String())
	}
}

func TestVersionOfRelease(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the command")
	}
	binary := filepath.Join(t.TempDir(), "poolguard.exe")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "-ldflags", "-X main.version=v1.2.3", ".")
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	output, err := exec.CommandContext(t.Context(), binary, "version").Output()
	if err != nil {
		t.Fatal(err)
	}
	if first, _, _ := strings.Cut(string(output), "\n"); first != "poolguard v1.2.3" {
		t.Errorf("got %q", first)
	}
}
