package userpool

import (
	"context"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// PoolInfo is the data of a pool that a verifier of its tokens needs.
type PoolInfo struct {
	ID   string
	Name string
	// Issuer is the `iss` claim of the pool's tokens. It depends on Config.PublicURL and
	// Config.IssuerForm.
	Issuer string
	// ClientIDs are the IDs of all app clients, sorted.
	ClientIDs []string
}

// Pools returns the pools that the server has now, sorted by ID. They are from its Config,
// from its Storage, and from calls of the API. It is safe for concurrent use.
func (s *Server) Pools(ctx context.Context) ([]PoolInfo, error) {
	var infos []PoolInfo
	err := s.store.View(ctx, func(tx store.Tx) error {
		for pool, err := range directory.Pools(tx, "") {
			if err != nil {
				return err
			}
			info := PoolInfo{ID: pool.ID, Name: pool.Name, Issuer: s.issuerURL(pool.ID)}
			for client, err := range directory.Clients(tx, pool.ID, "") {
				if err != nil {
					return err
				}
				info.ClientIDs = append(info.ClientIDs, client.ID)
			}
			infos = append(infos, info)
		}
		return nil
	})
	return infos, err
}

// Now returns the time of the server: the time of Config.Clock plus the offset that
// [Server.SetClockOffset] or the controls set.
func (s *Server) Now() time.Time { return s.now() }
