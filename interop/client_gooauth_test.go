package interop

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/poolguard/poolguard/userpool"
)

// A goClient is golang.org/x/oauth2 with go-oidc, as most Go programs have it.
type goClient struct {
	*served
	provider *oidc.Provider
	browser  *browser
}

func newGoClient(t *testing.T) *goClient {
	t.Helper()
	s := serve(t, servedOptions{issuer: userpool.IssuerLocal})
	provider, err := oidc.NewProvider(t.Context(), s.Issuer)
	if err != nil {
		t.Fatal(err)
	}
	return &goClient{served: s, provider: provider, browser: newBrowser(t)}
}

func (c *goClient) config(id, secret string) *oauth2.Config {
	return &oauth2.Config{
		ClientID: id, ClientSecret: secret, Endpoint: c.provider.Endpoint(), RedirectURL: callback,
		Scopes: []string{"openid", "email", "profile", "aws.cognito.signin.user.admin"},
	}
}

// signIn is the code flow with PKCE. A browser that is signed in is asked for nothing.
func (c *goClient) signIn(t *testing.T, config *oauth2.Config, options ...oauth2.AuthCodeOption) *oauth2.Token {
	t.Helper()
	verifier := oauth2.GenerateVerifier()
	options = append(options, oidc.Nonce(nonce), oauth2.S256ChallengeOption(verifier))
	address := config.AuthCodeURL("a state", options...)
	_, left := c.browser.visit(t, address)
	if left == nil {
		_, left = c.browser.signIn(t, address, "anaya", password)
	}
	if left == nil || left.Query().Get("state") != "a state" {
		t.Fatalf("sent to %v", left)
	}
	token, err := config.Exchange(t.Context(), left.Query().Get("code"), oauth2.VerifierOption(verifier))
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func tokensOf(token *oauth2.Token) *poolTokens {
	id, _ := token.Extra("id_token").(string)
	return &poolTokens{ID: id, Access: token.AccessToken}
}

// check has this project's verifier and go-oidc accept the tokens.
func (c *goClient) check(t *testing.T, client string, token *oauth2.Token) *oidc.IDToken {
	t.Helper()
	tokens := tokensOf(token)
	c.checkOurs(t, tokens)
	id, err := c.provider.Verifier(&oidc.Config{ClientID: client}).Verify(t.Context(), tokens.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := id.VerifyAccessToken(tokens.Access); err != nil {
		t.Errorf("at_hash: %v", err)
	}
	return id
}

// refresh uses a refresh token, as a token source does with an expired token.
func refresh(ctx context.Context, config *oauth2.Config, token string) (*oauth2.Token, error) {
	return config.TokenSource(ctx, &oauth2.Token{RefreshToken: token, Expiry: time.Unix(1, 0)}).Token()
}

// wantCode demands that the token endpoint refused with an error code.
func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	var refused *oauth2.RetrieveError
	if !errors.As(err, &refused) || refused.ErrorCode != code || refused.Response.StatusCode != http.StatusBadRequest {
		t.Errorf("error %v, want %s", err, code)
	}
}

// TestClientGoOAuth2 has golang.org/x/oauth2 and coreos/go-oidc sign in.
func TestClientGoOAuth2(t *testing.T) {
	t.Parallel()
	c := newGoClient(t)
	config := c.config(webClient, "")
	var token *oauth2.Token
	t.Run("wrong password: the page says so", func(t *testing.T) {
		page, left := c.browser.signIn(t, config.AuthCodeURL("x"), "anaya", "Wr0ngPassw0rd!")
		if got := alertOf(page); got != wrongPassword.Message || left != nil {
			t.Errorf("the page says %q; left to %v", got, left)
		}
	})
	t.Run("sign-in: code and PKCE", func(t *testing.T) {
		token = c.signIn(t, config)
		id := c.check(t, webClient, token)
		if id.Nonce != nonce || token.RefreshToken == "" || token.Type() != "Bearer" || token.ExpiresIn != 3600 {
			t.Errorf("nonce %q, type %q, expires in %d", id.Nonce, token.Type(), token.ExpiresIn)
		}
	})
	t.Run("sign-in: a client with a secret", func(t *testing.T) {
		c.check(t, backendClient, c.signIn(t, c.config(backendClient, backendSecret)))
	})
	t.Run("sign-in: a wrong secret", func(t *testing.T) {
		wrong := c.config(backendClient, "wrong")
		_, left := c.browser.visit(t, wrong.AuthCodeURL("x"))
		_, err := wrong.Exchange(t.Context(), left.Query().Get("code"))
		wantCode(t, err, "invalid_client")
	})
	t.Run("sign-in: a code without its verifier", func(t *testing.T) {
		_, left := c.browser.visit(t, config.AuthCodeURL("x", oauth2.S256ChallengeOption(oauth2.GenerateVerifier())))
		_, err := config.Exchange(t.Context(), left.Query().Get("code"))
		wantCode(t, err, "invalid_grant")
	})
	t.Run("tokens: aws-jwt-verify accepts them", func(t *testing.T) { c.checkTheirs(t, tokensOf(token)) })
	t.Run("tokens: user info", func(t *testing.T) { c.checkUserInfo(t, token) })
	t.Run("tokens: an access token is no ID token", func(t *testing.T) {
		if _, err := c.provider.Verifier(&oidc.Config{ClientID: webClient}).Verify(t.Context(), token.AccessToken); err == nil {
			t.Error("accepted")
		}
	})
	t.Run("tokens: bound to a resource", func(t *testing.T) {
		bound := c.signIn(t, config, oauth2.SetAuthURLParam("resource", apiURL))
		c.check(t, webClient, bound)
		if aud := payloadOf(t, bound.AccessToken)["aud"]; aud != apiURL {
			t.Errorf("aud %v", aud)
		}
	})
	t.Run("tokens: of a machine", c.machine)
	t.Run("refresh: a token source", func(t *testing.T) {
		fresh, err := refresh(t.Context(), config, token.RefreshToken)
		if err != nil {
			t.Fatal(err)
		}
		id := c.check(t, webClient, fresh)
		if fresh.AccessToken == token.AccessToken || fresh.RefreshToken != token.RefreshToken || id.Nonce != "" {
			t.Errorf("nonce %q, or the tokens are not as after a refresh", id.Nonce)
		}
	})
	t.Run("refresh: after a change of keys", func(t *testing.T) {
		if err := c.pool.RotateKeys(t.Context(), poolID, time.Hour); err != nil {
			t.Fatal(err)
		}
		fresh, err := refresh(t.Context(), config, token.RefreshToken)
		if err != nil {
			t.Fatal(err)
		}
		c.check(t, webClient, fresh)
		c.check(t, webClient, token)
	})
	t.Run("refresh: with nonsense", func(t *testing.T) {
		_, err := refresh(t.Context(), config, "nonsense")
		wantCode(t, err, "invalid_grant")
	})
	t.Run("rotation: a new refresh token", func(t *testing.T) { c.rotation(t, c.config(rotatingClient, "")) })
	t.Run("revoke: the refresh token", func(t *testing.T) {
		c.revoke(t, token.RefreshToken)
		_, err := refresh(t.Context(), config, token.RefreshToken)
		wantCode(t, err, "invalid_grant")
	})
	t.Run("revoke: user info", func(t *testing.T) {
		if _, err := c.provider.UserInfo(t.Context(), oauth2.StaticTokenSource(token)); err == nil || !strings.HasPrefix(err.Error(), "401") {
			t.Errorf("user info: %v", err)
		}
	})
	t.Run("sign-out: /logout", func(t *testing.T) {
		var document struct {
			Logout string `json:"end_session_endpoint"`
		}
		if err := c.provider.Claims(&document); err != nil {
			t.Fatal(err)
		}
		_, left := c.browser.visit(t, document.Logout+"?"+url.Values{"client_id": {webClient}, "logout_uri": {signOutURL}}.Encode())
		if left == nil || left.String() != signOutURL {
			t.Errorf("sent to %v", left)
		}
		if page, left := c.browser.visit(t, config.AuthCodeURL("x")); left != nil || !formToken.Match(page) {
			t.Errorf("still signed in: sent to %v", left)
		}
	})
}

func (c *goClient) checkUserInfo(t *testing.T, token *oauth2.Token) {
	t.Helper()
	info, err := c.provider.UserInfo(t.Context(), oauth2.StaticTokenSource(token))
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]any
	if err := info.Claims(&all); err != nil {
		t.Fatal(err)
	}
	delete(all, "sub")
	want := map[string]any{"username": "anaya", "email": "anaya@example.com", "email_verified": "true", "name": "Anaya Rao"}
	if diff := cmp.Diff(want, all); diff != "" {
		t.Errorf("user info (-want +got):\n%s", diff)
	}
	// It came as a string, which go-oidc knows of Cognito.
	if !info.EmailVerified || info.Email != "anaya@example.com" || info.Subject != payloadOf(t, token.AccessToken)["sub"] {
		t.Errorf("user info %+v", info)
	}
}

func (c *goClient) machine(t *testing.T) {
	config := clientcredentials.Config{
		ClientID: machineClient, ClientSecret: machineSecret, TokenURL: c.provider.Endpoint().TokenURL,
		EndpointParams: url.Values{"resource": {apiURL}},
	}
	token, err := config.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c.checkOurs(t, tokensOf(token))
	payload := payloadOf(t, token.AccessToken)
	if payload["aud"] != apiURL || payload["scope"] != "orders/read orders/write" || payload["sub"] != machineClient || token.RefreshToken != "" {
		t.Errorf("payload %v, refresh token %q", payload, token.RefreshToken)
	}
	// go-oidc verifies an access token where it is told not to ask for an aud.
	verifier := c.provider.Verifier(&oidc.Config{SkipClientIDCheck: true})
	if _, err := verifier.Verify(t.Context(), token.AccessToken); err != nil {
		t.Error(err)
	}
	config.Scopes = []string{"openid"}
	_, err = config.Token(t.Context())
	wantCode(t, err, "invalid_scope")
}

func (c *goClient) rotation(t *testing.T, config *oauth2.Config) {
	t.Helper()
	first := c.signIn(t, config)
	second, err := refresh(t.Context(), config, first.RefreshToken)
	if err != nil {
		t.Fatal(err)
	}
	c.check(t, rotatingClient, second)
	if second.RefreshToken == first.RefreshToken {
		t.Error("the same refresh token")
	}
	if _, err := refresh(t.Context(), config, first.RefreshToken); err != nil {
		t.Errorf("within the grace: %v", err)
	}
	c.pool.SetClockOffset(rotationGrace + time.Second)
	defer c.pool.SetClockOffset(0)
	_, err = refresh(t.Context(), config, first.RefreshToken)
	wantCode(t, err, "invalid_grant")
	if _, err := refresh(t.Context(), config, second.RefreshToken); err != nil {
		t.Errorf("the new refresh token: %v", err)
	}
}

// revoke is RFC 7009, which x/oauth2 has no function for.
func (c *goClient) revoke(t *testing.T, token string) {
	t.Helper()
	var document struct {
		Revocation string `json:"revocation_endpoint"`
	}
	if err := c.provider.Claims(&document); err != nil {
		t.Fatal(err)
	}
	response, err := http.PostForm(document.Revocation, url.Values{"client_id": {webClient}, "token": {token}})
	if body := read(t)(response, err); response.StatusCode != http.StatusOK || len(body) != 0 {
		t.Errorf("revocation: %d %q", response.StatusCode, body)
	}
}

func payloadOf(t *testing.T, token string) (payload map[string]any) {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("%d parts", len(parts))
	}
	b, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &payload); err != nil {
		t.Fatal(err)
	}
	return payload
}
