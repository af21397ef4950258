package keyset

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	"github.com/poolguard/poolguard/cognito/internal/configerror"
)

// A FileConfig says where a [File] reads its set. Path is mandatory.
type FileConfig struct {
	// Path is that of a regular file of at most [MaxBytes] with a JSON Web Key
	// Set. A program that can write it can make any token valid. The path appears in
	// errors and logs.
	Path string

	// CoolDown is the least time between two looks at the file: 0 for
	// [DefaultCoolDown].
	CoolDown time.Duration

	// Clock returns the time. Default: the system's.
	Clock Clock

	// Logger logs content that cannot be used. Default: nothing is logged.
	Logger *slog.Logger
}

// File is a [Source] that keeps the set of a file, and reads it again when it was
// changed.
//
// A lookup of a key checks the file, at most once per FileConfig.CoolDown. During the
// check other lookups of known keys do not wait. If a changed file cannot be used, that is
// logged and the last good set stays in use without a time limit: the program that writes
// the file decides how old a set may be. A context does not interrupt reading; it
// interrupts the wait for another reader.
//
// Make one with [NewFile]. The zero File, and nil, have no key set: each lookup is an
// [UnavailableError].
type File struct {
	path     string
	coolDown time.Duration
	clock    Clock
	log      *slog.Logger

	// current is what lookups of known names read without a lock. It is written
	// by the holder of turn only.
	current atomic.Pointer[view]

	// turn holds one token for whoever looks at the file; a channel and not a
	// mutex, because waiting for it ends with a context. It guards the rest.
	turn     chan struct{}
	held     *Set
	lookedAt time.Time   // zero: never
	info     fs.FileInfo // of the content last read; nil: read it in any case
	lastErr  error       // of the last look; nil: it was good
}

var _ Source = (*File)(nil)

// NewFile returns a Source for the file in config. It does not look at the file
// yet. The error joins every fault of config, each a [*ConfigError].
func NewFile(config FileConfig) (*File, error) {
	faults := configerror.In("keyset", "FileConfig")
	if config.Path == "" {
		faults.Add("Path", "is empty")
	}
	if config.CoolDown < 0 {
		faults.Add("CoolDown", "is negative (%v)", config.CoolDown)
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	f := &File{
		path:     config.Path,
		coolDown: config.CoolDown,
		clock:    orSystem(config.Clock),
		log:      orDiscard(config.Logger).With("file", config.Path),
		turn:     make(chan struct{}, 1),
	}
	if f.coolDown == 0 {
		f.coolDown = DefaultCoolDown
	}
	return f, nil
}

// isMade reports whether f comes from NewFile.
func (f *File) isMade() bool { return f != nil && f.clock != nil }

// Key implements [Source].
func (f *File) Key(ctx context.Context, id string) (*Key, error) {
	if !f.isMade() {
		return nil, errNotMade
	}
	//mutate:ignore it saves a look at the file: no key has an empty name
	if id == "" {
		return nil, ErrKeyNotFound
	}
	v := f.current.Load()
	if v != nil {
		if key, ok := v.set.Key(id); ok {
			if v.covers(f.clock.Now()) {
				return key, nil
			}
			// Somebody else is looking at the file: this key will do meanwhile.
			select {
			case f.turn <- struct{}{}:
				defer func() { <-f.turn }()
				set, err := f.look()
				return keyOf(set, id, err)
			default:
				return key, nil
			}
		}
	}
	set, err := f.refresh(ctx)
	return keyOf(set, id, err)
}

func keyOf(set *Set, id string, err error) (*Key, error) {
	if set != nil {
		if key, ok := set.Key(id); ok {
			return key, nil
		}
	}
	if err != nil {
		return nil, err
	}
	return nil, ErrKeyNotFound
}

// Replacement implements [Source]. The error, an [*UnavailableError], says that no
// set is held or that the caller gave up waiting.
func (f *File) Replacement(ctx context.Context, old *Key) (*Key, error) {
	switch {
	case !f.isMade():
		return nil, errNotMade
	case old == nil:
		return nil, nil
	}
	set, err := f.refresh(ctx)
	if set == nil {
		return nil, err
	}
	return set.replacement(old), nil
}

// Holds implements [Source].
func (f *File) Holds(key *Key, now time.Time) bool {
	return f != nil && f.current.Load().holds(key, now)
}

// Load implements [Source]: nil means that keys are held.
func (f *File) Load(ctx context.Context) error {
	if !f.isMade() {
		return errNotMade
	}
	set, err := f.refresh(ctx)
	if set == nil {
		return err
	}
	return nil
}

// refresh looks at the file in its turn. With both a set and an error, the last
// look failed and the set is an earlier one.
func (f *File) refresh(ctx context.Context) (*Set, error) {
	select {
	case f.turn <- struct{}{}:
		defer func() { <-f.turn }()
		return f.look()
	case <-ctx.Done():
		return nil, &UnavailableError{
			message:    fmt.Sprintf("gave up waiting for the key set in %s: %v", f.path, ctx.Err()),
			cause:      ctx.Err(),
			retryAfter: soonest,
		}
	}
}

// look looks at the file if it may, and answers as refresh does. The caller holds
// the turn.
func (f *File) look() (*Set, error) {
	now := wallTime(f.clock)
	if f.lookedAt.IsZero() || now.Before(f.lookedAt) || now.Sub(f.lookedAt) >= f.coolDown {
		f.lookedAt = now
		before := f.lastErr
		f.lastErr = f.read()
		f.report(before)
	}
	if f.held != nil {
		f.current.Store(&view{set: f.held, from: f.lookedAt, until: f.lookedAt.Add(f.coolDown)})
	}
	if f.lastErr == nil {
		return f.held, nil
	}
	err := &UnavailableError{
		message:    fmt.Sprintf("the key set in %s cannot be used: %s", f.path, reason(f.lastErr)),
		cause:      f.lastErr,
		retryAfter: soonest,
	}
	if wait := f.lookedAt.Add(f.coolDown).Sub(now); wait > 0 {
		err.retryAfter = wait
	}
	return f.held, err
}

// read takes over the content of the file where it was changed. The caller holds
// the turn.
func (f *File) read() error {
	//mutate:ignore it saves reading the file again
	if f.info != nil {
		info, err := os.Stat(f.path)
		//mutate:ignore always: with an error there is no information, which is another file
		if err == nil && same(f.info, info) {
			return nil
		}
	}
	f.info = nil
	body, info, err := readFile(f.path)
	if err != nil {
		return err
	}
	set, err := Parse(body)
	if err != nil {
		return err
	}
	set.adopt(f.held)
	f.held = set
	logSkipped(f.log, set)
	// Two changes within one tick of the file system's clock leave the same time.
	// A content that young is read again at the next look, whatever its time says.
	const tick = 2 * time.Second
	//mutate:ignore never: without it the file is read more often
	if age := f.lookedAt.Sub(info.ModTime()); age >= tick {
		f.info = info
	}
	return nil
}

// same reports whether nothing says that the file was changed or replaced.
func same(a, b fs.FileInfo) bool {
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}

// report logs what changed about the file, once. The caller holds the turn.
func (f *File) report(before error) {
	switch {
	case f.lastErr != nil && (before == nil || before.Error() != f.lastErr.Error()):
		f.log.Warn("the key set file cannot be used", "error", reason(f.lastErr), "earlier_set_kept", f.held != nil)
	case f.lastErr == nil && before != nil:
		f.log.Info("the key set file can be used again")
	}
}
