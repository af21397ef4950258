package authserver

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
)

// authenticateClient finds the client that sends a token request, by Basic or by
// the body (RFC 6749 §2.3.1). Unknown clients and wrong secrets look the same.
func (s *Server) authenticateClient(ctx context.Context, header http.Header, form url.Values) (app, error) {
	id, secret := form.Get("client_id"), form.Get("client_secret")
	if authorization := header.Values("Authorization"); len(authorization) > 0 {
		basicID, basicSecret, ok := parseBasic(authorization)
		switch {
		case !ok:
			return app{}, refuse(codeInvalidClient, "malformed or repeated Authorization header")
		case secret != "":
			return app{}, refuse(codeInvalidRequest, "two client secrets")
		case id != "" && id != basicID:
			return app{}, refuse(codeInvalidClient, "client_id differs from the Authorization header's")
		}
		id, secret = basicID, basicSecret
	}
	if id == "" {
		return app{}, refuse(codeInvalidClient, "no client_id")
	}
	client, ok, err := s.findApp(ctx, id)
	if err != nil {
		return app{}, err
	}
	if !ok {
		return app{}, refuse(codeInvalidClient, "no such client")
	}
	if !sameSecret(secret, string(client.Secret)) {
		return app{}, refuse(codeInvalidClient, "wrong client secret")
	}
	return client, nil
}

func parseBasic(authorization []string) (id, secret string, ok bool) {
	if len(authorization) != 1 {
		return "", "", false
	}
	scheme, encoded, _ := strings.Cut(authorization[0], " ")
	if !strings.EqualFold(scheme, "Basic") {
		return "", "", false
	}
	decoded, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return "", "", false
	}
	id, secret, ok = strings.Cut(string(decoded), ":")
	// "%" is in no client ID, "+" may be: only an encoded ID is decoded.
	if unescaped, err := url.QueryUnescape(id); err == nil && strings.Contains(id, "%") {
		id = unescaped
	}
	return id, secret, ok
}

// sameSecret accepts the secret of Basic authentication in two forms: unchanged, as curl
// sends it, and form-encoded, as the RFC has it: only "+" differs in a client secret. Public
// clients have, and must send, the empty one.
func sameSecret(sent, want string) bool {
	// All hashes have the same length: the comparison does not show the length of the secret.
	wantSum := sha256.Sum256([]byte(want))
	equal := func(candidate string) bool {
		sum := sha256.Sum256([]byte(candidate))
		return subtle.ConstantTimeCompare(sum[:], wantSum[:]) == 1
	}
	if decoded, err := url.QueryUnescape(sent); err == nil && equal(decoded) {
		return true
	}
	return equal(sent)
}
