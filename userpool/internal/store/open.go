package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// Errors of [Open] that [errors.Is] finds; their texts say what to do.
var (
	// ErrInUse means that another process has the database open.
	ErrInUse = errors.New("in use by another process")
	// ErrDamaged means that the file is not a database, or an incomplete or damaged one.
	ErrDamaged = errors.New("a damaged database")
	// ErrSchema means that the database is one of another version of this
	// program, or of another program.
	ErrSchema = errors.New("not a database of this version")
)

var errEmpty = errors.New("it is empty")

const (
	fileName = "userpool.db"
	// schema is the version of the database's content. When it rises, checkSchema must
	// accept the older version, and Open must convert the database after it has opened it
	// for writing.
	schema    = 1
	schemaKey = "schema"

	// A server that stops may need a moment to close its database, and the next server often
	// starts at once.
	lockWait  = 2 * time.Second
	lockRetry = 50 * time.Millisecond

	// An Update that needs more than what is mapped waits for every View to
	// end, so map more than a pool for development grows to. It costs addresses,
	// not memory. The file grows by grow, not by bbolt's 16 MiB.
	mapped = 64 << 20
	grow   = 1 << 20
)

// Open opens the store in the file userpool.db of the directory dir. It creates the
// directory and the file if they are missing, for this user only. If other users can read
// the file, Open removes that permission; it does not change an existing directory. Every
// Update that returned nil survives the end of the process and a loss of power.
//
// If another process has the file open, Open waits about two seconds and then returns
// [ErrInUse]. It checks every used page before it writes anything. If the file is not a
// database, is cut off, or has a damaged structure, the error is [ErrDamaged]. If it has
// another schema, the error is [ErrSchema]. Open never changes or deletes a file that it
// rejects.
//
// The check finds faults that would make the database fail. It does not find a changed byte
// within a record, because records have no checksum. It cannot find later faults: if another
// program changes or cuts the open file, or the disk cannot read a page, the process ends,
// because the file is mapped. One damaged header page of the two is allowed. A loss of power
// may leave it, and the other header page describes the last stored state.
func Open(ctx context.Context, dir string) (Store, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if dir == "" {
		return nil, errors.New("opening the user pool's database: the name of the data directory is empty")
	}
	db, err := open(ctx, dir)
	if err != nil {
		return nil, fmt.Errorf("opening the user pool's database: %w", err)
	}
	return &boltStore{gate: newGate(), db: db}, nil
}

func open(ctx context.Context, dir string) (*bbolt.DB, error) {
	if err := makeDir(dir); err != nil {
		return nil, err
	}
	path := filepath.Join(dir, fileName)
	switch info, err := os.Stat(path); {
	case errors.Is(err, fs.ErrNotExist):
		if err := create(ctx, dir, path); err != nil {
			return nil, err
		}
	case err != nil:
		return nil, fmt.Errorf("%w; this user must be able to read the data directory and the file in it", err)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is not a file (%s); move it away, or name another data directory", path, info.Mode().Type())
	}
	// The name of the file must survive a loss of power as its content does.
	if err := syncDir(dir); err != nil {
		return nil, err
	}
	if err := inspect(ctx, path); err != nil {
		return nil, err
	}
	if err := ownerOnly(path); err != nil {
		return nil, err
	}
	db, _, err := openBolt(ctx, path, false)
	return db, err
}

// inspect checks the file under a shared lock: no process can write to it meanwhile. To open it for writing would already load its list of free pages.
func inspect(ctx context.Context, path string) error {
	db, file, err := openBolt(ctx, path, true)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := checkFile(file, db.Info().PageSize); err != nil {
		return damaged(path, err)
	}
	return db.View(func(tx *bbolt.Tx) error { return checkSchema(path, tx) })
}

func checkSchema(path string, tx *bbolt.Tx) error {
	meta := tx.Bucket([]byte(reserved))
	if meta == nil {
		return fmt.Errorf("%s is %w: it was made by another program; name another data directory", path, ErrSchema)
	}
	text := string(meta.Get([]byte(schemaKey)))
	switch version, err := strconv.Atoi(text); {
	case err != nil || version < 1:
		return fmt.Errorf("%s is %w: its schema is %q, and this program knows %d; name another data directory",
			path, ErrSchema, text, schema)
	case version > schema:
		return fmt.Errorf("%s is %w: its schema is %d, and this program knows %d; use the newer program that wrote it, or name another data directory",
			path, ErrSchema, version, schema)
	default:
		return nil
	}
}

// create puts a whole new database under path: a process that is killed here
// leaves none, rather than a part of one.
func create(ctx context.Context, dir, path string) error {
	file, err := os.CreateTemp(dir, fileName+".new-*") // 0600
	if err != nil {
		return fmt.Errorf("%w; the data directory must be writable for this user", err)
	}
	name := file.Name()
	// This removes only the second name of the same file, or a file that no process has opened.
	defer func() { _ = os.Remove(name) }()
	if err := file.Close(); err != nil {
		return err
	}

	db, _, err := openBolt(ctx, name, false)
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		meta, err := tx.CreateBucket([]byte(reserved))
		if err != nil {
			return err
		}
		return meta.Put([]byte(schemaKey), []byte(strconv.Itoa(schema)))
	})
	if err := errors.Join(err, db.Close()); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	// A rename would replace the database of a process that was quicker.
	if err := os.Link(name, path); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%w; the data directory must be on a file system with hard links", err)
	}
	return nil
}

// openBolt opens the file, waiting for its lock for a bounded time. The second
// result is the file as db has it open.
func openBolt(ctx context.Context, path string, readOnly bool) (*bbolt.DB, *os.File, error) {
	deadline := time.Now().Add(lockWait)
	for {
		db, file, err := tryBolt(path, readOnly)
		switch {
		case err == nil:
			return db, file, nil
		case !errors.Is(err, bolterrors.ErrTimeout):
			return nil, nil, err
		case time.Now().After(deadline):
			return nil, nil, fmt.Errorf("%s is %w; one data directory is for one server: stop the other one, or name another data directory",
				path, ErrInUse)
		}
		select {
		case <-ctx.Done():
			return nil, nil, ctx.Err()
		case <-time.After(lockRetry):
		}
	}
}

// tryBolt tries once to open the file. What the database does with a damaged
// one, a panic or a fault of the mapped memory, becomes an error.
func tryBolt(path string, readOnly bool) (db *bbolt.DB, file *os.File, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			// Without the lock another try, or another process, can open it.
			_ = file.Close()
			db, file, err = nil, nil, damaged(path, fmt.Errorf("%v", p))
		}
	}()
	initial := mapped
	if runtime.GOOS == "windows" {
		initial = 0 // there the file would be made as large
	}
	db, err = bbolt.Open(path, 0o600, &bbolt.Options{
		InitialMmapSize: initial,
		// No more than one try: bbolt's own wait knows no ctx.
		Timeout:  1,
		ReadOnly: readOnly,
		OpenFile: func(name string, flag int, _ os.FileMode) (*os.File, error) {
			var err error
			// Without O_CREATE: a file that was deleted meanwhile must not be created again.
			if file, err = os.OpenFile(name, flag&^os.O_CREATE, 0); err != nil || !readOnly {
				return file, err
			}
			// Of an empty file bbolt would try to make a database.
			if info, err := file.Stat(); err != nil || info.Size() == 0 {
				return nil, errors.Join(err, errEmpty, file.Close())
			}
			return file, nil
		},
	})
	var system syscall.Errno
	switch {
	case err == nil:
		db.AllocSize = grow
		return db, file, nil
	case errors.Is(err, bolterrors.ErrTimeout):
		return nil, nil, err
	case errors.Is(err, fs.ErrPermission):
		return nil, nil, fmt.Errorf("%w; this user must be able to read and write the file", err)
	case errors.As(err, &system):
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	default:
		// What is not the system's word is bbolt's on what it found in the file.
		return nil, nil, damaged(path, err)
	}
}

func damaged(path string, reason error) error {
	return fmt.Errorf("%s is %w: %w; restore it from a copy, or move it away to begin with an empty one",
		path, ErrDamaged, reason)
}
