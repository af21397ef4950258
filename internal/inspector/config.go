package inspector

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"time"

	"github.com/poolguard/poolguard/internal/web"
)

//go:embed pages/*.html pages/style.css
var pageFiles embed.FS

// Config says which user pools the page knows. Pools must be set.
type Config struct {
	// Pools returns the user pools whose tokens the page checks. The page calls it for
	// every request, since pools come and go. It must obey ctx, which has a deadline,
	// and may be called concurrently. With an empty list, the page decodes tokens and
	// checks none. An error goes to Logger, and the page asks the user to try again.
	Pools func(ctx context.Context) ([]Pool, error)

	// Now returns the time at which tokens are checked. nil is [time.Now]. It may be
	// called concurrently.
	Now func() time.Time

	// Logger logs errors of Pools and KeySet, and requests that are rejected as those of
	// another site. It never gets a part of a token. nil logs nothing.
	Logger *slog.Logger
}

// A Pool is a user pool whose tokens the page checks. All fields except ClientIDs must
// be set.
type Pool struct {
	// ID is the user pool ID, such as us-east-1_Local0001. Every pool has another one.
	ID string

	// Issuer is the value of iss in the pool's tokens, character by character. It may be
	// an address of AWS: the page compares it and never connects to it.
	Issuer string

	// ClientIDs are the app clients whose tokens are accepted where the form names
	// none. A pool without app clients has no token that is accepted.
	ClientIDs []string

	// KeySet returns the JSON Web Key Set that the pool publishes now. The page calls it
	// when a token names Issuer, at most once for a request. It must obey ctx. See
	// [KeySetFrom].
	KeySet func(ctx context.Context) ([]byte, error)
}

// fault is why the pool cannot be used, nil for a good one. The library checks ID and
// Issuer itself.
func (p *Pool) fault(n int) error {
	var faults []error
	if p.Issuer == "" { // the library takes both of AWS's issuers for an empty one
		faults = append(faults, fmt.Errorf("Pools[%d].Issuer is empty", n))
	}
	if p.KeySet == nil {
		faults = append(faults, fmt.Errorf("Pools[%d].KeySet is nil", n))
	}
	return errors.Join(faults...)
}

// A Page is the token inspector, an http.Handler. It can be served at any path of its
// own. It is safe for concurrent use. Make it with [New].
type Page struct {
	pools func(context.Context) ([]Pool, error)
	now   func() time.Time
	log   *slog.Logger
	pages *web.Pages
	csrf  *web.CSRF
}

// New checks config and returns the page. It does no I/O.
func New(config Config) (*Page, error) {
	var faults []error
	if config.Pools == nil {
		faults = append(faults, errors.New("inspector: Config.Pools is nil"))
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	files, err := fs.Sub(pageFiles, "pages")
	faults = append(faults, err)
	pages, err := web.New(web.Config{
		Name:       "Token inspector",
		Files:      files,
		Functions:  template.FuncMap{"stamp": stamp, "missing": missingWords},
		FormAction: []string{web.Self},
	})
	faults = append(faults, err)
	csrf, err := web.NewCSRF("poolguard-inspector", nil)
	if err := errors.Join(append(faults, err)...); err != nil {
		return nil, err
	}
	return &Page{pools: config.Pools, now: config.Now, log: config.Logger, pages: pages, csrf: csrf}, nil
}
