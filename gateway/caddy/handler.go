package poolguard

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp/caddyauth"

	"github.com/poolguard/poolguard/gateway"
)

func init() { //nolint:gochecknoinits // Caddy finds modules in no other way
	caddy.RegisterModule(Handler{})
	caddy.RegisterModule(Provider{})
}

// Handler decides about requests by the rules of a configuration file of `poolguard gateway`.
// It passes allowed requests on with the identity headers, and answers the others: with the
// status of the code, a challenge and a JSON body. It also answers requests for the documents of
// resources. Identity headers that a client sent never reach the next handler, whatever their
// spelling.
//
// For allowed requests it sets the placeholders {http.auth.user.id}, which is the subject, and
// {http.auth.user.username}, .client_id, .user_pool, .groups, .scopes and .rule.
type Handler struct {
	user
}

// CaddyModule implements [caddy.Module].
func (Handler) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "http.handlers.poolguard", New: func() caddy.Module { return new(Handler) }}
}

// ServeHTTP implements [caddyhttp.MiddlewareHandler].
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request, next caddyhttp.Handler) error {
	if document := h.guard.Document(r); document != nil {
		document.ServeHTTP(w, r)
		return nil
	}
	verdict := h.guard.Check(r)
	if !verdict.Allowed() {
		verdict.Deny(w, r)
		return nil
	}
	if replacer, ok := r.Context().Value(caddy.ReplacerCtxKey).(*caddy.Replacer); ok {
		replacer.Map(func(key string) (any, bool) {
			name, ok := strings.CutPrefix(key, "http.auth.user.")
			if !ok {
				return nil, false
			}
			value, ok := placeholders(&verdict)[name]
			return value, ok
		})
	}
	return next.ServeHTTP(w, r)
}

// placeholders are what {http.auth.user.*} has of a verdict.
func placeholders(v *gateway.Verdict) map[string]string {
	caller := v.Caller()
	return map[string]string{
		"id": caller.Subject, "username": caller.Username, "client_id": caller.ClientID, "user_pool": caller.UserPool,
		"groups": strings.Join(caller.Groups.Slice(), ","), "scopes": caller.Scopes.String(), "rule": v.Rule(),
	}
}

// Provider authenticates requests by the rules of a configuration file of `poolguard gateway`,
// for Caddy's handler of authentication. It changes the headers of requests as [Handler] does.
//
// A denied request has the headers of the gateway's answer, such as WWW-Authenticate and
// X-Auth-Error. Caddy answers it with 401 whatever the code is, or lets another provider
// decide. {http.auth.candidate.code} and {http.auth.candidate.status} have the code and its
// status for handle_errors.
type Provider struct {
	user
}

// CaddyModule implements [caddy.Module].
func (Provider) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "http.authentication.providers.poolguard", New: func() caddy.Module { return new(Provider) }}
}

// Authenticate implements [caddyauth.Authenticator]. A decision that could not be made is not
// an error of the provider: its headers say so, with Retry-After.
func (p *Provider) Authenticate(w http.ResponseWriter, r *http.Request) (caddyauth.User, bool, error) {
	verdict := p.guard.Check(r)
	if !verdict.Allowed() {
		verdict.SetHeader(w.Header())
		w.Header().Del("Content-Type") // Caddy writes the body
		return caddyauth.User{Metadata: map[string]string{
			"code": string(verdict.Code()), "status": strconv.Itoa(verdict.Status()),
		}}, false, nil
	}
	metadata := placeholders(&verdict)
	id := metadata["id"]
	delete(metadata, "id")
	return caddyauth.User{ID: id, Metadata: metadata}, true, nil
}

var (
	_ caddy.Provisioner           = (*Handler)(nil)
	_ caddy.Validator             = (*Handler)(nil)
	_ caddy.CleanerUpper          = (*Handler)(nil)
	_ caddyhttp.MiddlewareHandler = (*Handler)(nil)

	_ caddy.Provisioner       = (*Provider)(nil)
	_ caddy.Validator         = (*Provider)(nil)
	_ caddy.CleanerUpper      = (*Provider)(nil)
	_ caddyauth.Authenticator = (*Provider)(nil)
)
