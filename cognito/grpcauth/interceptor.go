package grpcauth

import (
	"context"
	"log/slog"
	"net/http"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/bearer"
	"github.com/poolguard/poolguard/cognito/internal/rule"
)

// An Interceptor has the two interceptors of a server, one for unary methods and one for
// streams. Make one with [New]. The zero Interceptor, and nil, refuse every call. It is
// immutable and safe for concurrent use.
//
// In a chain, the interceptors before it see calls that are not verified yet, and those
// after it find the token in the context. If two Interceptors are chained, each verifies
// the token, and the method gets the token of the inner one.
type Interceptor struct {
	config Config
	table  table
}

// Names of metadata in gRPC: names of headers, in lower case.
const (
	authorization   = "authorization"
	wwwAuthenticate = "www-authenticate"
)

// ServerOptions returns the options for a server with both interceptors. With only one of
// them, half of the methods would be open to all clients. The interceptors are chained
// with those of other options, in the order of the options.
func (i *Interceptor) ServerOptions() []grpc.ServerOption {
	return []grpc.ServerOption{grpc.ChainUnaryInterceptor(i.Unary()), grpc.ChainStreamInterceptor(i.Stream())}
}

// Unary returns the interceptor for unary methods. A server with streams needs
// [Interceptor.Stream] too. Reflection and the health service's Watch are streams.
func (i *Interceptor) Unary() grpc.UnaryServerInterceptor {
	return func(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
		inner, _, err := i.authorize(ctx, info.FullMethod)
		if err != nil {
			return nil, i.refuse(ctx, info.FullMethod, err, func(md metadata.MD) { _ = grpc.SetTrailer(ctx, md) })
		}
		return handler(inner, req)
	}
}

// Stream returns the interceptor for streams.
func (i *Interceptor) Stream() grpc.StreamServerInterceptor {
	return func(srv any, ss grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
		ctx, token, err := i.authorize(ss.Context(), info.FullMethod)
		method := info.FullMethod
		if srv == nil { // the handler for unknown services: the client chose the method's name
			method = unknownMethod
		}
		if err != nil {
			return i.refuse(ss.Context(), method, err, ss.SetTrailer)
		}
		if token == nil || i.config.InsecureLetStreamsOutliveToken {
			return handler(srv, &stream{ServerStream: ss, ctx: ctx})
		}
		expired, err := i.serveUntil(ctx, token, func(ctx context.Context, t *term) error {
			return handler(srv, &expiringStream{stream{ServerStream: ss, ctx: ctx}, t})
		})
		if expired != nil {
			return i.refuse(ss.Context(), method, expired, ss.SetTrailer)
		}
		return err
	}
}

// authorize decides about a call and returns the context for its method. The token is nil
// if the call needs none.
func (i *Interceptor) authorize(ctx context.Context, method string) (context.Context, cognito.Token, error) {
	if i == nil || i.config.Verifier == nil {
		return nil, nil, cognito.NewError(cognito.ErrAccessDenied, "no verifier is configured, so no call is accepted")
	}
	p, _ := i.table.find(method)
	raw, anonymous, err := p.credential(ctx)
	switch {
	case err != nil: // the verifier does not see this refusal
		i.config.Verifier.ObserveRefusal(ctx, err)
		return nil, nil, err
	case anonymous:
		return withoutToken(ctx), nil, nil
	}
	token, err := rule.Verify(ctx, i.config.Verifier, p.use, raw, p.require)
	if err != nil {
		return nil, nil, err
	}
	return withToken(ctx, token), token, nil
}

// credential returns the token of a call. anonymous is true if the call needs none.
func (p *policy) credential(ctx context.Context) (raw string, anonymous bool, err error) {
	switch {
	case p == nil:
		return "", false, cognito.NewError(cognito.ErrAccessDenied, "no rule names this method, so no call is allowed")
	case p == misnamed:
		return "", false, cognito.NewError(cognito.ErrAccessDenied, "the name of the method is invalid, so no call is allowed: want /package.Service/Method with letters, digits and underscores")
	case p.allow == cognito.Denied:
		return "", false, cognito.NewError(cognito.ErrAccessDenied, "the rule of this method denies every call")
	case p.allow == cognito.Anonymous:
		return "", true, nil
	}
	values, err := authorizations(ctx)
	switch {
	case err != nil:
		return "", false, err
	case p.allow == cognito.Optional && len(values) == 0:
		return "", true, nil
	}
	raw, err = credential(values)
	return raw, false, err
}

// authorizations returns the values of the metadata authorization in any spelling. The
// server of grpc-go has all names in lower case. Metadata of other transports may have
// any: with two spellings, the one that counts would depend on the reader.
func authorizations(ctx context.Context) (values []string, err error) {
	found := &captured{Context: ctx}
	_ = metadata.ValueFromIncomingContext(found, authorization) //nolint:contextcheck // found has ctx in it
	spellings := 0
	for name, list := range found.md {
		if strings.EqualFold(name, authorization) {
			values = list
			spellings++
		}
	}
	if spellings > 1 {
		return nil, cognito.NewError(cognito.ErrRequestInvalid, "the metadata has authorization in more than one spelling")
	}
	return values, nil
}

// captured is a context that keeps the metadata that package metadata finds in it. That
// package returns copies in lower case only, in which one of two spellings is lost.
type captured struct {
	context.Context             //nolint:containedctx // it wraps the context of one call of package metadata
	md              metadata.MD // not to be modified
}

// Value implements context.Context.
func (c *captured) Value(key any) any {
	value := c.Context.Value(key)
	if md, ok := value.(metadata.MD); ok {
		c.md = md
	}
	return value
}

// credential reads the values of the metadata authorization as package bearer reads the
// header.
func credential(values []string) (string, error) {
	return bearer.Credential(&http.Request{Header: http.Header{"Authorization": values}})
}

// refuse returns the status for err and sets the challenge in the trailer.
func (i *Interceptor) refuse(ctx context.Context, method string, err error, setTrailer func(metadata.MD)) error {
	i.log(ctx, method, err)
	var realm string
	if i != nil {
		realm = i.config.Realm
	}
	if challenge := bearer.Challenge(err, realm); challenge != "" {
		setTrailer(metadata.Pairs(wwwAuthenticate, challenge))
	}
	return Status(err).Err()
}

// unknownMethod is in the log in place of a name that the client could choose as any text.
const unknownMethod = "(unknown service)"

// log writes one line.
func (i *Interceptor) log(ctx context.Context, method string, err error) {
	var logger *slog.Logger
	var verifier *cognito.Verifier
	if i != nil {
		logger, verifier = i.config.Logger, i.config.Verifier
	}
	verifier.LogRefusal(ctx, logger, "call refused", err,
		slog.String("status", codeFor(refusal(err)).String()),
		slog.String("method", method),
	)
}
