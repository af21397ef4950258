package interop

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	fositeoauth2 "github.com/ory/fosite/handler/oauth2"
	"github.com/ory/fosite/handler/openid"
	"github.com/ory/fosite/storage"
	"github.com/ory/fosite/token/jwt"
)

// A fositeProvider is an OpenID provider of Ory's fosite, which Hydra is built on:
// codes, PKCE, client authentication, rotation, revocation, nonce and at_hash are its
// own. Three things are as Cognito has them, since the client is for Cognito: the
// endpoints' paths; the claims token_use, client_id and username; and the aud of ID
// tokens, which is a string, as fosite writes a list.
type fositeProvider struct {
	provider fosite.OAuth2Provider
	key      *rsa.PrivateKey
	issuer   string
	url      string
}

const fositeUser = "a-user-of-fosite"

func serveFosite(t *testing.T) *fositeProvider {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &fositeProvider{key: key}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /oauth2/authorize", p.authorize)
	mux.HandleFunc("POST /oauth2/token", p.token)
	mux.HandleFunc("POST /oauth2/revoke", p.revoke)
	mux.HandleFunc("GET /oauth2/userInfo", p.userInfo)
	mux.HandleFunc("GET /"+poolID+"/.well-known/jwks.json", p.jwks)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	p.url, p.issuer = server.URL, server.URL+"/"+poolID

	config := &fosite.Config{
		GlobalSecret: []byte("thirty-two bytes of a test secret"), IDTokenIssuer: p.issuer, AccessTokenIssuer: p.issuer,
		EnforcePKCE: true, RefreshTokenScopes: []string{}, JWTScopeClaimKey: jwt.JWTScopeFieldString, HashCost: 4,
	}
	signer := cognitoShaped{&jwt.DefaultSigner{GetPrivateKey: func(context.Context) (any, error) { return key, nil }}}
	store := storage.NewMemoryStore()
	hash, err := (&fosite.BCrypt{Config: config}).Hash(t.Context(), []byte(backendSecret))
	if err != nil {
		t.Fatal(err)
	}
	client := func(id string, secret []byte, grants ...string) {
		store.Clients[id] = &fosite.DefaultClient{
			ID: id, Secret: secret, Public: secret == nil, RedirectURIs: []string{callback}, GrantTypes: grants, ResponseTypes: []string{"code"},
			Scopes: []string{"openid", "email", "profile", "orders/read"},
		}
	}
	client(webClient, nil, "authorization_code", "refresh_token")
	client(backendClient, hash, "authorization_code", "refresh_token")
	client(machineClient, hash, "client_credentials")
	p.provider = compose.Compose(config, store, &compose.CommonStrategy{
		CoreStrategy: &fositeoauth2.DefaultJWTStrategy{
			Signer: signer, HMACSHAStrategy: compose.NewOAuth2HMACStrategy(config), Config: config,
		},
		OpenIDConnectTokenStrategy: &openid.DefaultStrategy{Signer: signer, Config: config},
		Signer:                     signer,
	}, compose.OAuth2AuthorizeExplicitFactory, compose.OAuth2ClientCredentialsGrantFactory, compose.OAuth2RefreshTokenGrantFactory,
		compose.OpenIDConnectExplicitFactory, compose.OpenIDConnectRefreshFactory, compose.OAuth2PKCEFactory,
		compose.OAuth2TokenRevocationFactory, compose.OAuth2TokenIntrospectionFactory)
	return p
}

// cognitoShaped signs with aud as Cognito has it.
type cognitoShaped struct{ jwt.Signer }

func (s cognitoShaped) Generate(ctx context.Context, claims jwt.MapClaims, header jwt.Mapper) (token, signature string, err error) {
	switch aud, _ := claims["aud"].([]string); {
	case len(aud) == 0:
		delete(claims, "aud")
	case len(aud) == 1 && claims["token_use"] == "id":
		claims["aud"] = aud[0]
	}
	return s.Signer.Generate(ctx, claims, header)
}

// A fositeSession is what tokens of both kinds say.
type fositeSession struct {
	*openid.DefaultSession
	Access *jwt.JWTClaims
}

func (s *fositeSession) GetJWTClaims() jwt.JWTClaimsContainer { return s.Access }

func (s *fositeSession) GetJWTHeader() *jwt.Headers { return s.Headers }

func (s *fositeSession) Clone() fosite.Session {
	own, _ := s.DefaultSession.Clone().(*openid.DefaultSession)
	access := *s.Access
	return &fositeSession{own, &access}
}

func (p *fositeProvider) session(client, subject string) *fositeSession {
	now := time.Now()
	access := map[string]any{"token_use": "access", "client_id": client}
	if subject == fositeUser {
		access["username"] = subject
	}
	return &fositeSession{
		&openid.DefaultSession{
			Subject: subject, Headers: &jwt.Headers{Extra: map[string]any{"kid": "fosite"}},
			Claims: &jwt.IDTokenClaims{
				Issuer: p.issuer, Subject: subject, AuthTime: now, RequestedAt: now, Extra: map[string]any{"token_use": "id", "cognito:username": subject},
			},
		},
		&jwt.JWTClaims{Issuer: p.issuer, Subject: subject, Extra: access},
	}
}

// authorize has the user consent at once, unless login_hint says not to.
func (p *fositeProvider) authorize(w http.ResponseWriter, r *http.Request) {
	request, err := p.provider.NewAuthorizeRequest(r.Context(), r)
	if err == nil && r.FormValue("login_hint") == "unwilling" {
		err = fosite.ErrAccessDenied
	}
	if err != nil {
		p.provider.WriteAuthorizeError(r.Context(), w, request, err)
		return
	}
	for _, scope := range request.GetRequestedScopes() {
		request.GrantScope(scope)
	}
	response, err := p.provider.NewAuthorizeResponse(r.Context(), request, p.session(request.GetClient().GetID(), fositeUser))
	if err != nil {
		p.provider.WriteAuthorizeError(r.Context(), w, request, err)
		return
	}
	p.provider.WriteAuthorizeResponse(r.Context(), w, request, response)
}

func (p *fositeProvider) token(w http.ResponseWriter, r *http.Request) {
	id, _, _ := r.BasicAuth()
	request, err := p.provider.NewAccessRequest(r.Context(), r, p.session(id, id))
	if err == nil {
		if request.GetGrantTypes().ExactOne("client_credentials") {
			for _, scope := range request.GetRequestedScopes() {
				request.GrantScope(scope)
			}
		}
		var response fosite.AccessResponder
		if response, err = p.provider.NewAccessResponse(r.Context(), request); err == nil {
			p.provider.WriteAccessResponse(r.Context(), w, request, response)
			return
		}
	}
	p.provider.WriteAccessError(r.Context(), w, request, err)
}

func (p *fositeProvider) revoke(w http.ResponseWriter, r *http.Request) {
	p.provider.WriteRevocationResponse(r.Context(), w, p.provider.NewRevocationRequest(r.Context(), r))
}

// userInfo is not in fosite, but whether a token is good still is.
func (p *fositeProvider) userInfo(w http.ResponseWriter, r *http.Request) {
	_, request, err := p.provider.IntrospectToken(r.Context(), fosite.AccessTokenFromRequest(r), fosite.AccessToken, p.session("", ""))
	if err != nil {
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"sub": request.GetSession().GetSubject(), "email": "user@example.com", "email_verified": true})
}

func (p *fositeProvider) jwks(w http.ResponseWriter, _ *http.Request) {
	encode := base64.RawURLEncoding.EncodeToString
	_ = json.NewEncoder(w).Encode(map[string]any{"keys": []any{map[string]string{
		"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "fosite",
		"n": encode(p.key.N.Bytes()), "e": encode(big.NewInt(int64(p.key.E)).Bytes()),
	}}})
}
