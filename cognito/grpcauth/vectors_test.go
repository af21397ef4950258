package grpcauth_test

import (
	"context"
	"log/slog"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/grpcauth"
	"github.com/poolguard/poolguard/cognito/internal/vectorgen/vectors"
)

// b64token is what may follow the word Bearer (RFC 6750 §2.1).
var b64token = regexp.MustCompile(`^[A-Za-z0-9._~+/-]+=*$`)

// TestVectors has the interceptors judge every vector that can come in metadata, those
// too that no client could send.
func TestVectors(t *testing.T) {
	t.Parallel()
	files, err := vectors.Load("../testdata/vectors")
	if err != nil {
		t.Fatal(err)
	}
	judged := 0
	for _, file := range files {
		interceptors := map[string]grpc.UnaryServerInterceptor{}
		for _, v := range file.Cases {
			config := file.Configs[v.Config]
			token, err := v.Text()
			if err != nil {
				t.Fatal(err)
			}
			if config.TokenUse == "any" || strings.HasPrefix(token, " ") { // a space before it is one more after the scheme
				continue
			}
			want := v.Expected.Code
			if !b64token.MatchString(token) {
				want = "request_invalid"
			}
			if interceptors[v.Config] == nil {
				interceptors[v.Config] = vectorInterceptor(t, file, config)
			}
			judged++
			ctx := metadata.NewIncomingContext(t.Context(), metadata.Pairs("authorization", "Bearer "+token))
			_, err = interceptors[v.Config](ctx, nil, &grpc.UnaryServerInfo{FullMethod: unaryCall}, func(context.Context, any) (any, error) { return "", nil })
			if string(grpcauth.CodeOf(err)) != want || (err == nil) != (want == "") {
				t.Errorf("%s: %v, want %q", v.ID, err, want)
			}
		}
	}
	if judged < 750 {
		t.Errorf("only %d vectors were judged", judged)
	}
}

func vectorInterceptor(t *testing.T, file vectors.File, config vectors.Config) grpc.UnaryServerInterceptor {
	t.Helper()
	c := cognito.Config{
		Leeway:        time.Duration(config.LeewaySeconds) * time.Second,
		MaxTokenBytes: config.MaxTokenBytes,
		Now:           func() time.Time { return config.Now },
		HTTPClient:    &http.Client{Transport: file.Transport(config)},
		Logger:        slog.New(slog.DiscardHandler),
		Revoked: func(_ context.Context, token cognito.Token, _ cognito.Raw) (bool, error) {
			named, ok := token.(interface{ OriginTokenID() string })
			return ok && slices.Contains(config.RevokedOriginJTIs, named.OriginTokenID()), nil
		},
	}
	for _, p := range config.UserPools {
		pool := cognito.UserPool{ID: p.ID, ClientIDs: p.ClientIDs, InsecureSkipClientCheck: p.AnyClient, Audiences: p.Audiences}
		if len(p.KeySets) == 1 {
			pool.Issuer = slices.Collect(maps.Keys(p.KeySets))[0]
		}
		c.UserPools = append(c.UserPools, pool)
	}
	verifier, err := cognito.New(c)
	if err != nil {
		t.Fatal(err)
	}
	auth, err := grpcauth.New(grpcauth.Config{Verifier: verifier, Logger: c.Logger, Rules: []grpcauth.Rule{
		{Methods: []string{testService}, TokenUse: cognito.TokenUse(config.TokenUse), Require: requirementsOf(config.Require)},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return auth.Unary()
}

// requirementsOf is what a config asks of a token beside being good.
func requirementsOf(r vectors.Require) (list []cognito.Requirement) {
	add := func(asked bool, requirement cognito.Requirement) {
		if asked {
			list = append(list, requirement)
		}
	}
	for name, values := range r.Claims {
		add(true, cognito.RequireClaim(name, values...))
	}
	add(len(r.AnyGroup) > 0, cognito.RequireAnyGroup(r.AnyGroup...))
	add(len(r.Groups) > 0, cognito.RequireGroups(r.Groups...))
	add(len(r.AnyScope) > 0, cognito.RequireAnyScope(r.AnyScope...))
	add(len(r.Scopes) > 0, cognito.RequireScopes(r.Scopes...))
	add(len(r.Audiences) > 0, cognito.RequireAudience(r.Audiences...))
	add(r.MaxAuthAgeSeconds > 0, cognito.RequireMaxAuthAge(time.Duration(r.MaxAuthAgeSeconds)*time.Second))
	add(r.ACR != "", cognito.RequireACR(r.ACR))
	add(r.Nonce != "", cognito.RequireNonce(r.Nonce))
	return list
}
