package userpool

import (
	"context"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// PoolInfo says what a verifier of a pool's tokens must know.
type PoolInfo struct {
	ID   string
	Name string
	// Issuer is what the pool's tokens have in iss.
	Issuer string
	// ClientIDs are those of all its app clients, in their order.
	ClientIDs []string
}

// Pools returns the pools that the server has now, in the order of their IDs: those
// of its Config, those that the API made since, and what its Storage had before.
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

// Now tells the time as the server has it: that of Config.Clock, and what
// [Server.SetClockOffset] or the controls add to it.
func (s *Server) Now() time.Time { return s.now() }
