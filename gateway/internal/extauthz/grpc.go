package extauthz

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	auth "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	kind "github.com/envoyproxy/go-control-plane/envoy/type/v3"
	rpc "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/peer"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/gateway/internal/answer"
	"github.com/poolguard/poolguard/gateway/internal/authz"
	"github.com/poolguard/poolguard/gateway/internal/original"
)

// A Checker answers the gRPC form of the filter, envoy.service.auth.v3.Authorization. It is
// safe for concurrent use. Make one with [NewChecker], and serve it with [NewServer].
type Checker struct {
	config Config
	names  []string // of the identity headers, in small letters, in the order of Headers.All
}

// NewChecker checks the configuration and returns all its faults at once, each a
// [*cognito.ConfigError].
func NewChecker(config Config) (*Checker, error) {
	if err := config.validate(); err != nil {
		return nil, err
	}
	if config.Timeout == 0 {
		config.Timeout = DefaultGRPCTimeout
	}
	c := &Checker{config: config}
	for _, name := range config.Headers.Names() {
		c.names = append(c.names, strings.ToLower(name))
	}
	return c, nil
}

// Check answers one check. It never returns an error and never panics: to Envoy an error is no
// denial, and a panic ends the process.
func (c *Checker) Check(ctx context.Context, r *auth.CheckRequest) (response *auth.CheckResponse, _ error) {
	defer func() {
		if value := recover(); value != nil {
			// Never an error: Envoy may let requests through then.
			response = c.deny(&authz.Decision{Err: answer.Panicked().Err}, false)
			c.config.panicked(ctx, value)
		}
	}()
	described := r.GetAttributes().GetRequest().GetHttp()
	header, refusal := headerOf(described)
	if !c.trusts(ctx) {
		refusal = untrusted()
	}
	var question authz.Request
	if refusal == nil {
		question = original.Request(described.GetMethod(), described.GetHost(), described.GetPath(), header)
		if c.config.FindClient {
			question.Client = c.client(ctx, r.GetAttributes().GetSource(), header)
		}
	}
	decision := c.config.decide(ctx, &question, refusal)
	if decision.Allowed {
		return c.allow(header, &decision), nil
	}
	return c.deny(&decision, c.config.UnavailableIsError), nil
}

func (c *Checker) trusts(ctx context.Context) bool {
	caller, ok := peer.FromContext(ctx)
	if !ok {
		return false
	}
	var state *tls.ConnectionState
	if info, ok := caller.AuthInfo.(credentials.TLSInfo); ok {
		state = &info.State
	}
	return c.config.Trusted.Trusts(caller.Addr, caller.LocalAddr, state)
}

// client returns the address of the client: that of the peer of Envoy, if it is not a trusted
// proxy itself.
func (c *Checker) client(ctx context.Context, source *auth.AttributeContext_Peer, header http.Header) netip.Addr {
	var own netip.Addr
	if caller, ok := peer.FromContext(ctx); ok {
		if tcp, ok := caller.Addr.(*net.TCPAddr); ok {
			own = tcp.AddrPort().Addr().WithZone("").Unmap()
		}
	}
	hops := slices.Clip(header[forwardedFor])
	return c.config.Trusted.Client(append(hops, source.GetAddress().GetSocketAddress().GetAddress()), own)
}

// deny makes a denial of Envoy. unavailableIsError makes an error, which obeys
// failure_mode_allow, of a decision that could not be made.
func (c *Checker) deny(d *authz.Decision, unavailableIsError bool) *auth.CheckResponse {
	denial := answer.Of(d)
	header := http.Header{}
	denial.SetHeader(header)
	denied := &auth.DeniedHttpResponse{
		Status: &kind.HttpStatus{Code: kind.StatusCode(denial.Status())}, //nolint:gosec // a status of HTTP
		Body:   string(denial.Body()),
	}
	for name, values := range header {
		denied.Headers = append(denied.Headers, set(name, values[0]))
	}
	code := codes.PermissionDenied
	if denial.Status() == http.StatusUnauthorized {
		code = codes.Unauthenticated
	}
	response := &auth.CheckResponse{
		Status:          &rpc.Status{Code: int32(code), Message: string(denial.Err.Code())},
		HttpResponse:    &auth.CheckResponse_DeniedResponse{DeniedResponse: denied},
		DynamicMetadata: metadata(d),
	}
	if isUnavailable(d) {
		response.Status.Code = int32(codes.Unavailable)
		if unavailableIsError {
			response.HttpResponse = &auth.CheckResponse_ErrorResponse{ErrorResponse: denied}
		}
	}
	return response
}

var replaces = wrapperspb.Bool(false) // no answer changes it

// set is a header that replaces every one of its name. Older versions of Envoy read Append,
// newer ones AppendAction.
func set(name, value string) *core.HeaderValueOption {
	return &core.HeaderValueOption{
		Header:       &core.HeaderValue{Key: name, Value: value},
		Append:       replaces, //nolint:staticcheck // older versions of Envoy read no other field
		AppendAction: core.HeaderValueOption_OVERWRITE_IF_EXISTS_OR_ADD,
	}
}

// headerOf returns the headers of the original request. With encode_raw_headers they come one
// by one, otherwise those of one name are joined with commas.
func headerOf(described *auth.AttributeContext_HttpRequest) (http.Header, *cognito.Error) {
	raw, joined := described.GetHeaderMap().GetHeaders(), described.GetHeaders()
	if described.GetMethod() == "" || described.GetHost() == "" || described.GetPath() == "" || len(raw) > 0 && len(joined) > 0 {
		return nil, cognito.NewError(cognito.ErrRequestInvalid, "the check does not describe one request with a method, a host and a path")
	}
	header := make(http.Header, len(raw)+len(joined))
	for _, each := range raw {
		value := string(each.GetRawValue())
		if value == "" {
			value = each.GetValue()
		}
		// In Path, Envoy replaces bytes that are no UTF-8.
		if each.GetKey() == ":path" && value != described.GetPath() {
			return nil, cognito.NewError(authz.ErrPathAmbiguous, "the path is not valid UTF-8")
		}
		add(header, each.GetKey(), value)
	}
	for name, value := range joined {
		add(header, name, value)
	}
	return header, nil
}

func add(header http.Header, name, value string) {
	name = http.CanonicalHeaderKey(name)
	header[name] = append(header[name], value)
}
