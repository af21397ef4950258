package selection

import (
	"cmp"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/poolguard/poolguard/internal/suggest"
	"github.com/poolguard/poolguard/internal/terminalauth/profile"
	"github.com/poolguard/poolguard/internal/terminalauth/tokenstore"
)

// A Selection is the profile that a command is about.
type Selection struct {
	Name string
	// Path is that of the configuration file, and File is its content.
	Path string
	File *profile.File
	// Profile is what the file says about it. Exists reports that the file has it.
	Profile profile.Profile
	Exists  bool
	// Named reports that the operator or the command named the profile.
	Named bool
}

// New selects a profile of a configuration file. With name "" it selects the default.
func New(path string, file *profile.File, name string) *Selection {
	s := &Selection{Name: cmp.Or(name, DefaultName(file)), Path: path, File: file, Named: name != ""}
	s.Profile, s.Exists = file.Profiles[s.Name]
	return s
}

// DefaultName is the name of the profile where none is given: the default of the file, or
// its only profile.
func DefaultName(file *profile.File) string {
	if file.Default == "" && len(file.Profiles) == 1 {
		for name := range file.Profiles {
			return name
		}
	}
	return cmp.Or(file.Default, profile.DefaultName)
}

// Others ends a message about a name that the file does not have: with similar names, or
// with all names. It is "" for a file without profiles.
func (s *Selection) Others() string {
	names := slices.Sorted(maps.Keys(s.File.Profiles))
	if near := suggest.Similar(s.Name, names); len(near) > 0 {
		return "; did you mean " + strings.Join(near, " or ") + "?"
	}
	if len(names) == 0 {
		return ""
	}
	what := "; the file has the profile "
	if len(names) > 1 {
		what = "; the file has the profiles "
	}
	return what + strings.Join(names, ", ")
}

// Flag is the flag that selects this profile, with a space before it, "" where the profile
// is the default.
func (s *Selection) Flag() string {
	if s.Name == DefaultName(s.File) {
		return ""
	}
	return " --profile " + s.Name
}

// Place is where the tokens of the profile are stored: beside the configuration file.
func (s *Selection) Place(ring tokenstore.Ring) tokenstore.Config {
	return tokenstore.Config{Directory: filepath.Join(filepath.Dir(s.Path), "tokens"), Profile: s.Name, Ring: ring}
}

// Store opens the store of the profile's tokens. ring is nil for a plain file.
func (s *Selection) Store(ring tokenstore.Ring) *tokenstore.Store {
	return tokenstore.Open(s.Place(ring))
}
