package authserver

import (
	"errors"
	"net/http"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/issuer"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// discoveryDocument is OpenID Connect Discovery §3 with the members that Cognito
// lists, in its order.
type discoveryDocument struct {
	AuthorizationEndpoint  string   `json:"authorization_endpoint"`
	EndSessionEndpoint     string   `json:"end_session_endpoint"`
	IDTokenAlgorithms      []string `json:"id_token_signing_alg_values_supported"`
	Issuer                 string   `json:"issuer"`
	KeySet                 string   `json:"jwks_uri"`
	ResponseTypes          []string `json:"response_types_supported"`
	RevocationEndpoint     string   `json:"revocation_endpoint"`
	Scopes                 []string `json:"scopes_supported"`
	SubjectTypes           []string `json:"subject_types_supported"`
	TokenEndpoint          string   `json:"token_endpoint"`
	TokenEndpointAuthTypes []string `json:"token_endpoint_auth_methods_supported"`
	UserInfoEndpoint       string   `json:"userinfo_endpoint"`
}

func (s *Server) handleDiscovery(w http.ResponseWriter, r *http.Request) {
	poolID, ok := s.wellKnownPool(w, r)
	if !ok {
		return
	}
	writeJSON(w, http.StatusOK, discoveryDocument{
		AuthorizationEndpoint:  s.publicURL + "/oauth2/authorize",
		EndSessionEndpoint:     s.publicURL + "/logout",
		IDTokenAlgorithms:      []string{"RS256"},
		Issuer:                 s.issuerURL(poolID),
		KeySet:                 s.publicURL + "/" + poolID + "/.well-known/jwks.json",
		ResponseTypes:          []string{"code", "token"},
		RevocationEndpoint:     s.publicURL + "/oauth2/revoke",
		Scopes:                 []string{scopeOpenID, scopeEmail, scopePhone, scopeProfile},
		SubjectTypes:           []string{"public"},
		TokenEndpoint:          s.publicURL + "/oauth2/token",
		TokenEndpointAuthTypes: []string{"client_secret_basic", "client_secret_post"},
		UserInfoEndpoint:       s.publicURL + "/oauth2/userInfo",
	})
}

func (s *Server) handleKeySet(w http.ResponseWriter, r *http.Request) {
	poolID, ok := s.wellKnownPool(w, r)
	if !ok {
		return
	}
	keys, err := s.signIns.Issuer.KeySet(r.Context(), poolID)
	if err != nil {
		s.log.ErrorContext(r.Context(), "no key set", "pool", poolID, "error", err)
		w.Header().Set("Cache-Control", "no-store")
		writeJSON(w, http.StatusServiceUnavailable, oauthErrorBody{Error: codeServerError})
		return
	}
	writeJSON(w, http.StatusOK, struct {
		Keys []issuer.JWK `json:"keys"`
	}{keys})
}

// wellKnownPool finds the pool of the path and sets the headers of its documents.
func (s *Server) wellKnownPool(w http.ResponseWriter, r *http.Request) (poolID string, ok bool) {
	allowAnyOrigin(w)
	poolID = r.PathValue("poolID")
	err := s.store.View(r.Context(), func(tx store.Tx) error {
		_, err := directory.GetPool(tx, poolID)
		return err
	})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		s.log.ErrorContext(r.Context(), "no pool", "error", err)
		w.Header().Set("Cache-Control", "no-store")
		writeJSON(w, http.StatusServiceUnavailable, oauthErrorBody{Error: codeServerError})
		return "", false
	}
	if err != nil {
		w.Header().Set("Cache-Control", "no-store")
		writeJSON(w, http.StatusNotFound, struct {
			Message string `json:"message"`
		}{"User pool does not exist."})
		return "", false
	}
	// AWS allows a day. A local pool is restarted, and its keys are rotated, while
	// its clients run: a short life spares them stale keys.
	w.Header().Set("Cache-Control", "public, max-age=60")
	return poolID, true
}

// allowAnyOrigin lets scripts of any origin read the answer, as Cognito does.
// No cookie takes part, so nothing is given away.
func allowAnyOrigin(w http.ResponseWriter) {
	w.Header().Set("Access-Control-Allow-Origin", "*")
}

func handlePreflight(w http.ResponseWriter, _ *http.Request) {
	allowAnyOrigin(w)
	h := w.Header()
	h.Set("Access-Control-Allow-Methods", "GET, POST, OPTIONS")
	h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, X-Amz-User-Agent")
	h.Set("Access-Control-Max-Age", "3600")
	w.WriteHeader(http.StatusNoContent)
}
