package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/internal/serve"
	"github.com/poolguard/poolguard/internal/terminal"
	"github.com/poolguard/poolguard/userpool"
)

// Config says where the demo runs and how its output looks. Pool, API and Out must be
// set.
type Config struct {
	// Pool and API are the listeners of the two servers, on loopback addresses. Run
	// closes them.
	Pool, API net.Listener

	// Once ends the demo after the walk; otherwise it serves until the context ends.
	Once bool

	// Out gets the text of the demo.
	Out io.Writer

	// Style is what Out can show. The zero value is ASCII without colours, 80 columns
	// wide.
	Style terminal.Style

	// Command is how a user calls this program in a shell. "" is "poolguard".
	Command string
}

// Run starts both servers and goes through the walk. Without Config.Once, it then serves
// until ctx ends, which is not an error. Where an answer differs from the expected one,
// Run returns a [*WalkError] after the walk.
func Run(ctx context.Context, cfg Config) error {
	d, err := newDemo(ctx, cfg)
	if err != nil {
		return errors.Join(err, cfg.close())
	}
	// The servers answer until the walk has ended, even where ctx ends before.
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	served := make(chan error, 1)
	go func() { served <- d.servers.Run(serving) }()
	err = d.run(ctx, cfg)
	stop()
	err = errors.Join(err, <-served)
	d.out.close()
	return err
}

func (c *Config) close() error {
	var errs []error
	for _, l := range []net.Listener{c.Pool, c.API} {
		if l == nil {
			continue
		}
		if err := l.Close(); !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func (c *Config) validate() error {
	var faults []error
	if c.Pool == nil {
		faults = append(faults, errors.New("demo: Config.Pool is nil"))
	}
	if c.API == nil {
		faults = append(faults, errors.New("demo: Config.API is nil"))
	}
	if c.Out == nil {
		faults = append(faults, errors.New("demo: Config.Out is nil"))
	}
	return errors.Join(faults...)
}

// A demo is the two servers with their parts.
type demo struct {
	setup    setup
	pool     *userpool.Server
	verifier *cognito.Verifier
	servers  *serve.Group
	out      *printer
}

func newDemo(ctx context.Context, cfg Config) (*demo, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	d := &demo{setup: newSetup("http://"+cfg.Pool.Addr().String(), "http://"+cfg.API.Addr().String(), cfg.Command)}
	var err error
	d.pool, err = userpool.New(userpool.Config{PublicURL: d.setup.poolURL, Pools: []userpool.Pool{d.setup.pool}}) //nolint:contextcheck // userpool.New takes no context
	if err != nil {
		return nil, err
	}
	pools, err := d.pool.Pools(ctx)
	if err != nil {
		return nil, err
	}
	d.setup.issuer = pools[0].Issuer
	d.verifier, err = d.setup.verifier(nil, appClient, machineClient)
	if err != nil {
		return nil, err
	}
	app, err := newApp(d.setup, d.verifier)
	if err != nil {
		return nil, err
	}
	d.out = newPrinter(cfg.Out, cfg.Style, map[string]string{
		cfg.Pool.Addr().String(): "at the pool",
		cfg.API.Addr().String():  "at the API",
	})
	d.servers, err = serve.New(serve.Config{Servers: []serve.Server{
		{Name: "pool", Listener: cfg.Pool, Handler: d.out.logRequests("pool", d.pool)},
		{Name: "api", Listener: cfg.API, Handler: d.out.logRequests("api", app)},
	}})
	if err != nil {
		d.out.close()
	}
	return d, err
}

// newHTTPClient returns a client that returns redirects and does not follow them. It
// connects to loopback addresses only, and uses no proxy, since the demo sends passwords
// and tokens.
func newHTTPClient(jar http.CookieJar) *http.Client {
	dialer := &net.Dialer{Control: loopbackOnly}
	return &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true, DialContext: dialer.DialContext},
		Jar:           jar,
		Timeout:       10 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// loopbackOnly rejects connections to other machines. It checks the address that a name
// was resolved to.
func loopbackOnly(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil || !to.Addr().Unmap().IsLoopback() {
		return fmt.Errorf("%s is not a loopback address", address)
	}
	return nil
}

func (d *demo) newWalk() *walk {
	return &walk{
		setup:     d.setup,
		out:       d.out,
		verifier:  d.verifier,
		poolTime:  d.pool.Now,
		moveClock: d.pool.SetClockOffset,
		newClient: newHTTPClient,
	}
}

func (d *demo) run(ctx context.Context, cfg Config) error {
	if err := d.newWalk().walk(ctx); err != nil {
		return err
	}
	if cfg.Once {
		return d.out.failure()
	}
	d.out.nextSteps(d.setup)
	if err := d.out.failure(); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}
