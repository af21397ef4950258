package main

import (
	"context"
	"net/http"

	"github.com/modelcontextprotocol/go-sdk/auth"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/poolguard/poolguard/cognito/bearer"
)

func tools() http.Handler {
	server := mcp.NewServer(&mcp.Implementation{Name: "orders", Version: "v1"}, nil)
	mcp.AddTool(server, &mcp.Tool{Name: "orders", Description: "List the orders of the user."},
		func(_ context.Context, call *mcp.CallToolRequest, _ struct{}) (*mcp.CallToolResult, any, error) {
			text := "orders of " + call.Extra.TokenInfo.UserID
			return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: text}}}, nil, nil
		})
	return mcp.NewStreamableHTTPHandler(func(*http.Request) *mcp.Server { return server }, nil)
}

// ForTools hands the verified token to the SDK, which also binds its sessions to the user.
func forTools(next http.Handler) http.Handler {
	return auth.RequireBearerToken(func(ctx context.Context, _ string, _ *http.Request) (*auth.TokenInfo, error) {
		token, ok := bearer.AccessToken(ctx)
		if !ok { // a preflight
			return nil, auth.ErrInvalidToken
		}
		return &auth.TokenInfo{UserID: token.Subject(), Scopes: token.Scopes().Slice(), Expiration: token.ExpiresAt()}, nil
	}, nil)(next)
}
