package authserver

import (
	"context"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"unicode/utf8"
)

const maxTokenFormBytes = 64 << 10

// handleToken is the token endpoint (RFC 6749 §3.2,
// https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html).
func (s *Server) handleToken(w http.ResponseWriter, r *http.Request) {
	allowAnyOrigin(w)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Pragma", "no-cache")
	form, err := readTokenForm(w, r)
	if err == nil {
		var response tokenResponse
		response, err = s.exchange(r.Context(), r.Header, form)
		if err == nil {
			writeJSON(w, http.StatusOK, response)
			return
		}
	}
	s.refuseToken(w, r, form, err)
}

// exchange turns a grant into tokens.
func (s *Server) exchange(ctx context.Context, header http.Header, form url.Values) (tokenResponse, error) {
	grantType := form.Get("grant_type")
	if grantType == "" {
		return tokenResponse{}, refuse(codeInvalidRequest, "no grant_type")
	}
	client, err := s.authenticateClient(ctx, header, form)
	if err != nil {
		return tokenResponse{}, err
	}
	switch grantType {
	case "authorization_code":
		return s.exchangeCode(ctx, client, form)
	case "refresh_token":
		return s.exchangeRefreshToken(ctx, client, form)
	case "client_credentials":
		return s.exchangeClientCredentials(ctx, client, form)
	default:
		return tokenResponse{}, refuse(codeUnsupportedGrantType, "unknown grant_type")
	}
}

func (s *Server) refuseToken(w http.ResponseWriter, r *http.Request, form url.Values, err error) {
	var refusal *tokenError
	if errors.As(err, &refusal) {
		// client_id is logged only where it names a client: it may be anything.
		client := form.Get("client_id")
		if _, known, err := s.findApp(r.Context(), client); !known || err != nil {
			client = ""
		}
		s.log.InfoContext(r.Context(), "token refused", "client", client, "code", refusal.code, "reason", refusal.reason)
		writeJSON(w, http.StatusBadRequest, oauthErrorBody{Error: refusal.code})
		return
	}
	s.log.ErrorContext(r.Context(), "token endpoint failed", "error", err)
	status := http.StatusInternalServerError
	if r.Context().Err() != nil {
		status = http.StatusServiceUnavailable
	}
	writeJSON(w, status, oauthErrorBody{Error: codeServerError})
}

// readTokenForm reads parameters from the body alone: in a URL they would be
// logged on their way (RFC 6749 §2.3.1).
func readTokenForm(w http.ResponseWriter, r *http.Request) (url.Values, error) {
	mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || mediaType != "application/x-www-form-urlencoded" {
		return nil, refuse(codeInvalidRequest, "not a form")
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxTokenFormBytes)
	if err := r.ParseForm(); err != nil {
		return nil, refuse(codeInvalidRequest, "the form cannot be read")
	}
	for _, values := range r.PostForm {
		if len(values) > 1 || !utf8.ValidString(values[0]) {
			return nil, refuse(codeInvalidRequest, "a parameter is repeated or is not UTF-8")
		}
	}
	return r.PostForm, nil
}
