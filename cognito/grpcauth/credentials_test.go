package grpcauth_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/oauth2"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/credentials/local"
	"google.golang.org/grpc/status"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/grpcauth"
	"github.com/poolguard/poolguard/cognito/oauth"
)

// A source is an oauth2.TokenSource made of a function.
type source func() (*oauth2.Token, error)

// Token implements oauth2.TokenSource.
func (s source) Token() (*oauth2.Token, error) { return s() }

func fixed(token string) source {
	return func() (*oauth2.Token, error) { return &oauth2.Token{AccessToken: token}, nil }
}

func newCredentials(t testing.TB, source oauth2.TokenSource, plaintext bool) *grpcauth.Credentials {
	t.Helper()
	c, err := grpcauth.NewCredentials(grpcauth.CredentialsConfig{Source: source, InsecureAllowPlaintext: plaintext})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// overTLS returns both ends' credentials of a server on loopback, with the certificate
// of package httptest.
func overTLS(t testing.TB) (server, client credentials.TransportCredentials) {
	t.Helper()
	made := httptest.NewTLSServer(nil)
	defer made.Close()
	roots := x509.NewCertPool()
	roots.AddCert(made.Certificate())
	return credentials.NewTLS(&tls.Config{Certificates: made.TLS.Certificates, MinVersion: tls.VersionTLS13}),
		credentials.NewTLS(&tls.Config{RootCAs: roots, ServerName: "example.com", MinVersion: tls.VersionTLS13})
}

// A machinePool is the token endpoint of an issuer's pool for its machines.
type machinePool struct {
	issuer  *cognitotest.Issuer
	options []cognitotest.TokenOption
	asked   atomic.Int64
	fails   atomic.Int64 // the status of failures, 0 for none
}

// RoundTrip implements http.RoundTripper.
func (p *machinePool) RoundTrip(r *http.Request) (*http.Response, error) {
	recorder := httptest.NewRecorder()
	recorder.Header().Set("Content-Type", "application/json")
	p.asked.Add(1)
	if status := int(p.fails.Load()); status != 0 {
		recorder.WriteHeader(status)
		fmt.Fprint(recorder, `{"error":"invalid_client"}`)
	} else {
		fmt.Fprintf(recorder, `{"access_token":%q,"token_type":"Bearer","expires_in":3600}`, p.issuer.Pool().MachineToken(p.options...))
	}
	answer := recorder.Result()
	answer.Request = r
	return answer, nil
}

func (p *machinePool) source(t testing.TB) *oauth.ClientCredentialsSource {
	t.Helper()
	source, err := oauth.NewClientCredentialsSource(oauth.ClientCredentialsConfig{App: oauth.App{
		Domain: "https://auth.example.com", ClientID: "machine", ClientSecret: "the-secret",
		HTTPClient: &http.Client{Transport: p}, Now: p.issuer.Clock().Now,
	}, Jitter: func() float64 { return 0 }})
	if err != nil {
		t.Fatal(err)
	}
	return source
}

// TestMachine: a machine's calls over TLS go on as its tokens are renewed, and its
// stream is opened anew.
func TestMachine(t *testing.T) {
	t.Parallel()
	server, client := overTLS(t)
	pool := &machinePool{issuer: cognitotest.NewIssuer()}
	machine := grpc.WithPerRPCCredentials(newCredentials(t, pool.source(t), false))
	w := newWorld(t, grpcauth.Config{Clock: pool.issuer.Clock(), Rules: []grpcauth.Rule{{Methods: []string{"*"}, Require: []cognito.Requirement{cognito.RequireScopes("test/read")}}}},
		option{server: []grpc.ServerOption{grpc.Creds(server)}, transport: client, client: []grpc.DialOption{machine}},
		option{trust: func(c *cognito.Config) { *c = pool.issuer.Config() }})
	_, stream, err := w.duplex(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for n := range 12 { // two hours
		if _, err := w.unary(t.Context()); err != nil {
			t.Error(n, err)
		}
		if n == 6 {
			_, err := stream.Recv()
			wantExpired(t, "the stream", err)
			if _, _, err := w.duplex(t.Context()); err != nil {
				t.Error("the stream, again:", err)
			}
		}
		pool.issuer.Clock().Advance(10 * time.Minute)
	}
	if n := pool.asked.Load(); n != 2 {
		t.Errorf("%d tokens were asked for", n)
	}
}

// TestSourceErrors: what the source says is the error's, and not the status's.
func TestSourceErrors(t *testing.T) {
	t.Parallel()
	server, client := overTLS(t)
	pool := &machinePool{issuer: cognitotest.NewIssuer()}
	secret := errors.New("secret")
	for name, test := range map[string]struct {
		source oauth2.TokenSource
		fails  int64
		want   codes.Code
		is     error
	}{
		"the pool is down":    {pool.source(t), 503, codes.Unavailable, oauth.ErrUnavailable},
		"the pool refuses":    {pool.source(t), 400, codes.Unauthenticated, oauth.ErrInvalidClient},
		"any other error":     {source(func() (*oauth2.Token, error) { return nil, secret }), 0, codes.Unauthenticated, secret},
		"a status of its own": {source(func() (*oauth2.Token, error) { return nil, status.Error(codes.NotFound, "secret") }), 0, codes.Unauthenticated, nil},
		"a panic":             {source(func() (*oauth2.Token, error) { panic("secret") }), 0, codes.Unauthenticated, nil},
		"no token":            {source(func() (*oauth2.Token, error) { return nil, nil }), 0, codes.Unauthenticated, nil}, //nolint:nilnil // what a bad source does
		"an empty token":      {fixed(""), 0, codes.Unauthenticated, nil},
		"a line break":        {fixed("secret\r\nx: y"), 0, codes.Unauthenticated, nil},
		"a space before":      {fixed(" secret"), 0, codes.Unauthenticated, nil},
		"another character":   {fixed("sécret"), 0, codes.Unauthenticated, nil},
		"a token of another scheme": {source(func() (*oauth2.Token, error) {
			return &oauth2.Token{AccessToken: "secret", TokenType: "DPoP"}, nil
		}), 0, codes.Unauthenticated, nil},
	} {
		pool.fails.Store(test.fails)
		c := newCredentials(t, test.source, false)
		w := newWorld(t, grpcauth.Config{Rules: allMethods()}, option{server: []grpc.ServerOption{grpc.Creds(server)}, transport: client})
		_, err := w.unary(t.Context(), grpc.PerRPCCredentials(c))
		if status.Code(err) != test.want || strings.Contains(status.Convert(err).Message(), "secret") || w.logs.String() != "" {
			t.Errorf("%s: %v; logged %s", name, err, w.logs)
		}
		_, err = newCredentials(t, test.source, true).GetRequestMetadata(t.Context())
		if err == nil || test.is != nil && !errors.Is(err, test.is) || status.Code(err) != test.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, c := range []*grpcauth.Credentials{nil, {}} {
		if _, err := c.GetRequestMetadata(t.Context()); status.Code(err) != codes.Unauthenticated || !c.RequireTransportSecurity() {
			t.Error(err)
		}
	}
	var fault *cognito.ConfigError
	if _, err := grpcauth.NewCredentials(grpcauth.CredentialsConfig{}); !errors.As(err, &fault) || fault.Package != "grpcauth" || fault.Field != "CredentialsConfig.Source" {
		t.Error(err)
	}
}

// TestPlaintext: no token is even asked for where others could read it, for all calls
// of a connection and for one.
func TestPlaintext(t *testing.T) {
	t.Parallel()
	w := newWorld(t, grpcauth.Config{Rules: allMethods()})
	asked := 0
	raw := w.issuer.Pool().AccessToken()
	counting := source(func() (*oauth2.Token, error) { asked++; return fixed(raw)() })
	strict := newCredentials(t, counting, false)
	if _, err := grpc.NewClient(w.conn.Target(), grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithPerRPCCredentials(strict)); err == nil {
		t.Error("a connection without TLS takes the credentials")
	}
	onLoopback := newWorld(t, grpcauth.Config{Rules: allMethods()}, option{transport: local.NewCredentials(), client: []grpc.DialOption{grpc.WithPerRPCCredentials(strict)}})
	over := func(info credentials.AuthInfo) func() error {
		return func() error {
			ctx := credentials.NewContextWithRequestInfo(t.Context(), credentials.RequestInfo{AuthInfo: info})
			_, err := strict.GetRequestMetadata(ctx)
			return err
		}
	}
	for name, call := range map[string]func() error{
		"one call":              func() error { _, err := w.unary(t.Context(), grpc.PerRPCCredentials(strict)); return err },
		"loopback":              func() error { _, err := onLoopback.unary(t.Context()); return err },
		"by itself":             func() error { _, err := strict.GetRequestMetadata(t.Context()); return err },
		"integrity alone":       over(weak{credentials.CommonAuthInfo{SecurityLevel: credentials.IntegrityOnly}}),
		"a level of 0":          over(weak{}),
		"a level over the last": over(weak{credentials.CommonAuthInfo{SecurityLevel: credentials.PrivacyAndIntegrity + 1}}),
		"no level":              over(silent{}),
		"no information":        over(nil),
	} {
		if err := call(); err == nil || asked != 0 || strings.Contains(err.Error(), raw) {
			t.Errorf("%s: %v; asked %d times", name, err, asked)
		}
	}
	for name, transport := range map[string]credentials.TransportCredentials{"insecure": insecure.NewCredentials(), "local": local.NewCredentials()} {
		loose := newCredentials(t, fixed(raw), true)
		w := newWorld(t, grpcauth.Config{Rules: allMethods()}, option{transport: transport, client: []grpc.DialOption{grpc.WithPerRPCCredentials(loose)}},
			option{trust: func(c *cognito.Config) { *c = w.trust }})
		if who, err := w.unary(t.Context()); who != cognitotest.Username {
			t.Error(name, who, err)
		}
	}
}

// weak is what a connection says of itself that is not known to be encrypted.
type weak struct{ credentials.CommonAuthInfo }

// AuthType implements credentials.AuthInfo.
func (weak) AuthType() string { return "weak" }

// silent says nothing about its security level.
type silent struct{}

// AuthType implements credentials.AuthInfo.
func (silent) AuthType() string { return "silent" }

// TestSlowSource: callers of a source without contexts share its answer, and wait no
// longer than they like.
func TestSlowSource(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int64
		c := newCredentials(t, source(func() (*oauth2.Token, error) {
			time.Sleep(time.Minute)
			return &oauth2.Token{AccessToken: fmt.Sprintf("token-%d", asked.Add(1))}, nil
		}), true)
		var all sync.WaitGroup
		for n := range 10 {
			all.Go(func() {
				ctx, want := t.Context(), codes.OK
				switch n {
				case 0:
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, time.Second)
					defer cancel()
					want = codes.DeadlineExceeded
				case 1:
					var cancel context.CancelFunc
					ctx, cancel = context.WithCancel(ctx)
					time.AfterFunc(time.Second, cancel)
					want = codes.Canceled
				}
				began := time.Now()
				md, err := c.GetRequestMetadata(ctx)
				if status.Code(err) != want || want == codes.OK && md["authorization"] != "Bearer token-1" {
					t.Error(n, md, err)
				}
				if waited := time.Since(began); want != codes.OK && waited != time.Second { // of the bubble
					t.Error(n, waited)
				}
			})
		}
		all.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := c.GetRequestMetadata(ctx); status.Code(err) != codes.Canceled || !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if md, err := c.GetRequestMetadata(t.Context()); err != nil || md["authorization"] != "Bearer token-2" {
			t.Error(md, err)
		}
	})
}

// TestTwoCredentials: those of a connection and of a call are two, which the server
// refuses.
func TestTwoCredentials(t *testing.T) {
	t.Parallel()
	issuer := cognitotest.NewIssuer()
	c := newCredentials(t, fixed(issuer.Pool().AccessToken()), true)
	w := newWorld(t, grpcauth.Config{Rules: allMethods()}, option{client: []grpc.DialOption{grpc.WithPerRPCCredentials(c)}}, option{trust: func(c *cognito.Config) { *c = issuer.Config() }})
	if _, err := w.unary(t.Context(), grpc.PerRPCCredentials(c)); grpcauth.CodeOf(err) != cognito.ErrRequestInvalid {
		t.Error(err)
	}
	if names := slices.Collect(strings.SplitSeq(w.logs.String(), "\n")); len(names) != 2 {
		t.Error(w.logs)
	}
}
