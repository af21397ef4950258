package api

import (
	"testing"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

func refreshAuth(client string, parameters fields) fields {
	return fields{"ClientId": client, "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": parameters}
}

const invalidRefresh = "NotAuthorizedException: Invalid Refresh Token."

func TestRefreshTokenAuth(t *testing.T) {
	w := newAuthWorld(t)
	first := w.signIn()
	w.advance(time.Minute)
	for _, flow := range []string{"REFRESH_TOKEN_AUTH", "REFRESH_TOKEN"} {
		in := refreshAuth("web", fields{"REFRESH_TOKEN": first["RefreshToken"], "DEVICE_KEY": "us-east-1_x"})
		in["AuthFlow"] = flow
		out := w.call("InitiateAuth", in)
		tokens := w.tokens(out)
		if keysOf(out) != "AuthenticationResult ChallengeParameters" || keysOf(tokens) != "AccessToken ExpiresIn IdToken TokenType" {
			t.Errorf("%s: %s, %s", flow, keysOf(out), keysOf(tokens))
		}
		before, after := w.claims(first["IdToken"]), w.claims(tokens["IdToken"])
		for _, claim := range []string{"auth_time", "origin_jti", "sub", "amr", "acr", "event_id"} {
			if before[claim] == nil {
				t.Errorf("no %s", claim)
			}
			if b, a := before[claim], after[claim]; claim != "amr" && a != b {
				t.Errorf("%s went from %v to %v", claim, b, a)
			}
		}
		if before["iat"] == after["iat"] || before["jti"] == after["jti"] {
			t.Error("the token is the old one")
		}
	}
	w.refused("InitiateAuth", refreshAuth("web", fields{"REFRESH_TOKEN": first["IdToken"]}), invalidRefresh)
	w.refused("InitiateAuth", refreshAuth("backend", fields{
		"REFRESH_TOKEN": first["RefreshToken"], "SECRET_HASH": hashFor("anaya"),
	}), invalidRefresh)
	w.changeUser(func(u *directory.User) { u.Disabled = true })
	w.refused("InitiateAuth", refreshAuth("web", fields{"REFRESH_TOKEN": first["RefreshToken"]}), "NotAuthorizedException: User is disabled.")
	w.changeUser(func(u *directory.User) { u.Disabled = false })
	w.advance(30*24*time.Hour - time.Minute)
	w.refused("InitiateAuth", refreshAuth("web", fields{"REFRESH_TOKEN": first["RefreshToken"]}), "NotAuthorizedException: Refresh Token has expired")
}

func TestRefreshWithSecret(t *testing.T) {
	w := newAuthWorld(t)
	token := w.tokens(w.call("InitiateAuth", fields{
		"ClientId": "backend", "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": fields{
			"USERNAME": "anaya", "PASSWORD": testPassword, "SECRET_HASH": hashFor("anaya"),
		},
	}))["RefreshToken"]
	with := func(hash string) fields {
		return refreshAuth("backend", fields{"REFRESH_TOKEN": token, "SECRET_HASH": hash})
	}
	w.call("InitiateAuth", with(hashFor("anaya")))
	w.call("InitiateAuth", with(hashFor(w.record().Sub)))
	w.refused("InitiateAuth", with(""), "NotAuthorizedException: Client backend is configured with secret but SECRET_HASH was not received")
	w.refused("InitiateAuth", with(hashFor("anaya@example.com")),
		"NotAuthorizedException: SecretHash does not match for the client: backend")
	in := fields{"ClientId": "backend", "RefreshToken": token, "ClientSecret": "backend-secret"}
	if out := w.call("GetTokensFromRefreshToken", in); keysOf(out) != "AuthenticationResult" ||
		keysOf(w.tokens(out)) != "AccessToken ExpiresIn IdToken TokenType" {
		t.Errorf("%s", keysOf(out))
	}
	in["ClientSecret"] = "nonsense-nonsense-nonsense"
	w.refused("GetTokensFromRefreshToken", in, "NotAuthorizedException: Invalid client secret.")
	in["Token"] = token
	w.refused("RevokeToken", in, "UnauthorizedException: Invalid client secret.")
	delete(in, "ClientSecret")
	w.refused("GetTokensFromRefreshToken", in, "NotAuthorizedException: Client backend is configured for secret but secret was not received")
	in["ClientId"], in["ClientSecret"] = "web", "nonsense-nonsense-nonsense"
	w.refused("GetTokensFromRefreshToken", in, "NotAuthorizedException: Client web is configured for no secret but secret was received")
}

func TestRotation(t *testing.T) {
	w := newAuthWorld(t)
	w.setClient(func(c *directory.Client) { c.Rotation, c.RotationGrace = true, 10*time.Second })
	first := w.signIn()["RefreshToken"]
	get := func(token any) fields { return fields{"ClientId": "web", "RefreshToken": token} }
	w.refused("InitiateAuth", refreshAuth("web", fields{"REFRESH_TOKEN": first}),
		"InvalidParameterException: REFRESH_TOKEN_AUTH is not enabled for the client.")
	second := w.tokens(w.call("GetTokensFromRefreshToken", get(first)))
	if keysOf(second) != "AccessToken ExpiresIn IdToken RefreshToken TokenType" || second["RefreshToken"] == first {
		t.Errorf("%s", keysOf(second))
	}
	w.advance(9 * time.Second)
	w.call("GetTokensFromRefreshToken", get(first))
	w.advance(time.Second)
	w.refused("GetTokensFromRefreshToken", get(first), "RefreshTokenReuseException: Refresh token has been invalidated by rotation")
	w.call("GetTokensFromRefreshToken", get(second["RefreshToken"]))
	w.setClient(func(c *directory.Client) { c.RotationGrace = 0 })
	w.race("GetTokensFromRefreshToken", get(w.signIn()["RefreshToken"]))
	w.refused("GetTokensFromRefreshToken", get("nonsense"), invalidRefresh)
	w.refused("GetTokensFromRefreshToken", fields{"ClientId": "nothing", "RefreshToken": first},
		"ResourceNotFoundException: User pool client nothing does not exist.")
}

// TestRefreshOfHostedSignIn refreshes, as Amplify does, what a client for OAuth alone
// got.
func TestRefreshOfHostedSignIn(t *testing.T) {
	w := newAuthWorld(t)
	w.setClient(func(c *directory.Client) { c.AuthFlows = nil })
	for _, scope := range []string{"openid", "api/read"} {
		var token string
		w.update(func(tx store.Tx) error {
			client, err := directory.GetClient(tx, "web")
			if err != nil {
				return err
			}
			token, err = w.signIns.Keep(tx, w.signIns.Start(client, w.anaya(tx), []string{scope}, []string{"pwd"}), true)
			return err
		})
		tokens := w.tokens(w.call("GetTokensFromRefreshToken", fields{"ClientId": "web", "RefreshToken": token}))
		if _, withID := tokens["IdToken"]; withID != (scope == "openid") || w.claims(tokens["AccessToken"])["scope"] != scope {
			t.Errorf("%s: %s", scope, keysOf(tokens))
		}
		w.refused("GlobalSignOut", fields{"AccessToken": tokens["AccessToken"]}, "NotAuthorizedException: Access Token does not have required scopes")
	}
}

func (w *authWorld) anaya(tx store.Tx) directory.User {
	p, err := directory.GetPool(tx, testPoolID)
	if err != nil {
		w.t.Fatal(err)
	}
	u, err := directory.GetUser(tx, p, "anaya")
	if err != nil {
		w.t.Fatal(err)
	}
	return u
}

const refreshRevoked = "NotAuthorizedException: Refresh Token has been revoked"

func TestRevokeToken(t *testing.T) {
	w := newAuthWorld(t)
	kept, tokens := w.signIn(), w.signIn()
	revoke := func(token any) fields { return fields{"ClientId": "web", "Token": token} }
	w.refused("RevokeToken", revoke(tokens["AccessToken"]), "UnsupportedTokenTypeException: Only refresh tokens can be revoked")
	w.refused("RevokeToken", revoke(tokens["IdToken"]), "UnsupportedTokenTypeException: Only refresh tokens can be revoked")
	for _, token := range []any{tokens["RefreshToken"], tokens["RefreshToken"], "nonsense"} {
		if out := w.call("RevokeToken", revoke(token)); keysOf(out) != "" {
			t.Errorf("%v", out)
		}
	}
	w.refused("InitiateAuth", refreshAuth("web", fields{"REFRESH_TOKEN": tokens["RefreshToken"]}), refreshRevoked)
	w.refused("GlobalSignOut", fields{"AccessToken": tokens["AccessToken"]}, "NotAuthorizedException: Access Token has been revoked")
	w.call("InitiateAuth", refreshAuth("web", fields{"REFRESH_TOKEN": kept["RefreshToken"]}))
	w.refused("RevokeToken", fields{"ClientId": "nothing", "Token": "x"}, "InvalidParameterException: User pool client nothing does not exist.")
	w.refused("RevokeToken", fields{"ClientId": "web"},
		"InvalidParameterException: 1 validation error detected: Value at 'token' failed to satisfy constraint: Member must not be null")
	w.setClient(func(c *directory.Client) { c.NoRevocation = true })
	w.refused("RevokeToken", revoke(kept["RefreshToken"]), "UnsupportedOperationException: Token revocation is not enabled for client web")
}

func TestGlobalSignOut(t *testing.T) {
	for _, admin := range []bool{false, true} {
		w := newAuthWorld(t)
		one, two := w.signIn(), w.signIn()
		if admin {
			w.call("AdminUserGlobalSignOut", fields{"UserPoolId": testPoolID, "Username": "anaya"})
		} else {
			w.call("GlobalSignOut", fields{"AccessToken": one["AccessToken"]})
		}
		for _, tokens := range []fields{one, two} {
			w.refused("GlobalSignOut", fields{"AccessToken": tokens["AccessToken"]}, "NotAuthorizedException: Access Token has been revoked")
			w.refused("InitiateAuth", refreshAuth("web", fields{"REFRESH_TOKEN": tokens["RefreshToken"]}), refreshRevoked)
			w.refused("GetTokensFromRefreshToken", fields{"ClientId": "web", "RefreshToken": tokens["RefreshToken"]}, refreshRevoked)
		}
		again := w.signIn()
		w.advance(time.Hour)
		w.refused("GlobalSignOut", fields{"AccessToken": again["AccessToken"]}, "NotAuthorizedException: Access Token has expired")
		w.refused("GlobalSignOut", fields{"AccessToken": again["RefreshToken"]}, "NotAuthorizedException: Invalid Access Token")
		w.refused("AdminUserGlobalSignOut", fields{"UserPoolId": testPoolID, "Username": "nobody"}, "UserNotFoundException: User does not exist.")
		w.refused("AdminUserGlobalSignOut", fields{"UserPoolId": "us-east-1_None", "Username": "anaya"},
			"ResourceNotFoundException: User pool us-east-1_None does not exist.")
	}
}
