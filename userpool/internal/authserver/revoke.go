package authserver

import (
	"errors"
	"net/http"
	"strings"
)

// handleRevoke calls a refresh token back with all tokens of its sign-in (RFC 7009,
// https://docs.aws.amazon.com/cognito/latest/developerguide/revocation-endpoint.html).
// Unknown tokens are content: they are as good as revoked.
func (s *Server) handleRevoke(w http.ResponseWriter, r *http.Request) {
	allowAnyOrigin(w)
	w.Header().Set("Cache-Control", "no-store")
	err := s.revoke(w, r)
	refusal := new(tokenError)
	switch {
	case err == nil:
		w.WriteHeader(http.StatusOK)
	case errors.As(err, &refusal):
		s.log.InfoContext(r.Context(), "revocation refused", "code", refusal.code, "reason", refusal.reason)
		status := http.StatusBadRequest
		if refusal.code == codeInvalidClient {
			status = http.StatusUnauthorized
		}
		writeJSON(w, status, oauthErrorBody{Error: refusal.code})
	default:
		s.log.ErrorContext(r.Context(), "revocation failed", "error", err)
		writeJSON(w, http.StatusInternalServerError, oauthErrorBody{Error: codeServerError})
	}
}

func (s *Server) revoke(w http.ResponseWriter, r *http.Request) error {
	form, err := readTokenForm(w, r)
	if err != nil {
		return err
	}
	client, err := s.authenticateClient(r.Context(), r.Header, form)
	if err != nil {
		return err
	}
	token := form.Get("token")
	switch {
	case token == "":
		return refuse(codeInvalidRequest, "no token")
	case strings.Count(token, ".") == 2:
		return refuse(codeUnsupportedTokenType, "ID and access tokens cannot be revoked by themselves")
	case client.NoRevocation:
		return refuse(codeInvalidRequest, "token revocation is off for this client")
	}
	if err := s.signIns.Revoke(r.Context(), client.Client, token); err != nil {
		return err
	}
	s.log.InfoContext(r.Context(), "tokens revoked", "client", client.ID)
	return nil
}
