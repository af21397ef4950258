package configerror

import (
	"errors"
	"fmt"
	"strings"
)

// A ConfigError is one fault of a configuration. It holds no secret.
type ConfigError struct {
	Package string // the package that refuses the configuration, for example "cognito"
	Field   string // the type and the field, for example "Config.UserPools[0].ClientIDs"
	Reason  string // continues a sentence that begins with the field
}

// Error implements error.
func (e *ConfigError) Error() string {
	if e == nil {
		return "no error (a nil *ConfigError)"
	}
	return e.Package + ": " + e.Field + " " + e.Reason
}

// Faults collects the faults of one configuration. Make one with [In]. It is not safe
// for concurrent use.
type Faults struct {
	name string // of the package
	at   string // what every field begins with, up to its dot
	list *[]error
}

// In returns an empty collector for a configuration of the type config in the package
// called name.
func In(name, config string) Faults { return Faults{name, config + ".", new([]error)} }

// At returns a collector for the fields below field. Its faults are faults of f too.
func (f Faults) At(field string) Faults { return Faults{f.name, f.at + field + ".", f.list} }

// Add adds a fault of field.
func (f Faults) Add(field, format string, args ...any) {
	*f.list = append(*f.list, &ConfigError{f.name, f.at + field, fmt.Sprintf(format, args...)})
}

// Adopt adds the faults that another package found in the value of field: those of its
// [Faults.Err], or one error. The field of a [ConfigError] begins with the name of the
// value's type, and field takes the place of that name. Every other error is a fault of
// field itself. A nil err adds nothing.
func (f Faults) Adopt(field string, err error) {
	if err == nil {
		return
	}
	if joined, ok := errors.AsType[joinedError](err); ok {
		for _, each := range joined.Unwrap() {
			f.Adopt(field, each)
		}
		return
	}
	fault, ok := errors.AsType[*ConfigError](err)
	if !ok || fault == nil {
		f.Add(field, "is invalid: %v", err)
		return
	}
	if _, below, found := strings.Cut(fault.Field, "."); found {
		field += "." + below
	}
	f.Add(field, "%s", fault.Reason)
}

// A joinedError is several errors in one, as [errors.Join] makes it.
type joinedError interface {
	error
	Unwrap() []error
}

// Err returns all faults in the order in which they were added, joined by
// [errors.Join], each a [*ConfigError]. It returns nil where there is none.
func (f Faults) Err() error { return errors.Join(*f.list...) }
