package lambdaauth

import (
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/internal/configerror"
	"github.com/poolguard/poolguard/cognito/internal/credential"
	"github.com/poolguard/poolguard/cognito/internal/rule"
)

// DefaultMaxTTL is the default of [AppSync.MaxTTL]. It is AppSync's own default too.
const DefaultMaxTTL = 5 * time.Minute

// Caching is the key by which API Gateway keeps answers, as its authorizer is configured.
// An event does not show it. The zero value is safe for every setting, but not the best
// for each: a kept answer never allows a call that the token may not make.
type Caching uint8

const (
	// CachedByToken means that an answer may be used for every route until the TTL ends.
	// This is the default of API Gateway.
	//
	// A policy allows all routes of the table that the token may call. A simple answer is
	// true only for a token that may call every route of the table.
	CachedByToken Caching = iota

	// CachedByRoute means that the route is among the identity sources, $context.routeKey for
	// HTTP APIs, $context.resourcePath and $context.httpMethod for REST APIs with
	// authorizers of type REQUEST. For [Authorizer.AppSyncEvents] it means that AppSync
	// keeps answers by operation and channel.
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

// Config configures an [Authorizer]. Only Verifier must be set.
type Config struct {
	// Verifier verifies the tokens.
	Verifier *cognito.Verifier

	// TokenUse is the kind of token that is accepted: access tokens unless it is
	// cognito.TokenUseID. [Route.TokenUse] overrides it for the routes of a Route, and
	// AppSync uses it alone.
	TokenUse cognito.TokenUse

	// Require holds for every token, beside the requirements of the verifier. A check must return
	// when its context ends, which is 200 ms before the function's deadline. Lambda stops a function
	// whose check waits longer, and then the log of this package has no line about it.
	Require []cognito.Requirement

	// Routes are all routes that the authorizer protects. If there is at least one, calls
	// of routes that are not in the table are refused. If there is none, Require decides
	// about all routes alike: a policy then allows the whole stage, whichever route was
	// called first. Name the routes if some of them need more than others.
	//
	// [cognito.Config.Revoked] and the checks of the verifier are called once for each
	// Route with a Require. Put keys with the same requirements into one Route.
	Routes []Route

	// Caching is the setting of API Gateway's cache.
	Caching Caching

	// Claims adds claims to the context: its values are names of claims, and its keys are
	// their names in the context. Numbers and booleans are passed on unchanged, strings
	// for [ParseContextText] and arrays of strings for [ParseContextList]. Other arrays (also
	// those with an empty string), objects and numbers that do not fit a float64 are passed on as their JSON text, for
	// ParseContextText.
	Claims map[string]string

	// ContextPrefix is the first part of every name in the context.
	ContextPrefix string

	// OmitGroups leaves groups out of the context, for users with so many groups that the
	// answer would be too large. Requirements still see the groups.
	OmitGroups bool

	// MaxAnswerBytes is the size of the largest answer that the API accepts, at least 1024. 0 is
	// [DefaultMaxAnswerBytes]. A larger answer with a policy for all Routes (CachedByToken) is an
	// error, since a smaller policy would be wrong for other routes while API Gateway keeps it. Other
	// larger answers are given, with a warning in the log: what is large in them is the context.
	MaxAnswerBytes int

	// UsageIdentifierKey returns the API key of the usage plan that counts the call of a
	// REST API, "" for none. It gets verified tokens and may be called concurrently.
	//
	// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-key-source.html
	UsageIdentifierKey func(token cognito.Token) string

	// DenyBadTokens makes [Authorizer.HTTPPolicy] and [Authorizer.HTTPv1] answer bad
	// tokens with a policy that denies, status 403, in place of the error Unauthorized.
	// The documents of API Gateway promise a 401 for that error only to REST and
	// WebSocket APIs. A policy may be kept.
	DenyBadTokens bool

	// Cookie is the name of a cookie with the token, as in [bearer.Config]: the rules about the
	// origin of the request are the same, and the authorizer refuses requests of other sites
	// with 403. Caching must be NotCached, because a kept answer would allow the request of
	// another site that has the same cookie. API Gateway must pass the event only if it has
	// the cookie, so the identity source is the header Cookie. [Authorizer.RESTToken] and
	// [Authorizer.HTTPv1] do not read cookies: their events do not have all of them.
	Cookie string

	// CookieOrigins are other origins whose pages may send the cookie, as
	// "https://app.example.com". With CloudFront in front of the API, browsers see the domain
	// of the distribution, so add its origin.
	CookieOrigins []string

	// BareAuthorization also accepts an Authorization header that has the token alone, without
	// the word Bearer before it, as some older clients of AWS Amplify send it. AppSync has its
	// own form: see AppSync.Prefix.
	BareAuthorization bool

	// WebSocketSubprotocol is the name of a WebSocket subprotocol, for
	// [Authorizer.WebSocketConnect]. Browsers cannot set headers for a WebSocket, and can send
	// the token as the next subprotocol after this one:
	//
	//	new WebSocket(url, ["bearer", token])
	//
	// The identity source of the authorizer is then the header Sec-WebSocket-Protocol. The
	// integration of $connect must answer with the header Sec-WebSocket-Protocol and the name
	// alone: otherwise browsers close the connection. The event of the integration still has
	// the token, so do not log its headers.
	//
	// https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-connect-route-subprotocol.html
	WebSocketSubprotocol string

	// WebSocketQuery is the query parameter with the token for
	// [Authorizer.WebSocketConnect], for clients that can set neither headers nor subprotocols.
	// Addresses appear in logs: configure the logs of the stage without the query, and
	// use tokens with a short lifetime. "" means that the query is not read.
	WebSocketQuery string

	// AppSync is only for [Authorizer.AppSync] and [Authorizer.AppSyncEvents].
	AppSync AppSync

	// Now returns the current time, for the time that AppSync may keep an answer. nil is
	// time.Now.
	Now func() time.Time

	// Logger gets refusals, with what the configuration accepts: temporary faults at Warn and all
	// others at Info, at most one line a second for each code ([cognito.Verifier.LogRefusal]).
	// Answers that are too large and events of the wrong kind for a handler have the level Warn,
	// at most one line a second for each kind. Tokens and paths are never logged. nil is slog.Default.
	Logger *slog.Logger
}

// AppSync has the settings for AppSync's GraphQL APIs and Event APIs.
//
// https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
type AppSync struct {
	// Channels are the rules for [Authorizer.AppSyncEvents]. If there is at least one, channels
	// without a rule are refused. If there is none, Config.Require decides about all channels,
	// for subscribing and publishing alike.
	Channels []ChannelRule

	// Fields are the rules for fields of the schema, for [Authorizer.AppSync]. AppSync denies the fields of a rule
	// if the token does not meet it. Every good token may have the fields without a rule.
	Fields []FieldRule

	// MaxTTL is the longest time that AppSync may keep an answer, at most one hour. 0 is
	// [DefaultMaxTTL]. A negative value means that answers are not kept. No answer is
	// kept longer than its token is valid, and refusals are not kept. MaxTTL overrides
	// the API's setting.
	MaxTTL time.Duration

	// Prefix is the text before the token in the Authorization header. APIs with several
	// modes of authorization need one, because AppSync must distinguish the tokens. Other
	// values are then refused. Without a Prefix, the header has the token, or the word
	// Bearer, spaces and the token.
	Prefix string
}

// A FieldRule says which tokens may have some fields.
type FieldRule struct {
	// Names are of the form Type.field, such as Query.orders.
	Names []string
	// Require is what a token must meet, beside [Config.Require]. At least one.
	Require []cognito.Requirement
}

// New returns an Authorizer as config describes it. It reports every fault of config at
// once, each as a [*ConfigError], and does no I/O.
func New(config Config) (*Authorizer, error) {
	faults := configerror.In("lambdaauth", "Config")
	if config.Verifier == nil {
		faults.Add("Verifier", "is nil: make one with cognito.New")
	}
	rule.Validate(faults, config.TokenUse, config.Require)
	if config.Caching > NotCached {
		faults.Add("Caching", "is invalid: got %d, want one of the constants of Caching", uint8(config.Caching))
	}
	if config.MaxAnswerBytes != 0 && config.MaxAnswerBytes < 2*answerMargin {
		faults.Add("MaxAnswerBytes", "is too small: got %d, want at least %d, or 0 for the default", config.MaxAnswerBytes, 2*answerMargin)
	}
	config.checkContext(faults)
	channels := config.AppSync.validate(faults.At("AppSync"))
	if name := config.WebSocketQuery; name != "" && !consistsOf(name, isStageByte) {
		faults.Add("WebSocketQuery", "%q has characters other than letters, digits, - and _", name)
	}
	config.places().Validate(faults)
	if config.Cookie != "" && config.Caching != NotCached {
		faults.Add("Cookie", "needs Caching: NotCached, because API Gateway would use a kept answer for requests of other sites too")
	}
	routes := newTable(config.Routes, faults)
	if err := faults.Err(); err != nil {
		return nil, err
	}
	a := newAuthorizer(config, routes)
	a.channels = channels
	return a, nil
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
	config.AppSync.Channels = slices.Clone(config.AppSync.Channels)
	for n := range config.AppSync.Channels {
		rule := &config.AppSync.Channels[n]
		rule.Require = slices.Clone(rule.Require)
	}
	config.Claims = maps.Clone(config.Claims)
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.MaxAnswerBytes == 0 {
		config.MaxAnswerBytes = DefaultMaxAnswerBytes
	}
	if config.AppSync.MaxTTL == 0 {
		config.AppSync.MaxTTL = DefaultMaxTTL
	}
	return &Authorizer{config: config, routes: routes, places: config.places().Clone(), use: config.useOfRoutes()}
}

func (c *Config) places() *credential.Sources {
	return &credential.Sources{
		BareAuthorization: c.BareAuthorization, Cookie: c.Cookie, CookieOrigins: c.CookieOrigins,
		WebSocketSubprotocol: c.WebSocketSubprotocol,
	}
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
