package lambdaauth

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/bearer"
	"github.com/poolguard/poolguard/cognito/internal/configerror"
	"github.com/poolguard/poolguard/cognito/internal/rule"
)

// AppSync answers the authorizers of AppSync's GraphQL APIs. A bad token, and a good
// token that is not enough, are not authorized, and AppSync answers 401. If the token
// cannot be checked, the answer is an error. Config.Routes is not used. Events of Event APIs
// are an error too, since Event APIs ignore rules for fields: use [Authorizer.AppSyncEvents].
//
// Every answer has the time for which it may be kept. AppSync keeps it for the token,
// whatever the query is, so the answer depends on nothing else.
//
// https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
func (a *Authorizer) AppSync(ctx context.Context, event AppSyncEvent) (events.AppSyncLambdaAuthorizerResponse, error) {
	ctx, cancel := withinDeadline(ctx)
	defer cancel()
	if err := a.checkKind(ctx, "AppSync", event.kind, appSyncEvent); err != nil {
		return events.AppSyncLambdaAuthorizerResponse{}, err
	}
	raw, err := a.config.AppSync.credential(event.AuthorizationToken)
	token, err := a.authenticate(ctx, a.config.TokenUse, raw, err)
	if err != nil {
		return a.refuseAppSync(ctx, err)
	}
	var denied []string
	for _, rule := range a.config.AppSync.Fields {
		_, err := a.verify(ctx, token.use, token.raw, rule.Require)
		switch {
		case err == nil:
		case refusal(err).status == http.StatusServiceUnavailable:
			return a.refuseAppSync(ctx, err)
		default:
			denied = append(denied, rule.Names...)
		}
	}
	return events.AppSyncLambdaAuthorizerResponse{
		IsAuthorized:    true,
		ResolverContext: a.contextOf(token.subject),
		DeniedFields:    denied,
		TTLOverride:     a.config.ttl(token),
	}, nil
}

func (a *Authorizer) refuseAppSync(ctx context.Context, err error) (events.AppSyncLambdaAuthorizerResponse, error) {
	r := refusal(err)
	a.log(ctx, "AppSync", r)
	if r.status == http.StatusServiceUnavailable {
		return events.AppSyncLambdaAuthorizerResponse{}, &failedError{r.cause}
	}
	return events.AppSyncLambdaAuthorizerResponse{TTLOverride: new(int)}, nil // 0: a refusal is never kept
}

// ttl returns the number of seconds for which an answer about the token may be kept.
func (c *Config) ttl(token *bearerToken) *int {
	d := max(0, min(c.AppSync.MaxTTL, token.ExpiresAt().Sub(c.Now())))
	seconds := int(d / time.Second) // rounded down
	return &seconds
}

// credential returns the token in the value of the Authorization header.
func (a *AppSync) credential(value string) (string, error) {
	if a.Prefix != "" {
		rest, found := strings.CutPrefix(value, a.Prefix)
		if !found {
			return "", cognito.NewError(cognito.ErrTokenMissing, "the Authorization header must begin with the prefix of this API")
		}
		return bearer.Credential(&http.Request{Header: http.Header{authorization: {"Bearer " + strings.TrimPrefix(rest, " ")}}})
	}
	// AppSync expects the token alone in the header, so clients send no scheme.
	if value != "" && !strings.ContainsAny(value, " \t") && !strings.EqualFold(value, "bearer") {
		value = "Bearer " + value
	}
	return bearer.Credential(&http.Request{Header: http.Header{authorization: {value}}})
}

// validate adds every fault to faults. It returns the channels.
func (a *AppSync) validate(faults configerror.Faults) []channelEntry {
	if a.MaxTTL > time.Hour {
		faults.Add("MaxTTL", "is too long: got %v, want at most an hour, the limit of AppSync", a.MaxTTL)
	}
	if strings.ContainsFunc(a.Prefix, func(c rune) bool { return c < 0x20 || c > 0x7e }) || strings.TrimSpace(a.Prefix) != a.Prefix {
		faults.Add("Prefix", "%q has characters other than printable ASCII, or a space at an end", a.Prefix)
	}
	seen := map[string]int{}
	for n, field := range a.Fields {
		rules := faults.At(fmt.Sprintf("Fields[%d]", n))
		if len(field.Names) == 0 {
			rules.Add("Names", "is empty")
		}
		if len(field.Require) == 0 {
			rules.Add("Require", "is empty: add a requirement, or remove the rule; every good token may have fields without a rule")
		}
		rule.Validate(rules, "", field.Require)
		for i, name := range field.Names {
			kind, member, found := strings.Cut(name, ".")
			if !found || !isName(kind) || !isName(member) {
				rules.Add(fmt.Sprintf("Names[%d]", i), "%q is not of the form Type.field", name)
			}
			if other, ok := seen[name]; ok {
				rules.Add(fmt.Sprintf("Names[%d]", i), "%q is in AppSync.Fields[%d] already", name, other)
			}
			seen[name] = n
		}
	}
	return parseChannels(a.Channels, faults)
}

// isName reports whether s is a name in GraphQL: letters, digits and underscores, without
// a digit at the beginning. Mapping templates accept those names too.
func isName(s string) bool {
	return consistsOf(s, func(c byte) bool { return isAlphanumeric(c) || c == '_' }) && !isDigit(s[0])
}
