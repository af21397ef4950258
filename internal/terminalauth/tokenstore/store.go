package tokenstore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/poolguard/poolguard/internal/privatefile"
)

// ErrNone says that no tokens are kept for the profile.
var ErrNone = errors.New("not signed in")

// ErrUnreadable says that what is kept is no good any more: it was changed, or
// another key is in the ring. A new sign-in replaces it.
var ErrUnreadable = errors.New("the tokens that are kept here cannot be read any more")

// DefaultPatience is how long [Store.Turn] waits for others where Config.Patience is 0.
// The process that has the turn ends it within the time-outs of a few requests.
const DefaultPatience = time.Minute

// maxFile bounds a file of tokens. Cognito's have some kilobytes.
const maxFile = 1 << 20

// A Config says where tokens are kept.
type Config struct {
	// Directory is that of the files. It is made when there is something to keep.
	Directory string
	// Profile names the file; the caller has seen that it is a good name for one.
	Profile string
	// Ring is the operating system's key ring, nil for none.
	Ring Ring
	// RingOnly says that the tokens of a new sign-in are not to be in a file that is not
	// encrypted, whatever is wrong with the ring.
	RingOnly bool
	// Patience is how long to wait for one's turn, 0 for [DefaultPatience].
	Patience time.Duration
}

// A Store keeps the tokens of one profile. It holds none itself, and nothing open; it
// is safe for concurrent use, by many processes too.
type Store struct{ config Config }

// Open returns the store that config describes. It does no I/O.
func Open(config Config) *Store {
	if config.Patience == 0 {
		config.Patience = DefaultPatience
	}
	return &Store{config}
}

// Path is that of the file.
func (s *Store) Path() string {
	// "profile-" keeps names such as con from meaning a device on Windows, and ".json"
	// the file of a profile dev.lock from being the lock of dev.
	return filepath.Join(s.config.Directory, "profile-"+s.config.Profile+".json")
}

// Writable finds out whether tokens could be kept, by a file that is gone at once. It
// makes the directory.
func (s *Store) Writable() error {
	if err := privatefile.Directory(s.config.Directory); err != nil {
		return err
	}
	f, err := os.CreateTemp(s.config.Directory, ".try-*")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// Load returns the tokens and how they are kept. It does not wait for a turn: it returns
// the tokens that were written last. The error is [ErrNone], [ErrUnreadable], a [*RingError], or about
// the file.
func (s *Store) Load(ctx context.Context) (*Tokens, Kept, error) {
	tokens, key, err := s.load(ctx)
	if err != nil {
		return nil, "", err
	}
	return tokens, keptBy(key), nil
}

// load also returns the key that the file was opened with, nil where it needs none.
func (s *Store) load(ctx context.Context) (tokens *Tokens, key []byte, err error) {
	text, err := privatefile.Read(s.Path(), maxFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, ErrNone
	}
	if err != nil {
		return nil, nil, err
	}
	e, err := readEnvelope(text)
	if err != nil {
		return nil, nil, err
	}
	if e.Kept == InFile {
		return e.Tokens, nil, nil
	}
	if key, err = s.key(ctx); err != nil {
		return nil, nil, err
	}
	tokens, err = unseal(e.Sealed, key, s.config.Profile)
	return tokens, key, err
}

func keptBy(key []byte) Kept {
	if key == nil {
		return InFile
	}
	return InRing
}

// A Turn is the right to change what is kept. End it.
type Turn struct {
	store    *Store
	giveBack func()
	loaded   bool
	key      []byte // that the file was opened with, nil for a plain one
}

// Turn waits until no other caller, in this process or another, has the turn. The error is of
// ctx, [privatefile.ErrBusy], or about the directory.
func (s *Store) Turn(ctx context.Context) (*Turn, error) {
	if err := privatefile.Directory(s.config.Directory); err != nil {
		return nil, err
	}
	giveBack, err := privatefile.Take(ctx, s.Path()+".lock", s.config.Patience)
	if err != nil {
		return nil, err
	}
	return &Turn{store: s, giveBack: giveBack}, nil
}

// End gives the turn back.
func (t *Turn) End() { t.giveBack() }

// Begin keeps the tokens of a new sign-in: in the ring where there is one, with a new
// key, else in the file, unless Config.RingOnly forbids that. why says what is wrong
// with the ring where tokens are in the file in spite of one, and is nil otherwise.
func (t *Turn) Begin(ctx context.Context, tokens *Tokens) (kept Kept, why, err error) {
	ring, only := t.store.config.Ring, t.store.config.RingOnly
	key := newKey()
	switch {
	case ring != nil:
		why = t.store.setKey(ctx, key)
	case only:
		why = &RingError{errNoRing}
	}
	switch {
	case why != nil && ctx.Err() != nil:
		return "", nil, ctx.Err()
	case why != nil && only:
		return "", nil, why
	case why != nil || ring == nil:
		return InFile, why, t.write(envelope{Kept: InFile, Tokens: tokens})
	}
	sealed, err := seal(tokens, key, t.store.config.Profile)
	if err != nil {
		return "", nil, err
	}
	return InRing, nil, t.write(envelope{Kept: InRing, Sealed: sealed})
}

// Load is [Store.Load] within the turn, so no other process changes the file. It keeps
// the key that Replace needs: if the ring is locked in between, no new tokens are lost.
func (t *Turn) Load(ctx context.Context) (*Tokens, Kept, error) {
	tokens, key, err := t.store.load(ctx)
	if err != nil {
		return nil, "", err
	}
	t.loaded, t.key = true, key
	return tokens, keptBy(key), nil
}

// Replace keeps newer tokens of the same sign-in, the way those before were kept that
// Load found: a ring that is gone does not turn them into plain text. It asks no ring.
func (t *Turn) Replace(tokens *Tokens) error {
	switch {
	case !t.loaded:
		return errors.New("nothing was loaded that could be replaced")
	case t.key == nil:
		return t.write(envelope{Kept: InFile, Tokens: tokens})
	}
	sealed, err := seal(tokens, t.key, t.store.config.Profile)
	if err != nil {
		return err
	}
	return t.write(envelope{Kept: InRing, Sealed: sealed})
}

func (t *Turn) write(e envelope) error {
	text, err := e.marshal()
	if err != nil {
		return err
	}
	return privatefile.Write(t.store.Path(), text)
}

// Delete forgets the tokens, and their key. That there are none is no error. Where the
// ring cannot be asked the file is deleted nevertheless, without which the key is of
// no use, and the error is a [*RingError].
func (t *Turn) Delete(ctx context.Context) error {
	sealed := true
	if text, err := privatefile.Read(t.store.Path(), maxFile); err == nil {
		if e, err := readEnvelope(text); err == nil {
			sealed = e.Kept == InRing
		}
	} else if errors.Is(err, fs.ErrNotExist) {
		sealed = false
	}
	if err := privatefile.Remove(t.store.Path()); err != nil {
		return err
	}
	if !sealed || t.store.config.Ring == nil {
		return nil
	}
	return t.store.forgetKey(ctx)
}

// account is what the key goes by in the ring, where people may see it: the file that
// it opens.
func (s *Store) account() (string, error) {
	path, err := filepath.Abs(s.Path())
	if err != nil {
		return "", fmt.Errorf("where %s is cannot be found out: %w", s.Path(), err)
	}
	// Directories that are links have one name: the ring is asked from everywhere.
	if target, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		path = filepath.Join(target, filepath.Base(path))
	} else if !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	return path, nil
}
