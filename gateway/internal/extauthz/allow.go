package extauthz

import (
	"net/http"
	"slices"
	"strings"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	auth "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	rpc "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/poolguard/poolguard/gateway/internal/answer"
	"github.com/poolguard/poolguard/gateway/internal/authz"
	"github.com/poolguard/poolguard/gateway/internal/identity"
)

// allow sets the identity headers that have a value. The others, and every spelling of an
// identity header that the client sent, are removed.
func (c *Checker) allow(client http.Header, d *authz.Decision) *auth.CheckResponse {
	caller := identity.Of(d)
	ok := &auth.OkHttpResponse{Headers: make([]*core.HeaderValueOption, 0, len(c.names)+1)}
	n := 0
	for _, value := range c.config.Headers.All(&caller) {
		if name := c.names[n]; value == "" {
			ok.HeadersToRemove = append(ok.HeadersToRemove, name)
		} else {
			ok.Headers = append(ok.Headers, set(name, value))
		}
		n++
	}
	for name := range client {
		// Those in names are set or removed above.
		if name = strings.ToLower(name); c.config.Headers.IsSpelling(name) && !slices.Contains(c.names, name) {
			ok.HeadersToRemove = append(ok.HeadersToRemove, name)
		}
	}
	if value := answer.Authorization(d); value != "" {
		ok.Headers = append(ok.Headers, set("authorization", value))
	}
	slices.Sort(ok.HeadersToRemove)
	ok.HeadersToRemove = slices.Compact(ok.HeadersToRemove)
	return &auth.CheckResponse{
		Status:          &rpc.Status{Code: int32(codes.OK)},
		HttpResponse:    &auth.CheckResponse_OkResponse{OkResponse: ok},
		DynamicMetadata: metadata(d),
	}
}

// metadata is for the access log of Envoy and for the filters after this one: subject,
// client, groups and rule, and the code of a denial.
func metadata(d *authz.Decision) *structpb.Struct {
	fields := map[string]*structpb.Value{"rule": structpb.NewStringValue(d.Rule)}
	if d.Err != nil {
		fields["code"] = structpb.NewStringValue(string(d.Code()))
	}
	if d.Allowed {
		caller := identity.Of(d)
		groups := &structpb.ListValue{}
		for name := range caller.Groups.All() {
			groups.Values = append(groups.Values, structpb.NewStringValue(strings.ToValidUTF8(name, "\uFFFD")))
		}
		fields["subject"] = structpb.NewStringValue(caller.Subject)
		fields["client"] = structpb.NewStringValue(caller.ClientID)
		fields["groups"] = structpb.NewListValue(groups)
	}
	return &structpb.Struct{Fields: fields}
}
