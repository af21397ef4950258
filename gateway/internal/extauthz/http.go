package extauthz

import (
	"net/http"
	"slices"
	"strings"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/gateway/internal/answer"
	"github.com/poolguard/poolguard/gateway/internal/authz"
	"github.com/poolguard/poolguard/gateway/internal/callers"
	"github.com/poolguard/poolguard/gateway/internal/original"
)

// Prefix is the path_prefix of Envoy's http_service. The target of the original request
// follows it.
const Prefix = "/ext-authz"

// headersToRemove is Envoy's name for the list of headers that it removes.
const headersToRemove = "X-Envoy-Auth-Headers-To-Remove"

// forwardedFor has the addresses that the request came through. Envoy appends that of its
// client with use_remote_address.
const forwardedFor = "X-Forwarded-For"

// A Handler answers the HTTP form of the filter. It is safe for concurrent use. Make one with
// [NewHandler].
//
// It must get the requests as the server read them: do not put a [http.ServeMux] before it,
// which cleans paths and redirects.
type Handler struct{ config Config }

// NewHandler checks the configuration and returns all its faults at once, each a
// [*cognito.ConfigError].
func NewHandler(config Config) (*Handler, error) {
	if err := config.validate(); err != nil {
		return nil, err
	}
	if config.Timeout == 0 {
		config.Timeout = DefaultHTTPTimeout
	}
	return &Handler{config}, nil
}

// Handles reports whether r is a check: its target, byte by byte, begins with [Prefix].
func (h *Handler) Handles(r *http.Request) bool {
	rest, found := strings.CutPrefix(r.RequestURI, Prefix)
	return found && (rest == "" || rest[0] == '/' || rest[0] == '?')
}

// ServeHTTP implements [http.Handler]. An allowed request is 200. A denied one has the status
// of its code, but never one from 500 on, unless the configuration says so.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !h.Handles(r) {
		http.NotFound(w, r)
		return
	}
	answered := false
	defer func() {
		if value := recover(); value != nil {
			h.recovered(w, r, answered, value)
		}
	}()
	var question authz.Request
	var refusal *cognito.Error
	if h.config.Trusted.TrustsRequest(r) {
		question = original.Request(r.Method, r.Host, r.RequestURI[len(Prefix):], r.Header)
		if h.config.FindClient {
			question.Client = h.config.Trusted.Client(r.Header[forwardedFor], callers.Peer(r))
		}
	} else {
		refusal = untrusted()
	}
	decision := h.config.decide(r.Context(), &question, refusal)
	if decision.Allowed {
		h.remove(w.Header(), r.Header)
		answer.Allow(w, http.StatusOK, h.config.Headers, &decision)
	} else {
		denial := answer.Of(&decision)
		deny(w, r, &denial, h.config.UnavailableIsError)
	}
	answered = true
}

// recovered denies a request whose check panicked, never by an error, as in [Checker.Check].
func (h *Handler) recovered(w http.ResponseWriter, r *http.Request, answered bool, value any) {
	if !answered {
		clear(w.Header())
		deny(w, r, answer.Panicked(), false)
	}
	h.config.panicked(r.Context(), value)
}

// deny writes a denial. unavailableIsError lets it have a status from 500 on, which is an error
// to Envoy.
func deny(w http.ResponseWriter, r *http.Request, denial *answer.Denial, unavailableIsError bool) {
	status := denial.Status()
	if status >= http.StatusInternalServerError && !unavailableIsError {
		status = http.StatusTooManyRequests
	}
	denial.Write(w, r, status)
}

func untrusted() *cognito.Error {
	return cognito.NewError(answer.ErrProxyUntrusted, "the caller is not a trusted proxy")
}

// remove lists the other spellings of identity headers that the client sent. The headers
// themselves are replaced.
func (h *Handler) remove(dst, client http.Header) {
	var names []string
	set := h.config.Headers.Names()
	for name := range client {
		if h.config.Headers.IsSpelling(name) && !slices.Contains(set, name) {
			names = append(names, strings.ToLower(name))
		}
	}
	if names != nil {
		slices.Sort(names)
		dst[headersToRemove] = []string{strings.Join(names, ",")}
	}
}
