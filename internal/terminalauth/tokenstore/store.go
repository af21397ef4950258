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

// ErrNone reports that no tokens are kept for the profile.
var ErrNone = errors.New("not signed in")

// ErrUnreadable reports that the file cannot be decrypted or parsed: it was changed, or
// the ring has another key. A new sign-in replaces the file.
var ErrUnreadable = errors.New("the kept tokens cannot be read any more")

// DefaultPatience is how long [Store.Turn] waits if Config.Patience is 0. A process that
// has the turn ends it within the time-outs of a few requests.
const DefaultPatience = time.Minute

// maxFile is the size of the largest file in bytes. Cognito's tokens have some kilobytes.
const maxFile = 1 << 20

// A Config says where tokens are kept.
type Config struct {
	// Directory has the files. The store creates it when there are tokens to keep.
	Directory string
	// Profile is part of the file's name. The caller has checked it.
	Profile string
	// Ring is the operating system's key ring; nil means that there is none.
	Ring Ring
	// RingOnly refuses to keep the tokens of a new sign-in without the ring.
	RingOnly bool
	// Patience is how long [Store.Turn] waits; 0 means [DefaultPatience].
	Patience time.Duration
}

// A Store keeps the tokens of one profile. It has no tokens in memory and no open file.
// It is safe for concurrent use, also by several processes.
type Store struct{ config Config }

// Open returns the store of config. It does no I/O.
func Open(config Config) *Store {
	if config.Patience == 0 {
		config.Patience = DefaultPatience
	}
	return &Store{config}
}

// Path returns the path of the file.
func (s *Store) Path() string {
	// Without "profile-", a name such as con would mean a device on Windows. Without
	// ".json", the file of a profile dev.lock would be the lock of dev.
	return filepath.Join(s.config.Directory, "profile-"+s.config.Profile+".json")
}

// Writable returns an error if tokens cannot be kept. It creates the directory, and in it
// a file that it deletes at once.
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

// Load returns the tokens that were written last, and how they are kept. It does not wait
// for a turn. The error is [ErrNone], [ErrUnreadable], a [*RingError], or about the file.
func (s *Store) Load(ctx context.Context) (*Tokens, Kept, error) {
	tokens, key, err := s.load(ctx)
	if err != nil {
		return nil, "", err
	}
	return tokens, keptBy(key), nil
}

// load also returns the key that decrypted the file, nil if the file is not encrypted.
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

// A Turn is the right to change the file. Call [Turn.End] after use.
type Turn struct {
	store   *Store
	release func()
	loaded  bool
	key     []byte // that decrypted the file, nil if it is not encrypted
}

// Turn waits until no other caller has the turn, in this process or another one. The
// error is of ctx, [privatefile.ErrBusy], or about the directory.
func (s *Store) Turn(ctx context.Context) (*Turn, error) {
	if err := privatefile.Directory(s.config.Directory); err != nil {
		return nil, err
	}
	release, err := privatefile.Take(ctx, s.Path()+".lock", s.config.Patience)
	if err != nil {
		return nil, err
	}
	return &Turn{store: s, release: release}, nil
}

// End ends the turn. Other callers can then have one.
func (t *Turn) End() { t.release() }

// Begin keeps the tokens of a new sign-in. If there is a ring, it encrypts the file with a
// new key; otherwise the file is not encrypted, unless Config.RingOnly forbids that. If the
// ring fails and the file is not encrypted, why has the reason.
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

// Load is [Store.Load] while no other caller changes the file. It remembers the key for
// [Turn.Replace], which then works even if the ring is locked in the meantime.
func (t *Turn) Load(ctx context.Context) (*Tokens, Kept, error) {
	tokens, key, err := t.store.load(ctx)
	if err != nil {
		return nil, "", err
	}
	t.loaded, t.key = true, key
	return tokens, keptBy(key), nil
}

// Replace keeps newer tokens of the same sign-in, in the same way as those that Load
// returned. It does not use the ring, so the tokens stay encrypted even if the ring is
// gone. Call [Turn.Load] first.
func (t *Turn) Replace(tokens *Tokens) error {
	switch {
	case !t.loaded:
		return errors.New("there are no loaded tokens to replace")
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

// Delete deletes the tokens and their key. It returns nil if there are none. If the ring
// fails, the error is a [*RingError]; the file is deleted nevertheless, and the key is of
// no use without it.
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

// account is the name of the key in the ring: the path of the file that it decrypts. The
// user may see it.
func (s *Store) account() (string, error) {
	path, err := filepath.Abs(s.Path())
	if err != nil {
		return "", fmt.Errorf("the absolute path of %s is unknown: %w", s.Path(), err)
	}
	// A directory that is reached through a link has the same name as without it.
	if target, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		path = filepath.Join(target, filepath.Base(path))
	} else if !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	return path, nil
}
