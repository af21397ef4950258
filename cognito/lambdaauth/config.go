package lambdaauth

import (
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/internal/configerror"
	"github.com/poolguard/poolguard/cognito/internal/rule"
)

// DefaultMaxTTL is how long AppSync keeps an answer where [AppSync] sets nothing: what
// it does by itself where nobody tells it.
const DefaultMaxTTL = 5 * time.Minute

// Caching says what API Gateway keeps answers by, as the authorizer is set up there.
// Nothing in an event tells. The zero value is right for every setting, if not the
// best for it: it never has an answer that is kept allow what the token may not call.
type Caching uint8

const (
	// CachedByToken means that an answer may be used for every route, for as long as the TTL
	// says. This is what API Gateway does unless told otherwise.
	//
	// Policies allow those routes of the table that the token may call. Simple answers
	// allow only a token that may call every route of the table.
	CachedByToken Caching = iota

	// CachedByRoute means that the route is among the identity sources, $context.routeKey for
	// HTTP APIs, $context.resourcePath and $context.httpMethod for REST APIs with
	// authorizers of type REQUEST.
	//
	// Answers are for the one route. For that, the keys of the table must be the API's
	// own: where /{proxy+} is a route of the API, all that is below it is one to the
	// cache.
	CachedByRoute

	// NotCached means that the TTL is 0. Answers are for the one call.
	NotCached
)

// A ConfigError is one fault of a configuration: see [cognito.ConfigError].
type ConfigError = configerror.ConfigError

// Config says whom an [Authorizer] lets through. Only Verifier must be set.
type Config struct {
	// Verifier judges the tokens.
	Verifier *cognito.Verifier

	// TokenUse is the kind of token that is accepted: access tokens unless it is
	// cognito.TokenUseID. [Route.TokenUse] overrides it for the routes of a Route, and
	// AppSync uses it alone.
	TokenUse cognito.TokenUse

	// Require holds for every token, beside the requirements of the verifier.
	Require []cognito.Requirement

	// Routes are all routes that the authorizer guards. With any, a route that is not
	// among them is refused. With none, Require decides about all of them alike; a
	// policy then allows the one call that was asked about, and is refused for all
	// others while it is kept: name the routes where answers are cached, if only as
	// "ANY /" and "ANY /{proxy+}".
	//
	// [cognito.Config.Revoked] and the checks of the verifier are asked once for each
	// Route with a Require, so put keys with the same requirements into one.
	Routes []Route

	// Caching is how API Gateway keeps the answers.
	Caching Caching

	// Claims are more claims for the context, the values, under the names that are the
	// keys. Strings, numbers and booleans are handed on as they are, arrays and objects
	// as their JSON text, and so are numbers that no float64 can hold.
	Claims map[string]string

	// ContextPrefix begins every name in the context.
	ContextPrefix string

	// UsageIdentifierKey returns the API key whose usage plan of a REST API counts the
	// call, "" for none. It is called with verified tokens, possibly concurrently.
	//
	// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-key-source.html
	UsageIdentifierKey func(token cognito.Token) string

	// DenyBadTokens has [Authorizer.HTTPPolicy] and [Authorizer.HTTPv1] answer bad
	// tokens by a policy that denies, status 403, and not by the error Unauthorized.
	// API Gateway's documents promise a 401 for that error to REST and WebSocket APIs
	// only. A policy may be kept.
	DenyBadTokens bool

	// WebSocketQuery, if set, is the parameter of the query in which WebSocket clients
	// that cannot set headers, browsers that is, bring their token to
	// [Authorizer.WebSocketConnect]. Addresses end up in logs: see that those of the
	// stage leave the query out, and keep the lifetime of such tokens short.
	WebSocketQuery string

	// AppSync is for [Authorizer.AppSync] alone.
	AppSync AppSync

	// Now tells the time, for how long AppSync may keep an answer; nil is time.Now.
	Now func() time.Time

	// Logger gets refusals: those of temporary faults, and events that are not such as
	// the handler is for, at level Warn, all others at Debug. Tokens and paths are never logged. nil is slog.Default.
	Logger *slog.Logger
}

// AppSync says what is special to AppSync's GraphQL APIs.
//
// https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
type AppSync struct {
	// Fields are those of the schema that not every good token may have. AppSync
	// denies those of a rule that the token does not meet; fields that are in no rule
	// are for all.
	Fields []FieldRule

	// MaxTTL is how long AppSync may keep an answer, at most an hour; 0 is
	// [DefaultMaxTTL], negative not at all. No answer is kept longer than its token has
	// to live, and refusals are not kept. It overrides what the API is set to.
	MaxTTL time.Duration

	// Prefix is what clients put before the token in the Authorization header. APIs
	// that have other modes of authorization need one, for AppSync must tell the
	// tokens apart. Then nothing else is accepted. Without it, the word Bearer and
	// spaces may stand there, or nothing.
	Prefix string
}

// A FieldRule says who may have some fields.
type FieldRule struct {
	// Names are of the form Type.field, such as Query.orders.
	Names []string
	// Require is what a token must meet, beside [Config.Require]. At least one.
	Require []cognito.Requirement
}

// New returns an Authorizer as config describes it. It reports every fault of config
// at once, each a [*ConfigError], and asks no network.
func New(config Config) (*Authorizer, error) {
	faults := configerror.In("lambdaauth", "Config")
	if config.Verifier == nil {
		faults.Add("Verifier", "is nil: make one with cognito.New")
	}
	rule.Validate(faults, config.TokenUse, config.Require)
	if config.Caching > NotCached {
		faults.Add("Caching", "is none of the constants")
	}
	config.checkContext(faults)
	config.AppSync.validate(faults.At("AppSync"))
	if name := config.WebSocketQuery; name != "" && !consistsOf(name, isStageByte) {
		faults.Add("WebSocketQuery", "%q has characters other than letters, digits, - and _", name)
	}
	routes := newTable(config.Routes, faults)
	if faults.Err() == nil && !routes.canFit() {
		faults.Add("Routes", "are too many: the policy for a token that may call all of them has more than the %d bytes that API Gateway takes", MaxPolicyBytes)
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return newAuthorizer(config, routes), nil
}

func newAuthorizer(config Config, routes *table) *Authorizer {
	config.Require = slices.Clone(config.Require)
	config.Routes = slices.Clone(config.Routes)
	for n := range config.Routes {
		config.Routes[n].Require = slices.Clone(config.Routes[n].Require)
	}
	config.AppSync.Fields = slices.Clone(config.AppSync.Fields)
	for n := range config.AppSync.Fields {
		rule := &config.AppSync.Fields[n]
		rule.Names, rule.Require = slices.Clone(rule.Names), slices.Clone(rule.Require)
	}
	config.Claims = maps.Clone(config.Claims)
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.AppSync.MaxTTL == 0 {
		config.AppSync.MaxTTL = DefaultMaxTTL
	}
	return &Authorizer{config: config, routes: routes, use: config.useOfRoutes()}
}

// useOf returns the kind of token that a route accepts.
func (c *Config) useOf(route *Route) cognito.TokenUse {
	switch {
	case route.TokenUse != "":
		return route.TokenUse
	case c.TokenUse != "":
		return c.TokenUse
	}
	return cognito.TokenUseAccess
}

// either is the use of a table whose routes do not all accept the same kind of token.
const either cognito.TokenUse = "either"

// useOfRoutes returns the kind of token that the routes accept, [either] if they differ. Denied
// routes accept none and do not count.
func (c *Config) useOfRoutes() cognito.TokenUse {
	use := c.TokenUse
	first := true
	for n := range c.Routes {
		route := &c.Routes[n]
		switch {
		case route.Allow != cognito.Verified:
		case first:
			use, first = c.useOf(route), false
		case c.useOf(route) != use:
			return either
		}
	}
	return use
}

func (a *AppSync) validate(faults configerror.Faults) {
	if a.MaxTTL > time.Hour {
		faults.Add("MaxTTL", "is %v; AppSync keeps answers for an hour at most", a.MaxTTL)
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
			rules.Add("Require", "is empty: fields that every token may have need no rule")
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
}

// isName reports whether s is a name of GraphQL's: letters, digits and underscores,
// no digit first. Mapping templates can get at those too.
func isName(s string) bool {
	return consistsOf(s, func(c byte) bool { return isAlphanumeric(c) || c == '_' }) && !isDigit(s[0])
}
