package examples

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// asAPIGateway is what simple answers let it say: 401 where the function is not asked,
// 403 for all that the function refuses.
func asAPIGateway(one trial) outcome {
	switch {
	case one.want.status == http.StatusOK:
		return one.want
	case one.authorization == nil:
		return outcome{status: http.StatusUnauthorized}
	}
	return outcome{status: http.StatusForbidden}
}

// checkFunction runs a program as Lambda does: it asks a runtime API for events, and
// posts its answers there.
//
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
func checkFunction(t *testing.T, all []trial, program, issuer string) {
	t.Helper()
	template, err := os.ReadFile(filepath.Join("..", "cognito", "lambdaauth", "testdata", "events", "http-v2.json"))
	if err != nil {
		t.Fatal(err)
	}
	events, answers := make(chan string), make(chan string)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", func(w http.ResponseWriter, r *http.Request) {
		select {
		case event := <-events:
			w.Header().Set("Lambda-Runtime-Aws-Request-Id", "an id")
			w.Header().Set("Lambda-Runtime-Deadline-Ms", fmt.Sprint(time.Now().Add(time.Minute).UnixMilli()))
			w.Header().Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:123456789012:function:authorizer")
			_, _ = io.WriteString(w, event)
		case <-r.Context().Done():
		}
	})
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/{kind}", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.WriteHeader(http.StatusAccepted)
		answers <- r.PathValue("kind") + " " + string(body)
	})
	api := httptest.NewServer(mux)
	t.Cleanup(api.Close)
	function := exec.CommandContext(t.Context(), program, "-issuer", issuer)
	function.Env = append(os.Environ(), "AWS_LAMBDA_RUNTIME_API="+api.Listener.Addr().String())
	function.Stderr = t.Output()
	if err := function.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = function.Process.Kill()
		_ = function.Wait() // it was killed
	})
	invoke := func(t *testing.T, path string, authorization []string) outcome {
		t.Helper()
		event := strings.NewReplacer("/orders/{id}", path, "/orders/1", path, "Bearer TOKEN_HERE", strings.Join(authorization, ",")).Replace(string(template))
		if authorization == nil { // API Gateway does not ask
			return outcome{status: http.StatusUnauthorized}
		}
		deadline := time.After(time.Minute)
		select {
		case events <- event:
		case <-deadline:
			t.Fatal("the function does not ask")
		}
		var text string
		select {
		case text = <-answers:
		case <-deadline:
			t.Fatal("the function does not answer")
		}
		kind, body, _ := strings.Cut(text, " ")
		var answer struct {
			IsAuthorized bool           `json:"isAuthorized"`
			Context      map[string]any `json:"context"`
		}
		if err := json.Unmarshal([]byte(body), &answer); err != nil || kind != "response" {
			t.Fatalf("%v: %s", err, text)
		}
		if !answer.IsAuthorized {
			return outcome{status: http.StatusForbidden}
		}
		return outcome{status: http.StatusOK, body: fmt.Sprint(answer.Context["sub"])}
	}
	check(t, all, invoke, asAPIGateway)
}

// freeAddress returns one that nobody listens at.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// waitFor waits until somebody listens at an address.
func waitFor(t *testing.T, address string) {
	t.Helper()
	for start := time.Now(); time.Since(start) < time.Minute; time.Sleep(10 * time.Millisecond) {
		if connection, err := net.Dial("tcp", address); err == nil {
			_ = connection.Close()
			return
		}
	}
	t.Fatalf("nobody listens at %s", address)
}
