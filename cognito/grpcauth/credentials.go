package grpcauth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"

	"golang.org/x/oauth2"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/status"

	"github.com/poolguard/poolguard/cognito/bearer"
	"github.com/poolguard/poolguard/cognito/internal/configerror"
)

// CredentialsConfig says which tokens a client sends. Source must be set.
type CredentialsConfig struct {
	// Source is asked for a token with each call, so it should keep the one it has:
	// as an oauth.MachineSource does, or one of oauth2.ReuseTokenSource. Where it has
	// a method
	//
	//	TokenContext(ctx context.Context) (*oauth2.Token, error)
	//
	// as MachineSource has, that is called with the context of the call. Any other is
	// asked by one goroutine at a time, and all calls that wait get what it says; a
	// call whose context ends does not wait on.
	Source oauth2.TokenSource

	// InsecureAllowPlaintext sends tokens over connections without TLS too: whoever is
	// on the way can take them and be the client until they expire. It is for a server
	// on the same machine; with google.golang.org/grpc/credentials/local for the
	// connection, it can be no other.
	InsecureAllowPlaintext bool
}

// Credentials attach tokens to the calls of a client: pass them to
// grpc.WithPerRPCCredentials for all calls of a connection, or to
// grpc.PerRPCCredentials for one, but not to both, since two tokens are refused. Make
// them with [NewCredentials]. They are safe for concurrent use.
type Credentials struct {
	token     func(ctx context.Context) (*oauth2.Token, error)
	plaintext bool
}

var _ credentials.PerRPCCredentials = (*Credentials)(nil)

// NewCredentials returns credentials as config describes them. It reports every fault
// of config, each a [*ConfigError], and asks for no token yet.
func NewCredentials(config CredentialsConfig) (*Credentials, error) {
	if config.Source == nil {
		faults := configerror.In("grpcauth", "CredentialsConfig")
		faults.Add("Source", "is nil: make one with oauth.NewMachineSource, for example")
		return nil, faults.Err()
	}
	c := &Credentials{plaintext: config.InsecureAllowPlaintext}
	if source, ok := config.Source.(interface {
		TokenContext(ctx context.Context) (*oauth2.Token, error)
	}); ok {
		c.token = source.TokenContext
	} else {
		c.token = (&shared{source: config.Source}).TokenContext
	}
	return c, nil
}

// RequireTransportSecurity implements credentials.PerRPCCredentials.
func (c *Credentials) RequireTransportSecurity() bool { return c == nil || !c.plaintext }

// GetRequestMetadata implements credentials.PerRPCCredentials. It waits for the source
// as long as ctx allows. Its errors have a status: Canceled or DeadlineExceeded where
// ctx ended, Unavailable where the source's error has a method Temporary that says so,
// else Unauthenticated. They wrap what the source said, which is not in the status:
// servers hand that on to their own clients. It is in the text, and so in the status
// that grpc-go makes of an error around this one (fmt.Errorf with %w).
func (c *Credentials) GetRequestMetadata(ctx context.Context, _ ...string) (map[string]string, error) {
	switch {
	case c == nil || c.token == nil:
		return nil, &credentialsError{status.New(codes.Unauthenticated, "there is no source of tokens"), nil}
	case ctx.Err() != nil:
		return nil, &credentialsError{status.FromContextError(ctx.Err()), ctx.Err()}
	case !c.plaintext:
		// grpc-go sees to that by RequireTransportSecurity, but for credentials of
		// connections that do not tell their level.
		info, _ := credentials.RequestInfoFromContext(ctx)
		if err := credentials.CheckSecurityLevel(info.AuthInfo, credentials.PrivacyAndIntegrity); err != nil {
			return nil, &credentialsError{status.New(codes.Unauthenticated, "no token is sent over a connection that others can read"), err}
		}
	}
	token, err := c.token(ctx)
	if err != nil {
		return nil, sourceError(ctx, err)
	}
	value, err := headerOf(token)
	if err != nil {
		return nil, &credentialsError{status.New(codes.Unauthenticated, err.Error()), nil}
	}
	return map[string]string{authorization: value}, nil
}

// headerOf returns the value of the metadata. It is one that the other side, by
// package bearer, reads as just that token.
func headerOf(token *oauth2.Token) (string, error) {
	switch {
	case token == nil || token.AccessToken == "":
		return "", errors.New("the source of tokens has none")
	case token.Type() != "Bearer":
		return "", errors.New("the source's token is no bearer token")
	}
	value := "Bearer " + token.AccessToken
	read, err := bearer.Credential(&http.Request{Header: http.Header{"Authorization": {value}}})
	if err != nil || read != token.AccessToken {
		return "", errors.New("the source's token has characters that cannot be sent")
	}
	return value, nil
}

func sourceError(ctx context.Context, err error) error {
	var temporary interface{ Temporary() bool }
	switch {
	case ctx.Err() != nil:
		return &credentialsError{status.FromContextError(ctx.Err()), err}
	case errors.As(err, &temporary) && temporary.Temporary():
		return &credentialsError{status.New(codes.Unavailable, "no token could be had for the call; try again"), err}
	}
	return &credentialsError{status.New(codes.Unauthenticated, "no token could be had for the call"), err}
}

// A credentialsError is why a call was not sent.
type credentialsError struct {
	status *status.Status
	cause  error
}

// Error implements error, with the cause, for logs.
func (e *credentialsError) Error() string {
	if e.cause == nil {
		return "grpcauth: " + e.status.Message()
	}
	return "grpcauth: " + e.status.Message() + ": " + e.cause.Error()
}

// GRPCStatus is what package status asks for.
func (e *credentialsError) GRPCStatus() *status.Status { return e.status }

// Unwrap returns the cause.
func (e *credentialsError) Unwrap() error { return e.cause }

// shared asks a source that knows no context, for all who wait.
type shared struct {
	source oauth2.TokenSource

	mu     sync.Mutex
	flight *flight // under way
}

// A flight is one question to the source.
type flight struct {
	done chan struct{}

	// Set before done is closed.
	token *oauth2.Token
	err   error
}

// TokenContext returns the source's token, or the error of ctx if that ends before.
func (s *shared) TokenContext(ctx context.Context) (*oauth2.Token, error) {
	s.mu.Lock()
	f := s.flight
	if f == nil {
		f = &flight{done: make(chan struct{})}
		s.flight = f
		go s.ask(f)
	}
	s.mu.Unlock()
	select {
	case <-f.done:
		return f.token, f.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// ask has the source's panics end in the error of those who wait: in a goroutine that
// is not theirs they would end the program.
func (s *shared) ask(f *flight) {
	defer func() {
		if v := recover(); v != nil {
			f.token, f.err = nil, fmt.Errorf("the source of tokens panicked: %v", v)
		}
		s.mu.Lock()
		s.flight = nil
		s.mu.Unlock()
		close(f.done)
	}()
	f.token, f.err = s.source.Token()
}
