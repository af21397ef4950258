// Package poolguard runs the rules of the gateway inside Caddy, without a request to the
// gateway for each request of a client.
//
// It has two modules, which read the configuration file of `poolguard gateway`:
//
//   - http.handlers.poolguard, and the directive poolguard of Caddyfiles, answers denied
//     requests as the gateway's forward auth does, and passes the others on with the identity
//     headers.
//   - http.authentication.providers.poolguard is for Caddy's handler of authentication, beside
//     other providers. That handler answers each denied request with 401.
//
// The package owns the life of the rules in Caddy: its reloads, its log and its metrics. The
// decisions are those of package gateway.
package poolguard
