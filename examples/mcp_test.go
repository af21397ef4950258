package examples

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/auth"
	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/modelcontextprotocol/go-sdk/oauthex"
	"golang.org/x/oauth2"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/userpool"
)

// visit opens an authorization URL as a browser does, signs anaya in, and returns the address to
// which the pool sends the browser.
func (p *localPool) visit(authorize string) (left *url.URL, err error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	browser := &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.String(), callback) {
			left = r.URL
			return http.ErrUseLastResponse
		}
		return nil
	}}
	read := func(response *http.Response, err error) (string, error) {
		if err != nil {
			return "", err
		}
		defer response.Body.Close()
		var text strings.Builder
		err = response.Write(&text)
		return text.String(), err
	}
	page, err := read(browser.Get(authorize))
	action, csrf := formAction.FindStringSubmatch(page), formToken.FindStringSubmatch(page)
	if err != nil || action == nil || csrf == nil {
		return nil, fmt.Errorf("no form at %s: %w: %s", authorize, err, page)
	}
	page, err = read(browser.PostForm(p.URL+html.UnescapeString(action[1]), url.Values{
		"_csrf": {html.UnescapeString(csrf[1])}, "username": {"anaya"}, "password": {password},
	}))
	if left == nil {
		return nil, fmt.Errorf("not signed in: %w: %s", err, page)
	}
	return left, nil
}

// An mcpClient is the client of the Go SDK, which knows nothing but the URL of a server.
type mcpClient struct {
	*auth.AuthorizationCodeHandler
	authorize string // the URL that it opened
}

func (p *localPool) newMCPClient(t *testing.T, redirect string) *mcpClient {
	t.Helper()
	c := &mcpClient{}
	var err error
	c.AuthorizationCodeHandler, err = auth.NewAuthorizationCodeHandler(&auth.AuthorizationCodeHandlerConfig{
		DynamicClientRegistrationConfig: &auth.DynamicClientRegistrationConfig{
			Metadata: &oauthex.ClientRegistrationMetadata{ClientName: "a test", RedirectURIs: []string{redirect}},
		},
		AuthorizationCodeFetcher: func(_ context.Context, args *auth.AuthorizationArgs) (*auth.AuthorizationResult, error) {
			c.authorize = args.URL
			left, err := p.visit(args.URL)
			if err != nil {
				return nil, err
			}
			answer := left.Query()
			return &auth.AuthorizationResult{Code: answer.Get("code"), State: answer.Get("state"), Iss: answer.Get("iss")}, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// call connects to a server, calls its tool and returns the text.
func (c *mcpClient) call(ctx context.Context, server string) (string, error) {
	client := mcp.NewClient(&mcp.Implementation{Name: "a test", Version: "v1"}, nil)
	session, err := client.Connect(ctx, &mcp.StreamableClientTransport{Endpoint: server, OAuthHandler: c}, nil)
	if err != nil {
		return "", err
	}
	defer session.Close()
	result, err := session.CallTool(ctx, &mcp.CallToolParams{Name: "orders"})
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(result.Content)
	return string(text), err
}

// TestMCPClientSignsInByTheURLAlone: 401, metadata, registration, sign-in, call. The token is for
// this server: another one refuses it.
func TestMCPClientSignsInByTheURLAlone(t *testing.T) {
	pool := servePool(t, userpool.IssuerLocal, "")
	program := filepath.Join(build(t, "mcp"), "mcp")
	run := func() (origin string) {
		address, paste := start(t, exec.CommandContext(t.Context(), program, "-listen", "localhost:0", "-issuer", pool.issuer(t), "-domain", pool.URL))
		t.Run("line to paste", func(t *testing.T) { checkPaste(t, paste, "", http.StatusUnauthorized, "resource_metadata=") })
		return "http://localhost" + address[strings.LastIndexByte(address, ':'):]
	}
	origin, other := run(), run()
	client := pool.newMCPClient(t, callback)
	text, err := client.call(t.Context(), origin+"/mcp")
	if err != nil {
		t.Fatal(err)
	}
	token := client.token(t)
	if !strings.Contains(text, "orders of "+claim(t, token, "sub")) {
		t.Errorf("the tool answered %s", text)
	}
	asked, err := url.Parse(client.authorize)
	if err != nil {
		t.Fatal(err)
	}
	query := asked.Query()
	if query.Get("resource") != origin+"/mcp" || query.Get("client_id") != "local-client" || query.Get("code_challenge_method") != "S256" || query.Get("scope") != "orders/read" {
		t.Errorf("the client asked for %s", client.authorize)
	}
	if aud := claim(t, token, "aud"); aud != origin+"/mcp" {
		t.Errorf("aud is %q", aud)
	}

	for name, test := range map[string]struct {
		origin, token string
		want          cognito.Code
	}{
		"the other server":                 {other, token, cognito.ErrAudienceMismatch},
		"no token":                         {origin, "", cognito.ErrTokenMissing},
		"a token that is not for a server": {origin, pool.signIn(t, "anaya").AccessToken, cognito.ErrAudienceMismatch},
	} {
		var authorization []string
		if test.token != "" {
			authorization = []string{"Bearer " + test.token}
		}
		got := request(t, strings.TrimPrefix(test.origin, "http://"))(t, "/mcp", authorization)
		if got.status != http.StatusUnauthorized || got.code != test.want || !strings.Contains(got.challenge, `resource_metadata="`+test.origin+`/.well-known/oauth-protected-resource/mcp"`) {
			t.Errorf("%s: %+v, want %s", name, got, test.want)
		}
	}
	if _, err := pool.newMCPClient(t, "http://localhost:3001/callback").call(t.Context(), origin+"/mcp"); err == nil || !strings.Contains(err.Error(), "invalid_redirect_uri") {
		t.Errorf("another redirect URI: %v", err)
	}
}

func (c *mcpClient) token(t *testing.T) string {
	t.Helper()
	source, err := c.TokenSource(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var token *oauth2.Token
	if token, err = source.Token(); err != nil {
		t.Fatal(err)
	}
	return token.AccessToken
}
