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

// Adopt adds the faults that another package found in the value of field and returned
// from its own [Faults.Err]. Each of them begins with the name of the value's type;
// field takes the place of that name.
func (f Faults) Adopt(field string, err error) {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return
	}
	for _, each := range joined.Unwrap() {
		if fault, ok := errors.AsType[*ConfigError](each); ok {
			_, below, _ := strings.Cut(fault.Field, ".")
			f.At(field).Add(below, "%s", fault.Reason)
		}
	}
}

// Err returns all faults in the order in which they were added, joined by
// [errors.Join], each a [*ConfigError]. It returns nil where there is none.
func (f Faults) Err() error { return errors.Join(*f.list...) }
