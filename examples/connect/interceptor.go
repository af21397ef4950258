package main

import (
	"context"
	"errors"
	"net/http"

	"connectrpc.com/connect"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/bearer"
	"github.com/poolguard/poolguard/cognito/grpcauth"
)

type tokenKey struct{}

// An interceptor lets calls through whose token meets the procedure's rule. Connect has
// read a unary message when it asks: bound those by connect.WithReadMaxBytes.
type interceptor struct {
	verifier *cognito.Verifier
	rules    map[string][]cognito.Requirement // by procedure
}

func (i interceptor) WrapUnary(next connect.UnaryFunc) connect.UnaryFunc {
	return func(ctx context.Context, request connect.AnyRequest) (connect.AnyResponse, error) {
		token, err := i.judge(ctx, request.Spec().Procedure, request.Header())
		if err != nil {
			return nil, refusal(err)
		}
		return next(context.WithValue(ctx, tokenKey{}, token), request)
	}
}

// WrapStreamingHandler ends the context of a stream with its token.
func (i interceptor) WrapStreamingHandler(next connect.StreamingHandlerFunc) connect.StreamingHandlerFunc {
	return func(ctx context.Context, stream connect.StreamingHandlerConn) error {
		token, err := i.judge(ctx, stream.Spec().Procedure, stream.RequestHeader())
		if err != nil {
			return refusal(err)
		}
		expired := cognito.NewError(cognito.ErrTokenExpired, "the token expired while the stream was open")
		ctx, cancel := context.WithDeadlineCause(ctx, token.ExpiresAt(), expired)
		defer cancel()
		err = next(context.WithValue(ctx, tokenKey{}, token), stream)
		if errors.Is(context.Cause(ctx), expired) {
			return refusal(expired)
		}
		return err
	}
}

func (interceptor) WrapStreamingClient(next connect.StreamingClientFunc) connect.StreamingClientFunc {
	return next
}

func (i interceptor) judge(ctx context.Context, procedure string, header http.Header) (*cognito.AccessToken, error) {
	requirements, found := i.rules[procedure]
	raw, err := bearer.Credential(&http.Request{Header: header})
	switch {
	case !found:
		return nil, cognito.NewError(cognito.ErrAccessDenied, "no rule lets anybody call this")
	case err != nil:
		return nil, err
	}
	return i.verifier.VerifyAccessToken(ctx, raw, requirements...)
}

// Refusal has the status and details of package grpcauth, and bearer's challenge.
func refusal(err error) *connect.Error {
	status := grpcauth.Status(err)
	refused := connect.NewError(connect.Code(status.Code()), errors.New(status.Message()))
	for _, packed := range status.Proto().GetDetails() {
		if detail, err := connect.NewErrorDetail(packed); err == nil {
			refused.AddDetail(detail)
		}
	}
	refused.Meta().Set("WWW-Authenticate", bearer.Challenge(err, ""))
	return refused
}
