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

// CredentialsConfig configures the tokens that a client sends. Source must be set.
type CredentialsConfig struct {
	// Source returns the token for each call. It should keep its token until it expires,
	// as oauth.ClientCredentialsSource and oauth2.ReuseTokenSource do. If it has the method
	//
	//	TokenContext(ctx context.Context) (*oauth2.Token, error)
	//
	// as ClientCredentialsSource has, that method is called with the context of the
	// call. Any other source is called by one goroutine at a time, and all waiting calls
	// get its result. A call stops waiting when its context ends.
	Source oauth2.TokenSource

	// InsecureAllowPlaintext sends tokens over connections without TLS too, and over those
	// whose transport credentials do not report the level PrivacyAndIntegrity. An attacker
	// on the network can then take them and act as the client until they expire. It is
	// for a server on the same machine. The transport credentials
	// google.golang.org/grpc/credentials/local allow no other server.
	InsecureAllowPlaintext bool
}

// Credentials add tokens to the calls of a client. Pass them to
// grpc.WithPerRPCCredentials for all calls of a connection, or to grpc.PerRPCCredentials
// for one call. Do not use both, since a call with two tokens is refused. Make them with
// [NewCredentials]. They are safe for concurrent use.
type Credentials struct {
	token     func(ctx context.Context) (*oauth2.Token, error)
	plaintext bool
}

var _ credentials.PerRPCCredentials = (*Credentials)(nil)

// NewCredentials returns credentials as config describes them. It reports every fault of
// config, each as a [*ConfigError], and does not ask for a token yet.
func NewCredentials(config CredentialsConfig) (*Credentials, error) {
	if config.Source == nil {
		faults := configerror.In("grpcauth", "CredentialsConfig")
		faults.Add("Source", "is nil: make one with oauth.NewClientCredentialsSource, for example")
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
// until ctx ends. Its errors have a status: Canceled or DeadlineExceeded if ctx ended,
// Unavailable if the source's error has a method Temporary that returns true, and
// Unauthenticated otherwise. They wrap the source's error. That error is not in the
// status, because servers pass statuses on to their own clients. It is in the text of the
// error, and so in the status that grpc-go makes of an error around this one (fmt.Errorf
// with %w).
func (c *Credentials) GetRequestMetadata(ctx context.Context, _ ...string) (map[string]string, error) {
	switch {
	case c == nil || c.token == nil:
		return nil, &credentialsError{status.New(codes.Unauthenticated, "no token source is configured"), nil}
	case ctx.Err() != nil:
		return nil, &credentialsError{status.FromContextError(ctx.Err()), ctx.Err()}
	case !c.plaintext:
		if err := checkEncrypted(ctx); err != nil {
			return nil, &credentialsError{status.New(codes.Unauthenticated, "the connection is not encrypted, so no token is sent"), err}
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

// checkEncrypted returns an error unless the transport says that the connection of a call
// is encrypted. [credentials.CheckSecurityLevel] accepts a transport that says nothing, or
// 0, and so does grpc-go for RequireTransportSecurity.
func checkEncrypted(ctx context.Context) error {
	info, _ := credentials.RequestInfoFromContext(ctx)
	says, ok := info.AuthInfo.(interface {
		GetCommonAuthInfo() credentials.CommonAuthInfo
	})
	if !ok {
		return errors.New("the transport credentials do not report the security level of the connection; " + orPlaintext)
	}
	if level := says.GetCommonAuthInfo().SecurityLevel; level != credentials.PrivacyAndIntegrity {
		return fmt.Errorf("the security level of the connection is wrong: got %v, want %v; %s", level, credentials.PrivacyAndIntegrity, orPlaintext)
	}
	return nil
}

const orPlaintext = "use credentials.NewTLS, or set InsecureAllowPlaintext"

// headerOf returns the value of the metadata. Package bearer on the other side reads
// exactly this token from it.
func headerOf(token *oauth2.Token) (string, error) {
	switch {
	case token == nil || token.AccessToken == "":
		return "", errors.New("the token source returned no token")
	case token.Type() != "Bearer":
		return "", errors.New("the token of the token source is not a bearer token")
	}
	value := "Bearer " + token.AccessToken
	read, err := bearer.Credential(&http.Request{Header: http.Header{"Authorization": {value}}})
	if err != nil || read != token.AccessToken {
		return "", errors.New("the token of the token source has characters that a header cannot carry")
	}
	return value, nil
}

func sourceError(ctx context.Context, err error) error {
	var temporary interface{ Temporary() bool }
	switch {
	case ctx.Err() != nil:
		return &credentialsError{status.FromContextError(ctx.Err()), err}
	case errors.As(err, &temporary) && temporary.Temporary():
		return &credentialsError{status.New(codes.Unavailable, "the token for the call is unavailable; try again"), err}
	}
	return &credentialsError{status.New(codes.Unauthenticated, "the token for the call is unavailable"), err}
}

// A credentialsError is the reason why a call was not sent.
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

// GRPCStatus returns the status, for package status of gRPC.
func (e *credentialsError) GRPCStatus() *status.Status { return e.status }

// Unwrap returns the cause.
func (e *credentialsError) Unwrap() error { return e.cause }

// shared calls a source without a context once for all waiting calls.
type shared struct {
	source oauth2.TokenSource

	mu     sync.Mutex
	flight *flight // nil while the source is not called
}

// A flight is one call of the source.
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

// ask calls the source. A panic of the source becomes the error of the waiting calls: in
// this goroutine it would end the program.
func (s *shared) ask(f *flight) {
	defer func() {
		if v := recover(); v != nil {
			f.token, f.err = nil, fmt.Errorf("the token source panicked with a value of type %T", v)
		}
		s.mu.Lock()
		s.flight = nil
		s.mu.Unlock()
		close(f.done)
	}()
	f.token, f.err = s.source.Token()
}
