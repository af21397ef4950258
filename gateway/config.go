package gateway

import (
	"crypto/sha256"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"

	"github.com/poolguard/poolguard/gateway/internal/config"
	"github.com/poolguard/poolguard/internal/yamlfile"
)

// Config says where the configuration file of a [Gateway] is.
type Config struct {
	// File is the path of the configuration file. The reference of its keys is in
	// docs/gateway.md.
	File string

	// Text is the content of the file, for a gateway without one. File then names it in
	// errors, and nothing is read again.
	Text []byte

	// Getenv returns the value of an environment variable that the file names, "" if it is
	// not set. nil is an environment without variables.
	Getenv func(name string) string

	// Log is where log lines are written. nil writes none.
	Log io.Writer

	// Listening, if it is not nil, is called for each listener after it was opened: its key
	// in the file, such as "forward_auth", and its address.
	Listening func(key string, address net.Addr)

	// embedded is that of a [Guard], which has no listeners.
	embedded bool
}

// A ReadError is why a configuration file, or a file that it names, cannot be read. A file
// that was read and has faults is another error, which lists all of them with their
// lines.
type ReadError struct {
	Path  string
	Cause error // without the path
}

// Error implements error.
func (e *ReadError) Error() string { return e.Path + " cannot be read: " + e.Cause.Error() }

// Unwrap returns the cause.
func (e *ReadError) Unwrap() error { return e.Cause }

// A sum is that of all files that a configuration was read from, but those of TLS.
type sum [sha256.Size]byte

// A reading is what a configuration was read from.
type reading struct {
	sum sum
	// secrets are the files of secrets, those included that could not be read.
	secrets []string
}

// read reads and checks the configuration file.
func (c *Config) read() (*config.Document, error) {
	d, _, err := c.readSum()
	return d, err
}

// readSum is read, with what it read. The reading is there with an error, too.
func (c *Config) readSum() (d *config.Document, read reading, err error) {
	text := c.Text
	if text == nil {
		if text, err = readAtMost(c.File, config.MaxBytes+1); err != nil {
			return nil, read, &ReadError{c.File, err}
		}
	}
	h := sha256.New()
	h.Write(text)
	d, err = config.Parse(c.File, text, yamlfile.Lookup{
		Env: func(name string) (string, bool) {
			if c.Getenv == nil {
				return "", false
			}
			value := c.Getenv(name)
			return value, value != ""
		},
		File: func(path string) ([]byte, error) {
			const longestSecret = 64 << 10
			read.secrets = append(read.secrets, c.beside(path))
			secret, err := readAtMost(c.beside(path), longestSecret)
			h.Write(secret)
			return secret, err
		},
	})
	h.Sum(read.sum[:0])
	if err == nil && c.embedded {
		d.DropListeners()
	}
	return d, read, err
}

// beside returns a path that is relative to the folder of the configuration file.
func (c *Config) beside(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(c.File), path)
}

// files returns every file whose change changes the configuration.
func (c *Config) files(d *config.Document) []string {
	if c.Text != nil {
		return d.TLSFiles()
	}
	files := []string{c.File}
	for _, path := range d.SecretFiles() {
		files = append(files, c.beside(path))
	}
	return append(files, d.TLSFiles()...)
}

// readAtMost reads a file up to a size. Its errors do not name the file.
func readAtMost(name string, most int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, withoutPath(err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, most))
	return text, withoutPath(err)
}

func withoutPath(err error) error {
	if e, ok := err.(*os.PathError); ok { //nolint:errorlint // the error of os itself
		return e.Err
	}
	return err
}

// logger returns the logger of a process in the format of the file.
func (c *Config) logger(format string) *slog.Logger {
	switch {
	case c.Log == nil:
		return slog.New(slog.DiscardHandler)
	case format == "text":
		return slog.New(slog.NewTextHandler(c.Log, nil))
	}
	return slog.New(slog.NewJSONHandler(c.Log, nil))
}
