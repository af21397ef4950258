package userpool

import (
	"net/http"
)

// discoveryDocument is OpenID Connect Discovery §3 with the members that Cognito
// lists, as far as this server has the endpoints.
type discoveryDocument struct {
	AuthorizationEndpoint  string   `json:"authorization_endpoint"`
	EndSessionEndpoint     string   `json:"end_session_endpoint"`
	IDTokenAlgorithms      []string `json:"id_token_signing_alg_values_supported"`
	Issuer                 string   `json:"issuer"`
	KeySet                 string   `json:"jwks_uri"`
	ResponseTypes          []string `json:"response_types_supported"`
	Scopes                 []string `json:"scopes_supported"`
	SubjectTypes           []string `json:"subject_types_supported"`
	TokenEndpoint          string   `json:"token_endpoint"`
	TokenEndpointAuthTypes []string `json:"token_endpoint_auth_methods_supported"`
}

func (s *Server) handleDiscovery(w http.ResponseWriter, r *http.Request) {
	p, ok := s.wellKnownPool(w, r)
	if !ok {
		return
	}
	writeJSON(w, http.StatusOK, discoveryDocument{
		AuthorizationEndpoint:  s.publicURL + "/oauth2/authorize",
		EndSessionEndpoint:     s.publicURL + "/logout",
		IDTokenAlgorithms:      []string{"RS256"},
		Issuer:                 p.issuer,
		KeySet:                 s.publicURL + "/" + p.id + "/.well-known/jwks.json",
		ResponseTypes:          []string{"code"},
		Scopes:                 []string{scopeOpenID, scopeEmail, scopePhone, scopeProfile},
		SubjectTypes:           []string{"public"},
		TokenEndpoint:          s.publicURL + "/oauth2/token",
		TokenEndpointAuthTypes: []string{"client_secret_basic", "client_secret_post"},
	})
}

func (s *Server) handleKeySet(w http.ResponseWriter, r *http.Request) {
	p, ok := s.wellKnownPool(w, r)
	if !ok {
		return
	}
	keys, err := p.keys.published(r.Context(), s.now())
	if err != nil {
		s.log.ErrorContext(r.Context(), "no key set", "pool", p.id, "error", err)
		w.Header().Set("Cache-Control", "no-store")
		writeJSON(w, http.StatusServiceUnavailable, oauthErrorBody{Error: codeServerError})
		return
	}
	writeJSON(w, http.StatusOK, struct {
		Keys []jwk `json:"keys"`
	}{keys})
}

// wellKnownPool finds the pool of the path and sets the headers of its documents.
func (s *Server) wellKnownPool(w http.ResponseWriter, r *http.Request) (*pool, bool) {
	allowAnyOrigin(w)
	p, ok := s.pools[r.PathValue("poolID")]
	if !ok {
		w.Header().Set("Cache-Control", "no-store")
		writeJSON(w, http.StatusNotFound, struct {
			Message string `json:"message"`
		}{"User pool does not exist."})
		return nil, false
	}
	// AWS allows a day. A local pool is restarted, and its keys are rotated, while
	// its clients run: a short life spares them stale keys.
	w.Header().Set("Cache-Control", "public, max-age=60")
	return p, true
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
