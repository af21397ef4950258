package config

import (
	"path/filepath"

	"github.com/poolguard/poolguard/internal/yamlfile"
)

// MaxBytes is the size of the largest file that is read.
const MaxBytes = yamlfile.DefaultMaxBytes

var schema = yamlfile.Schema[File]{
	Fields:   fileKeys,
	Defaults: Defaults,
	Empty:    "the file is empty; poolguard gateway example prints one to start from",
	Check:    check,
	Follows:  follows,
}

// A Document is a file that was read without a fault.
type Document struct {
	*File
	secrets []string
}

// Parse reads the text of a file. name is its path: faults show it, and the paths in the
// file are relative to its folder. The error is a [*yamlfile.Error] with all faults, in the
// order of their lines. Parse is safe for concurrent use.
func Parse(name string, text []byte, lookup yamlfile.Lookup) (*Document, error) {
	read, err := schema.Parse(name, text, lookup)
	if err != nil {
		return nil, err
	}
	file := &read.Config
	file.resolve(filepath.Dir(name))
	return &Document{file, read.Files()}, nil
}

// SecretFiles returns the paths of files that secrets were read from, as the file names
// them.
func (d *Document) SecretFiles() []string { return d.secrets }

// TLSFiles returns the paths of the files that TLS needs.
func (f *File) TLSFiles() (paths []string) {
	for _, l := range []*Listener{&f.ForwardAuth, &f.Envoy.Listener, &f.Ops} {
		paths = append(paths, l.TLS.Paths()...)
	}
	if f.Egress.CA != "" {
		paths = append(paths, f.Egress.CA)
	}
	return paths
}

// JSONSchema returns the JSON Schema of the file, for editors.
func JSONSchema() ([]byte, error) { return schema.JSONSchema("Configuration of poolguard gateway") }

// Keys returns every key of the file, for its reference.
func Keys() []yamlfile.Key { return schema.Keys() }

// keyOf returns the path in the file of a field of [File], such as "rules[2].match.path".
func keyOf(field string) string { return schema.KeyOf(field) }
