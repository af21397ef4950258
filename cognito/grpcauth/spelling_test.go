package grpcauth_test

import (
	"context"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/grpcauth"
)

// TestTwoSpellingsOfAuthorizationAreRefused: the server of grpc-go has names in lower
// case, and other transports may not.
func TestTwoSpellingsOfAuthorizationAreRefused(t *testing.T) {
	t.Parallel()
	issuer := cognitotest.NewIssuer()
	verifier, err := cognito.New(issuer.Config())
	if err != nil {
		t.Fatal(err)
	}
	good := []string{"Bearer " + issuer.Pool().AccessToken()}
	for _, allow := range []cognito.Allow{cognito.Verified, cognito.Optional} {
		auth, err := grpcauth.New(grpcauth.Config{Verifier: verifier, Rules: []grpcauth.Rule{{Methods: []string{"*"}, Allow: allow}}})
		if err != nil {
			t.Fatal(err)
		}
		for name, test := range map[string]struct {
			metadata metadata.MD
			want     cognito.Code
		}{
			"lower case":           {metadata.MD{"authorization": good, "other": {"x"}}, ""},
			"as in HTTP/1.1":       {metadata.MD{"Authorization": good}, ""},
			"both, the same":       {metadata.MD{"authorization": good, "Authorization": good}, cognito.ErrRequestInvalid},
			"both, one is empty":   {metadata.MD{"authorization": good, "Authorization": {}}, cognito.ErrRequestInvalid},
			"two others":           {metadata.MD{"AUTHORIZATION": good, "Authorization": {"Bearer x"}}, cognito.ErrRequestInvalid},
			"one of another names": {metadata.MD{"authorization": good, "Authorization-Bin": {"x"}}, ""},
		} {
			// The order of a map is random.
			for range 20 {
				ctx := metadata.NewIncomingContext(t.Context(), test.metadata)
				_, err := auth.Unary()(ctx, nil, &grpc.UnaryServerInfo{FullMethod: unaryCall}, func(context.Context, any) (any, error) { return "", nil })
				if grpcauth.CodeOf(err) != test.want || (err == nil) != (test.want == "") {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
	}
}
