package authserver

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/poolguard/poolguard/userpool/internal/authflow"
	"github.com/poolguard/poolguard/userpool/internal/issuer"
)

// handleUserInfo returns the claims of the user of an access token (OpenID Connect Core
// §5.3, https://docs.aws.amazon.com/cognito/latest/developerguide/userinfo-endpoint.html).
// All values are strings, the verified flags too.
func (s *Server) handleUserInfo(w http.ResponseWriter, r *http.Request) {
	allowAnyOrigin(w)
	w.Header().Set("Access-Control-Expose-Headers", "WWW-Authenticate")
	w.Header().Set("Cache-Control", "no-store")
	authorization := r.Header.Values("Authorization")
	if len(authorization) != 1 {
		refuseBearer(w, http.StatusBadRequest, codeInvalidRequest, badUserInfoRequest)
		return
	}
	scheme, raw, _ := strings.Cut(authorization[0], " ")
	if !strings.EqualFold(scheme, "Bearer") {
		refuseBearer(w, http.StatusBadRequest, codeInvalidRequest, badUserInfoRequest)
		return
	}
	access, err := s.signIns.CheckAccess(r.Context(), strings.TrimSpace(raw))
	if description, ok := accessProblem(err); ok {
		s.log.InfoContext(r.Context(), "user info refused", "reason", err.Error())
		refuseBearer(w, http.StatusUnauthorized, codeInvalidToken, description)
		return
	}
	if err != nil {
		s.log.ErrorContext(r.Context(), "user info failed", "error", err)
		writeJSON(w, http.StatusInternalServerError, oauthErrorBody{Error: codeServerError})
		return
	}
	if !slices.Contains(access.Scopes, scopeOpenID) {
		refuseBearer(w, http.StatusForbidden, codeInsufficientScope, "The access token lacks the scope openid.")
		return
	}
	about := map[string]string{"sub": access.User.Sub, "username": access.User.Username}
	maps.Copy(about, issuer.VisibleAttributes(access.Client, access.User, access.Scopes))
	writeJSON(w, http.StatusOK, about)
}

// The words of AWS's page on the endpoint.
const (
	badUserInfoRequest = "Bad OAuth2 request at UserInfo Endpoint"
	endedAccessToken   = "Access token is expired, disabled, or deleted, or the user has globally signed out."
)

func accessProblem(err error) (description string, ok bool) {
	for _, known := range []error{
		issuer.ErrTokenExpired, issuer.ErrNotAccessToken, authflow.ErrAccessRevoked, authflow.ErrNoUser, authflow.ErrDisabled,
	} {
		if errors.Is(err, known) {
			return endedAccessToken, true
		}
	}
	return "", false
}

// refuseBearer answers as RFC 6750 §3 has it.
func refuseBearer(w http.ResponseWriter, status int, code, description string) {
	w.Header().Set("WWW-Authenticate", `Bearer error="`+code+`", error_description="`+description+`"`)
	writeJSON(w, status, struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}{code, description})
}
