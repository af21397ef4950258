package authserver

import (
	"context"
	"net/http"
	"net/url"
	"slices"
)

// handleLogout ends the browser's session. It is Cognito's own endpoint, not
// OpenID Connect's RP-initiated logout: with logout_uri it goes there, with
// redirect_uri and response_type it asks for the next sign-in
// (https://docs.aws.amazon.com/cognito/latest/developerguide/logout-endpoint.html).
func (s *Server) handleLogout(w http.ResponseWriter, r *http.Request) {
	client, target, err := s.parseLogout(r.Context(), r.URL.RawQuery)
	if err != nil {
		s.refuseAuthorization(w, r, err)
		return
	}
	if err := s.dropSession(r, client.pool.ID); err != nil {
		s.log.ErrorContext(r.Context(), "sign-out failed", "client", client.ID, "error", err)
		s.refuseAuthorization(w, r, &authorizationError{code: codeServerError, clientID: client.ID})
		return
	}
	http.SetCookie(w, s.sessionCookie(client.pool.ID, "", -1))
	s.log.InfoContext(r.Context(), "signed out", "client", client.ID)
	redirect(w, target)
}

// parseLogout returns the client and where to go. Nothing is signed out before
// the target is known to be the client's.
func (s *Server) parseLogout(ctx context.Context, rawQuery string) (app, string, error) {
	if len(rawQuery) > maxQueryBytes {
		return app{}, "", &authorizationError{code: codeInvalidRequest, description: "the query is too long"}
	}
	q, err := url.ParseQuery(rawQuery)
	if err != nil {
		return app{}, "", &authorizationError{code: codeInvalidRequest, description: "the query is malformed"}
	}
	if len(q["client_id"]) != 1 || len(q["logout_uri"]) > 1 {
		return app{}, "", &authorizationError{code: codeInvalidRequest, description: "client_id and logout_uri must each appear once"}
	}
	client, ok, err := s.findApp(ctx, q.Get("client_id"))
	if err != nil {
		return app{}, "", err
	}
	if !ok {
		return app{}, "", &authorizationError{code: codeInvalidClient, description: "no such client"}
	}
	if !q.Has("logout_uri") {
		request, err := s.parseAuthorization(ctx, rawQuery)
		if err != nil {
			return app{}, "", err
		}
		return client, "/login?" + request.query, nil
	}
	if !slices.Contains(client.SignOutURLs, q.Get("logout_uri")) {
		return app{}, "", redirectMismatch(client.ID, "logout_uri", q.Get("logout_uri"), client.SignOutURLs)
	}
	return client, q.Get("logout_uri"), nil
}
