package oauth

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// chooseProvider returns the external provider that a request names, or "" for the
// pool itself.
func (s *Server) chooseProvider(ctx context.Context, client app, q url.Values) (string, error) {
	name := q.Get("identity_provider")
	if name == "" || name == directory.ProviderCognito {
		return "", nil
	}
	err := s.store.View(ctx, func(tx store.Tx) error {
		_, err := directory.GetProvider(tx, client.pool.ID, name)
		return err
	})
	if errors.Is(err, store.ErrNotFound) || err == nil && !slices.Contains(client.Providers, name) {
		return "", &authorizationError{code: codeInvalidRequest, description: "the client has no such identity_provider"}
	}
	if err != nil {
		return "", fmt.Errorf("reading a provider: %w", err)
	}
	return name, nil
}
