package poolfile

import (
	"errors"
	"strings"

	"github.com/poolguard/poolguard/internal/yamlfile"
	"github.com/poolguard/poolguard/userpool"
)

// MaxBytes is the size of the largest file that is read.
const MaxBytes = yamlfile.DefaultMaxBytes

// A File is what was read. Its Config has the settings of the file and no others. It
// has no pools where the file has none, which means the default pool, and no public URL
// where the file has none.
type File = yamlfile.Document[userpool.Config]

var schema = yamlfile.Schema[userpool.Config]{
	Fields:  configKeys,
	Empty:   "the file is empty; poolguard userpool example prints one to start from",
	Check:   check,
	Follows: follows,
}

// Parse reads the text of a file. name is what faults call the file. The error is a
// [*yamlfile.Error] with all faults, in the order of their lines. Parse is safe for
// concurrent use.
func Parse(name string, text []byte, lookup yamlfile.Lookup) (*File, error) {
	return schema.Parse(name, text, lookup)
}

// standInURL is the public URL for the check of a file without one, whose public URL
// comes from elsewhere.
const standInURL = "http://127.0.0.1:9229"

// check returns the faults that package userpool finds.
func check(read *userpool.Config) (faults []yamlfile.FieldFault) {
	config := *read
	if config.PublicURL == "" {
		config.PublicURL = standInURL
	}
	for _, err := range unjoin(config.Validate()) {
		var fault *userpool.ConfigError
		if errors.As(err, &fault) {
			faults = append(faults, yamlfile.FieldFault{Field: fault.Field, Reason: fault.Reason})
		} else {
			faults = append(faults, yamlfile.FieldFault{Reason: err.Error()})
		}
	}
	return faults
}

func unjoin(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	if err == nil {
		return nil
	}
	return []error{err}
}

// follows reports whether a fault may follow from another one: a fault of a client,
// from something of its pool that could not be read.
func follows(field string, faulty func(field string) bool) bool {
	const clients = "].Clients["
	inPool := strings.Index(field, clients)
	if inPool < 0 {
		return false
	}
	pool := field[:inPool+1]
	inClient := strings.IndexByte(field[inPool+len(clients):], ']')
	if inClient < 0 {
		return false
	}
	client := field[:inPool+len(clients)+inClient+1]
	for _, dependency := range [][2]string{
		{client + ".Scopes", pool + ".ResourceServers"},
		{client + ".Scopes", client + ".Flows"},
		{client + ".Providers", pool + ".Providers"},
		{client + ".RefreshRotation.Grace", client + ".RefreshRotation.Enabled"},
		{client + ".AccessTokenValidity", client + ".RefreshTokenValidity"},
		{client + ".IDTokenValidity", client + ".RefreshTokenValidity"},
	} {
		if within(field, dependency[0]) && faulty(dependency[1]) {
			return true
		}
	}
	return false
}

// within reports whether a field is another one or a part of it.
func within(field, whole string) bool {
	rest, found := strings.CutPrefix(field, whole)
	return found && (rest == "" || rest[0] == '.' || rest[0] == '[')
}
