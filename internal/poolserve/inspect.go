package poolserve

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/poolguard/poolguard/internal/inspector"
	"github.com/poolguard/poolguard/userpool"
)

// inspectorPage makes the page that explains tokens. The server serves it and it
// asks the server, so it learns of the server afterwards.
func inspectorPage(log *slog.Logger) (page http.Handler, setServer func(*userpool.Server), err error) {
	var server atomic.Pointer[userpool.Server]
	page, err = inspector.New(inspector.Config{
		Logger: log,
		// Tokens are judged by the clock that made them, which the controls may move.
		Now: func() time.Time {
			if s := server.Load(); s != nil {
				return s.Now()
			}
			return time.Now()
		},
		Pools: func(ctx context.Context) ([]inspector.Pool, error) {
			s := server.Load()
			if s == nil {
				return nil, errors.New("the server is not there yet")
			}
			return inspected(ctx, s)
		},
	})
	return page, server.Store, err
}

// inspected returns the pools of a server, with key sets from its own handler.
func inspected(ctx context.Context, s *userpool.Server) ([]inspector.Pool, error) {
	infos, err := s.Pools(ctx)
	if err != nil {
		return nil, err
	}
	pools := make([]inspector.Pool, len(infos))
	for n, info := range infos {
		pools[n] = inspector.Pool{
			ID: info.ID, Issuer: info.Issuer, ClientIDs: info.ClientIDs,
			KeySet: inspector.KeySetFrom(s, "/"+info.ID+"/.well-known/jwks.json"),
		}
	}
	return pools, nil
}
