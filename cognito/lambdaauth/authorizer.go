package lambdaauth

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/bearer"
	"github.com/poolguard/poolguard/cognito/internal/credential"
	"github.com/poolguard/poolguard/cognito/internal/refusallog"
	"github.com/poolguard/poolguard/cognito/internal/rule"
)

// An Authorizer answers the events of Lambda authorizers. Each of its methods is a
// handler for lambda.Start, for one kind of event. It is safe for concurrent use. Make
// one with [New], outside of the handler: the keys and tokens of its verifier then stay
// in memory between events. The zero Authorizer refuses every request.
type Authorizer struct {
	config   Config
	routes   *table
	channels []channelEntry
	places   credential.Sources
	use      cognito.TokenUse // the kind of token that the routes accept, [either] if they differ

	wholeTable sync.Once // the size of the policy for all routes was compared
	warnings   refusallog.Log
}

// An UnauthorizedError is the reason for the status 401.
type UnauthorizedError struct{ cause *cognito.Error }

// Error returns exactly "Unauthorized". By this text, API Gateway distinguishes a 401
// from a fault of the function.
//
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
func (e *UnauthorizedError) Error() string { return "Unauthorized" }

// Unwrap returns the [*cognito.Error], nil if there is none.
func (e *UnauthorizedError) Unwrap() error {
	if e == nil || e.cause == nil {
		return nil
	}
	return e.cause
}

// A failedError is the error of a request that could not be decided. Its text is the message without the
// details for operators, which are in the log: AWS does not document who sees the errors of an
// authorizer.
type failedError struct{ cause *cognito.Error }

// Error returns the code and the message.
func (e *failedError) Error() string { return e.cause.Code().Error() + ": " + e.cause.Message() }

// Unwrap returns the [*cognito.Error].
func (e *failedError) Unwrap() error { return e.cause }

// refused is a refusal with its status by the table of package bearer. 401 and 400 ask
// for another token (API Gateway cannot answer 400). 403 means that this token is not
// enough. 503 means that the token could not be checked.
type refused struct {
	cause  *cognito.Error
	status int
}

func refusal(err error) refused {
	e := rule.Refusal(err, "request")
	switch status := bearer.StatusCode(e); status {
	case http.StatusServiceUnavailable, http.StatusForbidden:
		return refused{e, status}
	default:
		return refused{e, http.StatusUnauthorized}
	}
}

// verify returns the verified token of a request. The zero Authorizer has no verifier, and then
// no token is verified.
func (a *Authorizer) verify(ctx context.Context, use cognito.TokenUse, raw string, require []cognito.Requirement) (subject, error) {
	var token cognito.Token
	var err error
	if use == either {
		token, err = a.config.Verifier.VerifyEither(ctx, raw, require...)
	} else {
		token, err = rule.Verify(ctx, a.config.Verifier, use, raw, require)
	}
	if err != nil {
		return nil, err
	}
	return token.(subject), nil //nolint:errcheck // both kinds of tokens are subjects
}

// A bearerToken is a token that met Config.Require, with its raw form for further checks.
type bearerToken struct {
	subject
	use cognito.TokenUse
	raw string
}

// authenticate verifies a token of a kind. err is the fault of a request without a token.
func (a *Authorizer) authenticate(ctx context.Context, use cognito.TokenUse, raw string, err error) (*bearerToken, error) {
	if err != nil {
		return nil, err
	}
	token, err := a.verify(ctx, use, raw, a.config.Require)
	if err != nil {
		return nil, err
	}
	if token.Subject() == "" {
		return nil, cognito.NewError(cognito.ErrClaimMissing, "the claim \"sub\" is absent")
	}
	if _, ok := token.(*cognito.IDToken); ok {
		return &bearerToken{token, cognito.TokenUseID, raw}, nil
	}
	return &bearerToken{token, cognito.TokenUseAccess, raw}, nil
}

// meets returns nil where the token meets the requirements of a rule.
func (a *Authorizer) meets(ctx context.Context, token *bearerToken, rule int) error {
	route := &a.config.Routes[rule]
	switch {
	case route.Allow != cognito.Verified:
		return cognito.NewError(cognito.ErrAccessDenied, "the rule of this route denies every request")
	case a.config.useOf(route) != token.use:
		return cognito.NewError(cognito.ErrTokenUseMismatch, "the route accepts tokens of another kind: the token has the token_use "+string(token.use))
	case len(route.Require) == 0:
		return nil
	}
	_, err := a.verify(ctx, token.use, token.raw, route.Require)
	return err
}

// meetsAll returns nil if the token meets all rules, and the first refusal otherwise.
// Without a rule, the route is not in the table and the call is refused.
func (a *Authorizer) meetsAll(ctx context.Context, token *bearerToken, rules []int) error {
	if len(rules) == 0 {
		return cognito.NewError(cognito.ErrAccessDenied, "the route is not among those that are configured")
	}
	for _, rule := range rules {
		if err := a.meets(ctx, token, rule); err != nil {
			return err
		}
	}
	return nil
}

// met reports for each rule whether the token meets it. It returns an error if one of the
// rules could not be checked: a kept answer must not depend on that.
func (a *Authorizer) met(ctx context.Context, token *bearerToken) ([]bool, error) {
	met := make([]bool, len(a.config.Routes))
	for rule := range met {
		err := a.meets(ctx, token, rule)
		if err != nil && refusal(err).status == http.StatusServiceUnavailable {
			return nil, err
		}
		met[rule] = err == nil
	}
	return met, nil
}

func (a *Authorizer) logger() *slog.Logger {
	if a.config.Logger == nil {
		return slog.Default() // not in New: programs may set it after they have made their handlers
	}
	return a.config.Logger
}

// log writes one line about a refusal, without path, query and token. Lines about a token are at most
// one a second for each code, also if it could not be checked.
func (a *Authorizer) log(ctx context.Context, handler string, r refused) {
	attrs := []slog.Attr{slog.Int("status", r.status), slog.String("handler", handler)}
	// A deadline that passed is a fault of the function, also where it is the reason. Only a caller that
	// has gone does not need the answer.
	if r.status >= http.StatusInternalServerError && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		attrs = append(attrs, slog.String("advice", timeAdvice(r.cause.Code())))
	}
	if r.status != http.StatusInternalServerError {
		a.config.Verifier.LogRefusal(ctx, a.logger(), "request refused", r.cause, attrs...)
		return
	}
	// An event of the wrong kind: the settings are wrong, not the token.
	attrs = append(attrs, slog.String("code", string(r.cause.Code())), slog.String("error", r.cause.Error()))
	a.warn(ctx, handler+" kind", "request refused", attrs...)
}

// warn writes a warning about the settings, at most one a second of each kind: every client can cause
// them with each request.
func (a *Authorizer) warn(ctx context.Context, kind, message string, attrs ...slog.Attr) {
	now := time.Now
	if a.config.Now != nil {
		now = a.config.Now
	}
	a.warnings.Warn(ctx, a.logger(), now(), kind, message, attrs...)
}
