package lambdaauth_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/keyset"
	"github.com/poolguard/poolguard/cognito/lambdaauth"
)

// TestMain is the Lambda function itself where the tests start this binary as one.
func TestMain(m *testing.M) {
	if handler := os.Getenv("LAMBDAAUTH_TEST_HANDLER"); handler != "" {
		runFunction(handler) // does not return
	}
	os.Exit(m.Run())
}

// runFunction is what a function's main would be.
func runFunction(handler string) {
	config := cognito.Config{
		KeySetDirectory: os.Getenv("LAMBDAAUTH_TEST_DIRECTORY"),
		UserPools:       []cognito.UserPool{{ID: cognitotest.PoolID, ClientIDs: []string{cognitotest.ClientID}, Issuer: os.Getenv("LAMBDAAUTH_TEST_ISSUER")}},
	}
	if file := os.Getenv("LAMBDAAUTH_TEST_FILE"); file != "" {
		source, err := keyset.NewFile(keyset.FileConfig{Path: file})
		if err != nil {
			panic(err)
		}
		config.UserPools[0].KeySet = source
	}
	if file := os.Getenv("LAMBDAAUTH_TEST_SEED"); file != "" {
		jwks, err := os.ReadFile(file)
		if err != nil {
			panic(err)
		}
		config.UserPools[0].Seeds = map[string]keyset.Seed{config.UserPools[0].Issuer: {JWKS: jwks, UsableFor: time.Hour}}
	}
	verifier, err := cognito.New(config)
	if err != nil {
		panic(err)
	}
	authorizer, err := lambdaauth.New(lambdaauth.Config{Verifier: verifier, Require: []cognito.Requirement{cognito.RequireScopes("orders/read")}})
	if err != nil {
		panic(err)
	}
	lambda.StartWithOptions(map[string]any{
		"rest-token":        authorizer.RESTToken,
		"rest-request":      authorizer.RESTRequest,
		"http-v1":           authorizer.HTTPv1,
		"http-v2-policy":    authorizer.HTTPPolicy,
		"http-v2-simple":    authorizer.HTTPSimple,
		"websocket-connect": authorizer.WebSocketConnect,
		"appsync":           authorizer.AppSync,
	}[handler])
}

// A post is what a function sent to the runtime API for one event.
type post struct {
	id, kind string // kind is response or error
	body     []byte
	handed   time.Time // when the function got the event
}

// runtimeAPI plays the Lambda runtime API: it hands out events and takes what becomes
// of them.
//
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
type runtimeAPI struct {
	server *httptest.Server
	events chan []byte
	posts  chan post
}

func newRuntimeAPI(t testing.TB) *runtimeAPI {
	t.Helper()
	api := &runtimeAPI{events: make(chan []byte), posts: make(chan post, 1)}
	n := 0
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", func(w http.ResponseWriter, r *http.Request) {
		select {
		case event := <-api.events:
			n++
			w.Header().Set("Lambda-Runtime-Aws-Request-Id", fmt.Sprintf("id-%d", n))
			w.Header().Set("Lambda-Runtime-Deadline-Ms", fmt.Sprint(time.Now().Add(10*time.Second).UnixMilli()))
			w.Header().Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:123456789012:function:authorizer")
			w.Header().Set("Lambda-Runtime-Trace-Id", "Root=1-65e1c3a0-0123456789abcdef01234567;Sampled=0")
			_, _ = w.Write(event)
		case <-r.Context().Done():
		}
	})
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/{kind}", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.WriteHeader(http.StatusAccepted)
		api.posts <- post{id: r.PathValue("id"), kind: r.PathValue("kind"), body: body}
	})
	api.server = httptest.NewServer(mux)
	t.Cleanup(api.server.Close)
	return api
}

// start starts this binary as a function. It is stopped with the test.
func (api *runtimeAPI) start(t testing.TB, environment ...string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	command := exec.CommandContext(ctx, self)
	command.Env = slices.Concat(environment, []string{"AWS_LAMBDA_RUNTIME_API=" + api.server.Listener.Addr().String(), "HOME=" + t.TempDir()})
	var output bytes.Buffer
	command.Stderr = &output
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		_ = command.Wait() // it was killed
		if t.Failed() {
			t.Logf("the function wrote %s", &output)
		}
	})
}

// invoke hands out an event and returns what was posted.
func (api *runtimeAPI) invoke(t testing.TB, event []byte) post {
	t.Helper()
	deadline := time.After(30 * time.Second)
	select {
	case api.events <- event:
	case <-deadline:
		t.Fatal("the function does not ask for an event")
	}
	handed := time.Now()
	select {
	case p := <-api.posts:
		p.handed = handed
		return p
	case <-deadline:
		t.Fatal("the function does not answer")
	}
	return post{}
}

func rawEvent(t testing.TB, kind, token string) []byte {
	t.Helper()
	name := strings.TrimSuffix(strings.TrimSuffix(kind, "-policy"), "-simple")
	text, err := os.ReadFile(filepath.Join("testdata", "events", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return bytes.ReplaceAll(text, []byte("TOKEN_HERE"), []byte(token))
}

// servedIssuer is an issuer whose key sets are fetched over a connection.
func servedIssuer(t testing.TB) (issuer *cognitotest.Issuer, environment string) {
	t.Helper()
	issuer = cognitotest.NewIssuer()
	server := httptest.NewServer(issuer.Handler())
	t.Cleanup(server.Close)
	issuer.SetAddress(server.URL)
	return issuer, "LAMBDAAUTH_TEST_ISSUER=" + server.URL + "/" + cognitotest.PoolID
}

// TestRuntimeLoop: the real loop of aws-lambda-go, in a process of its own, posts for
// each kind of event what API Gateway and AppSync take for allowed, 401, 403 and 500.
func TestRuntimeLoop(t *testing.T) {
	for _, kind := range []string{"rest-token", "rest-request", "http-v1", "http-v2-policy", "http-v2-simple", "websocket-connect", "appsync"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			issuer, environment := servedIssuer(t)
			api := newRuntimeAPI(t)
			api.start(t, "LAMBDAAUTH_TEST_HANDLER="+kind, environment)
			pool := issuer.Pool()
			good := pool.AccessToken(cognitotest.Scopes("orders/read"))

			pool.FailKeySet(http.StatusInternalServerError)
			checkPost(t, "no keys", api.invoke(t, rawEvent(t, kind, good)), 500)
			pool.ServeKeySet(nil)
			var p post
			for range 100 { // the source backs off for a second or two
				if p = api.invoke(t, rawEvent(t, kind, good)); p.kind == "response" {
					break
				}
				time.Sleep(100 * time.Millisecond)
			}
			checkPost(t, "good", p, 200)
			checkPost(t, "expired", api.invoke(t, rawEvent(t, kind, pool.AccessToken(cognitotest.Expired()))), 401)
			checkPost(t, "forged", api.invoke(t, rawEvent(t, kind, pool.AccessToken(cognitotest.WrongKey()))), 401)
			checkPost(t, "not enough", api.invoke(t, rawEvent(t, kind, pool.AccessToken())), 403)
			checkPost(t, "good again", api.invoke(t, rawEvent(t, kind, good)), 200)
		})
	}
}

// checkPost looks at the bytes as the services do.
func checkPost(t *testing.T, name string, p post, status int) {
	t.Helper()
	var body struct {
		ErrorMessage   string
		IsAuthorized   *bool
		PrincipalID    string
		PolicyDocument struct {
			Version   string
			Statement []struct {
				Effect           string
				Action, Resource []string
			}
		}
		Context map[string]any
	}
	if err := json.Unmarshal(p.body, &body); err != nil {
		t.Fatalf("%s: %s: %v", name, p.body, err)
	}
	got := 0
	switch {
	case p.kind == "error" && body.ErrorMessage == "Unauthorized":
		got = 401
	case p.kind == "error":
		got = 500
	case body.IsAuthorized != nil && *body.IsAuthorized:
		got = 200
	case body.IsAuthorized != nil:
		got = 403
		if status == 401 {
			status = 403 // there is no other way to say it
		}
	case len(body.PolicyDocument.Statement) == 1 && body.PolicyDocument.Version == "2012-10-17" && body.PolicyDocument.Statement[0].Action[0] == "execute-api:Invoke":
		got = map[string]int{"Allow": 200, "Deny": 403}[body.PolicyDocument.Statement[0].Effect]
	}
	if got != status {
		t.Errorf("%s: posted as %s: %s; want %d", name, p.kind, p.body, status)
	}
	for member, value := range body.Context {
		switch value.(type) {
		case string, float64, bool:
		default:
			t.Errorf("%s: %s in the context is a %T", name, member, value)
		}
	}
}
