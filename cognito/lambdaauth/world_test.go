package lambdaauth_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/lambdaauth"
)

var update = flag.Bool("update", false, "write the golden files anew")

// noon is when the tests take place, so that what they answer does not change.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// A world is an issuer, an authorizer that trusts it, and what that logged.
type world struct {
	*lambdaauth.Authorizer
	issuer *cognitotest.Issuer
	logs   *logBuffer
}

type logBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func newWorld(t testing.TB, config lambdaauth.Config, changes ...func(*cognito.Config)) *world {
	t.Helper()
	w := &world{issuer: cognitotest.NewIssuer(), logs: &logBuffer{}}
	w.issuer.Clock().Set(noon)
	trust := w.issuer.Config()
	for _, change := range changes {
		change(&trust)
	}
	verifier, err := cognito.New(trust)
	if err != nil {
		t.Fatal(err)
	}
	config.Verifier = verifier
	config.Now = w.issuer.Clock().Now
	config.Logger = slog.New(slog.NewJSONHandler(w.logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
	if w.Authorizer, err = lambdaauth.New(config); err != nil {
		t.Fatal(err)
	}
	return w
}

// newVerifier returns a verifier, for configurations that are not a world's.
func newVerifier(t testing.TB) *cognito.Verifier {
	t.Helper()
	verifier, err := cognito.New(cognitotest.NewIssuer().Config())
	if err != nil {
		t.Fatal(err)
	}
	return verifier
}

// access is an access token whose answers are the same each time.
func (w *world) access(options ...cognitotest.TokenOption) string {
	fixed := []cognitotest.TokenOption{
		cognitotest.Claim("jti", "3a1f6a0e-6e6c-4a62-8d1c-5c3a52d3b7aa"),
		cognitotest.Claim("origin_jti", "0d1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"),
	}
	return w.issuer.Pool().AccessToken(append(fixed, options...)...)
}

// event reads an event of testdata with the token in its place.
func event[T any](t testing.TB, name, token string) T {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "events", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	if token == "" {
		text = bytes.ReplaceAll(text, []byte("Bearer TOKEN_HERE"), nil)
	}
	var e T
	if err := json.Unmarshal([]byte(strings.ReplaceAll(string(text), "TOKEN_HERE", token)), &e); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return e
}

// golden compares an answer, as the runtime would write it, with a file.
func golden(t testing.TB, name string, answer any) {
	t.Helper()
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(answer); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", "answers", name+".json")
	if *update {
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("%s: %s\nwant %s", name, b.String(), want)
	}
}

// shop is a table with what is hard about tables.
func shop() []lambdaauth.Route {
	require := func(r ...cognito.Requirement) []cognito.Requirement { return r }
	return []lambdaauth.Route{
		{Keys: []string{"GET /", "GET /orders", "$connect", "GET /pets"}},
		{Keys: []string{"GET /orders/{id}", "ANY /files/{proxy+}"}, Require: require(cognito.RequireScopes("orders/read"))},
		{Keys: []string{"POST /orders", "DELETE /orders/{id}", "GET /orders/{id}/refunds"}, Require: require(cognito.RequireScopes("orders/write"))},
		{Keys: []string{"ANY /admin/{proxy+}", "GET /orders/all"}, Require: require(cognito.RequireGroups("admins"))},
		{Keys: []string{"GET /orders/{id}/audit"}, Allow: cognito.Denied},
	}
}

// graphQL is an event of a GraphQL API, made in Go.
func graphQL(authorization string) lambdaauth.AppSyncEvent {
	return lambdaauth.AppSyncEvent{AppSyncLambdaAuthorizerRequest: events.AppSyncLambdaAuthorizerRequest{AuthorizationToken: authorization}}
}
