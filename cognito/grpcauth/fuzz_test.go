package grpcauth_test

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/bearer"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/grpcauth"
)

// FuzzMetadata has metadata of any values: a call is let in just where package bearer
// finds a token in a header of these values that the verifier takes.
func FuzzMetadata(f *testing.F) {
	issuer := cognitotest.NewIssuer()
	verifier, err := cognito.New(issuer.Config())
	if err != nil {
		f.Fatal(err)
	}
	auth, err := grpcauth.New(grpcauth.Config{Verifier: verifier, Clock: issuer.Clock(), Rules: []grpcauth.Rule{
		{Methods: []string{unaryCall}}, {Methods: []string{healthCheck}, Allow: cognito.Optional},
	}})
	if err != nil {
		f.Fatal(err)
	}
	token := issuer.Pool().AccessToken()
	for _, values := range [][2]string{{"", ""}, {"Bearer TOKEN", ""}, {"bearer  TOKEN", "x"}, {"Bearer TOKEN, Bearer TOKEN", ""}, {"Basic dTpw", "Bearer TOKEN"}, {"Bearer", ""}, {"Bearer\tTOKEN", ""}, {"TOKEN", ""}, {"Bearer a.b.c", ""}, {"\x00", "\xff"}, {"Bearer TOKEN=", ""}} {
		for count := range uint8(3) {
			f.Add(values[0], values[1], count)
		}
	}
	f.Fuzz(func(t *testing.T, first, second string, count uint8) {
		values := []string{strings.ReplaceAll(first, "TOKEN", token), strings.ReplaceAll(second, "TOKEN", token)}[:count%3]
		raw, want := bearer.Credential(&http.Request{Header: http.Header{"Authorization": values}})
		if want == nil {
			_, want = verifier.VerifyAccessToken(t.Context(), raw)
		}
		ctx := metadata.NewIncomingContext(t.Context(), metadata.MD{"authorization": values})
		call := func(method string) error {
			_, err := auth.Unary()(ctx, nil, &grpc.UnaryServerInfo{FullMethod: method}, func(ctx context.Context, _ any) (any, error) {
				if _, ok := grpcauth.AccessToken(ctx); !ok && len(values) > 0 {
					t.Error("let in without a token")
				}
				return "", nil
			})
			return err
		}
		err := call(unaryCall)
		if grpcauth.CodeOf(err) != cognito.CodeOf(want) || (err == nil) != (want == nil) {
			t.Errorf("%q: %v, want %v", values, err, want)
		}
		if optional := call(healthCheck); len(values) > 0 && grpcauth.CodeOf(optional) != cognito.CodeOf(want) || len(values) == 0 && optional != nil {
			t.Errorf("%q where optional: %v, want %v", values, optional, want)
		}
		if err != nil && len(raw) > 20 && strings.Contains(status.Convert(err).Proto().String(), raw) {
			t.Errorf("the status has the token: %v", err)
		}
	})
}

var protobufMethod = regexp.MustCompile(`\A/[A-Za-z_][A-Za-z_0-9]*(\.[A-Za-z_][A-Za-z_0-9]*)*/[A-Za-z_][A-Za-z_0-9]*\z`)

// FuzzMethod has names of methods: what a rule names is what a server with that name
// asks about, and no other name comes to it.
func FuzzMethod(f *testing.F) {
	verifier, err := cognito.New(cognitotest.NewIssuer().Config())
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range []string{"/a.B/C", "/a.B/*", "*", "a.B/C", "/a.B", "//C", "/a/b/C", "/a.B/", "/", "", "/a.B/C/", "/\u00e9/C", "/a.B/C D", "//a.B/C", "/x/../a.B/C", "/a%2eB/C", "/a.B/%43", "/a.B/C?x=1", "/a.B/C;v=1", "/a.B/C ", "/a..B/C", "/a.B/\u017f"} {
		f.Add(name, "/a.B/C")
		f.Add("/a.B/*", name)
	}
	f.Fuzz(func(t *testing.T, rule, called string) {
		auth, err := grpcauth.New(grpcauth.Config{Verifier: verifier, Rules: []grpcauth.Rule{{Methods: []string{rule}, Allow: cognito.Anonymous}}})
		if err != nil {
			return
		}
		_, err = auth.Unary()(t.Context(), nil, &grpc.UnaryServerInfo{FullMethod: called}, func(context.Context, any) (any, error) { return "", nil })
		last := strings.LastIndex(called, "/")
		named := protobufMethod.MatchString(called)
		want := named && (rule == "*" || rule == called || strings.HasSuffix(rule, "/*") && called[:last]+"/*" == rule)
		if (err == nil) != want {
			t.Errorf("the rule %q and the method %q: %v", rule, called, err)
		}
	})
}
