package poolserve

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"slices"

	"github.com/poolguard/poolguard/internal/linequeue"
	"github.com/poolguard/poolguard/internal/localtls"
	"github.com/poolguard/poolguard/internal/serve"
	"github.com/poolguard/poolguard/internal/terminal"
	"github.com/poolguard/poolguard/internal/yamlfile"
	"github.com/poolguard/poolguard/userpool"
)

// Config says what is served, and where its text goes. Pool, Listener, Command and Write
// must be set.
type Config struct {
	// Pool is the configuration of the user pools, with at least one pool, PublicURL and
	// IssuerForm. Run sets Deliver, Inspector and Logger.
	Pool userpool.Config
	// Listener is closed by Run.
	Listener net.Listener
	// Certificate makes it serve HTTPS. nil is plain HTTP.
	Certificate *localtls.Certificate
	// Data is the directory of Pool.Storage, for the text. "" is memory.
	Data string
	// Origin says where a secret of the configuration comes from. nil is the
	// configuration itself.
	Origin func(field string) yamlfile.Source
	// Command is how a shell calls this program.
	Command string
	// Style is that of Write.
	Style terminal.Style
	// Write writes to the operator. It is called by one goroutine at a time. A call that
	// waits for a full pipe can outlast Run.
	Write func([]byte) error
	// Log gets the lines of the log, from one goroutine. Requests do not wait for it either.
	// nil is no log.
	Log io.Writer
}

// Run serves until ctx ends, and returns nil then. It first writes what there is to use.
// An error of Write is returned as it is.
func Run(ctx context.Context, config Config) error {
	config.Pool.Logger = slog.New(slog.DiscardHandler)
	if config.Log != nil {
		logger, lines := linequeue.NewLogger(config.Log)
		defer lines.Close()
		config.Pool.Logger = logger
	}
	codes := newPostbox(config.Style, config.Pool.Logger, config.Write)
	defer codes.flush()
	config.Pool.Deliver = codes.deliver
	page, setServer, err := inspectorPage(config.Pool.Logger)
	if err != nil {
		return err
	}
	config.Pool.Inspector = page
	server, err := userpool.New(config.Pool) //nolint:contextcheck // it does no I/O that a context could end
	if err != nil {
		return err
	}
	setServer(server)
	infos, err := server.Pools(ctx)
	if err != nil {
		return fmt.Errorf("the stored pools cannot be read: %w", err)
	}
	if err := config.Write([]byte(newStartText(config, infos).String())); err != nil {
		return err
	}
	served := serve.Server{Name: "pool", Listener: config.Listener, Handler: server}
	if config.Certificate != nil {
		served.TLS = config.Certificate.TLS
	}
	group, err := serve.New(serve.Config{Servers: []serve.Server{served}})
	if err != nil {
		return err
	}
	return group.Run(ctx)
}

// shown returns the pools of the start text: those of the configuration with what was
// imported, then those that were only imported.
func shown(configured []userpool.Pool, imported *userpool.Descriptions) []userpool.Pool {
	if imported == nil {
		return configured
	}
	pools := slices.Clone(configured)
	for _, described := range imported.Pools() {
		i := slices.IndexFunc(pools, func(p userpool.Pool) bool { return p.ID == described.ID })
		if i < 0 {
			pools = append(pools, described)
			continue
		}
		// Its own clients first: the origin of a secret goes by the number of the client.
		pools[i].Clients = slices.Concat(pools[i].Clients, described.Clients)
	}
	return pools
}

// issuersOf returns the issuer of each pool, by the pool's ID.
func issuersOf(pools []userpool.PoolInfo) map[string]string {
	issuers := make(map[string]string, len(pools))
	for _, info := range pools {
		issuers[info.ID] = info.Issuer
	}
	return issuers
}

// stored compares the pools that a server has with the configured ones. more are the
// pools that only its storage has. deleted has the IDs of configured pools and clients
// that were deleted from its storage.
func stored(pools []userpool.PoolInfo, configured []userpool.Pool) (more []userpool.PoolInfo, deleted map[string]bool) {
	deleted = map[string]bool{}
	for _, p := range configured {
		deleted[p.ID] = true
		for _, c := range p.Clients {
			deleted[c.ID] = true
		}
	}
	for _, info := range pools {
		if !deleted[info.ID] {
			more = append(more, info)
		}
		delete(deleted, info.ID)
		for _, id := range info.ClientIDs {
			delete(deleted, id)
		}
	}
	return more, deleted
}
