package inspector

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// Config says whose tokens the page judges. Pools must be set.
type Config struct {
	// Pools returns the user pools whose tokens are judged now. It is asked with every
	// request, as pools come and go; it must obey ctx, which has a deadline, and may be
	// called concurrently. Of an empty list comes a page that decodes and judges
	// nothing. An error goes to Logger, and whoever asked is told to try again.
	Pools func(ctx context.Context) ([]Pool, error)

	// Now tells the time to judge at; nil is [time.Now]. It may be called concurrently.
	Now func() time.Time

	// Logger is told what went wrong with Pools and KeySet and that a request was
	// refused as another site's. It never sees a part of a token. Nil means no log.
	Logger *slog.Logger
}

// A Pool is a user pool as the page needs to know it. All fields but ClientIDs must
// be set.
type Pool struct {
	// ID is the user pool ID, such as us-east-1_Local0001. No two pools share one.
	ID string

	// Issuer is what the pool's tokens have in iss, letter by letter. It may be one of
	// AWS's names: it is compared and never asked.
	Issuer string

	// ClientIDs are the app clients for one of which a token must be, where the form
	// names none. Of a pool without clients no token is accepted.
	ClientIDs []string

	// KeySet returns the pool's JSON Web Key Set as it is published now. It is asked
	// when a token names Issuer, at most once per request, and must obey ctx. See
	// [KeySetFrom].
	KeySet func(ctx context.Context) ([]byte, error)
}

// fault is why the pool cannot be used, nil for a good one. What the library asks of
// ID and Issuer it says itself.
func (p *Pool) fault(n int) error {
	var faults []error
	if p.Issuer == "" { // to the library, none would mean both of AWS's
		faults = append(faults, fmt.Errorf("Pools[%d].Issuer is empty", n))
	}
	if p.KeySet == nil {
		faults = append(faults, fmt.Errorf("Pools[%d].KeySet is nil", n))
	}
	return errors.Join(faults...)
}

// A Page is the token inspector, to be served at a path of its own: it does not mind
// which. It is safe for concurrent use.
type Page struct {
	pools   func(context.Context) ([]Pool, error)
	now     func() time.Time
	log     *slog.Logger
	formKey []byte // authenticates forms, see csrf.go
}

// New checks config and returns the page.
func New(config Config) (*Page, error) {
	if config.Pools == nil {
		return nil, errors.New("inspector: Config.Pools is nil")
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	p := &Page{pools: config.Pools, now: config.Now, log: config.Logger, formKey: make([]byte, 32)}
	_, _ = rand.Read(p.formKey) // it never fails
	return p, nil
}
