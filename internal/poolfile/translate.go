package poolfile

import (
	"errors"
	"strconv"
	"strings"

	"github.com/poolguard/poolguard/userpool"
)

// standInURL is the public URL where the file has none: it comes from elsewhere.
const standInURL = "http://127.0.0.1:9229"

// validate has package userpool look at what was read. Faults of what has one
// already, or follow from it, are left out.
func (r *reader) validate(config userpool.Config) {
	if config.PublicURL == "" && !r.isBlamed("PublicURL") {
		config.PublicURL = standInURL
	}
	for _, err := range unjoin(config.Validate()) {
		var fault *userpool.ConfigError
		if !errors.As(err, &fault) {
			r.add(position{1, 1}, "", err.Error())
			continue
		}
		if r.isBlamed(fault.Field) || r.follows(fault.Field) {
			continue
		}
		at := r.find(fault.Field)
		r.add(at.at, at.path, fault.Reason)
	}
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

// isBlamed reports whether a field, a part of it or what it is a part of has a fault.
func (r *reader) isBlamed(field string) bool {
	if r.above[field] || r.blamed[""] || r.left <= 0 {
		return true
	}
	parts := segments(field)
	for n := range parts {
		if r.blamed[strings.Join(parts[:n+1], "")] {
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

// follows reports whether a fault may come of one elsewhere: of a client, for what
// the pool should have and could not be read.
func (r *reader) follows(field string) bool {
	parts := segments(field)
	if len(parts) < 5 || parts[2] != ".Clients" {
		return false
	}
	pool, client := strings.Join(parts[:2], ""), strings.Join(parts[:4], "")
	for _, dependency := range [][2]string{
		{client + ".Scopes", pool + ".ResourceServers"},
		{client + ".Scopes", client + ".Flows"},
		{client + ".Providers", pool + ".Providers"},
		{client + ".RefreshRotation.Grace", client + ".RefreshRotation.Enabled"},
		{client + ".AccessTokenValidity", client + ".RefreshTokenValidity"},
		{client + ".IDTokenValidity", client + ".RefreshTokenValidity"},
	} {
		if within(field, dependency[0]) && r.isBlamed(dependency[1]) {
			return true
		}
	}
	return false
}

// find returns the place of a field. What the file does not have is placed where the
// mapping begins that could have it, under the name that it would have there.
func (r *reader) find(field string) place {
	parts := segments(field)
	for n := len(parts); n > 0; n-- {
		at, found := r.places[strings.Join(parts[:n], "")]
		if !found {
			continue
		}
		return place{path: at.path + inYAML(parts[n:]), at: at.at}
	}
	return place{path: strings.TrimPrefix(inYAML(parts), "."), at: position{1, 1}}
}

// segments splits a field such as `A[0].B["x.y"]` into "A", "[0]", ".B", `["x.y"]`.
func segments(field string) []string {
	var parts []string
	start := 0
	for n := 0; n < len(field); n++ {
		if field[n] != '.' && field[n] != '[' {
			continue
		}
		if n > start {
			parts = append(parts, field[start:n])
		}
		start = n
		if quoted, err := strconv.QuotedPrefix(field[n+1:]); field[n] == '[' && err == nil {
			n += len(quoted)
		}
	}
	return append(parts, field[start:])
}

// inYAML names segments as the file does.
func inYAML(parts []string) string {
	var b strings.Builder
	for _, p := range parts {
		if strings.HasPrefix(p, "[") {
			b.WriteString(p)
			continue
		}
		b.WriteByte('.')
		name := strings.TrimPrefix(p, ".")
		if key, found := keyOf[name]; found {
			name = key
		}
		b.WriteString(name)
	}
	return b.String()
}

// keyOf has the file's key of each field. A name has one, wherever it is; a test
// sees to that.
var keyOf = func() map[string]string {
	keys := map[string]string{}
	name(keys, configKeys)
	name(keys, rotationKeys)
	name(keys, poolKeys)
	name(keys, passwordKeys)
	name(keys, clientKeys)
	name(keys, refreshKeys)
	name(keys, userKeys)
	name(keys, groupKeys)
	name(keys, resourceKeys)
	name(keys, providerKeys)
	name(keys, claimsKeys)
	return keys
}()

func name[T any](keys map[string]string, fields []field[T]) {
	for _, f := range fields {
		if _, taken := keys[f.name]; !taken || f.name == f.key {
			keys[f.name] = f.key
		}
	}
}
