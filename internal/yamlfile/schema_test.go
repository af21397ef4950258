package yamlfile_test

import (
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/poolguard/poolguard/internal/yamlfile"
)

// The tests read the settings of a server, which has a value of every kind.
type (
	settings struct {
		Listen   string
		Level    level
		Limits   limits
		Routes   []route
		Backends map[string]backend
		Labels   map[string]string
		Extra    map[string]any
	}
	level  string
	secret string
	limits struct {
		Timeout time.Duration
		Body    int64
		Conns   int
		NoReuse bool
		Trace   bool
	}
	route struct {
		Path    string
		Methods []string
		Backend string
		Key     secret
	}
	backend struct {
		URL      string
		Password yamlfile.Source
	}
)

var (
	settingsFields = []yamlfile.Field[settings]{
		yamlfile.Text("listen", "Listen", func(s *settings) *string { return &s.Listen }),
		yamlfile.Choice("level", "Level", func(s *settings) *level { return &s.Level }, "OFF", "INFO", "DEBUG"),
		yamlfile.Object("limits", "Limits", func(s *settings) *limits { return &s.Limits }, limitFields),
		yamlfile.Objects("routes", "Routes", func(s *settings) *[]route { return &s.Routes }, routeFields),
		yamlfile.NamedObjects("backends", "Backends", func(s *settings) *map[string]backend { return &s.Backends }, checkName, backendFields),
		yamlfile.Scalars("labels", "Labels", func(s *settings) *map[string]string { return &s.Labels }),
		yamlfile.JSONObject("extra", "Extra", func(s *settings) *map[string]any { return &s.Extra }),
	}
	limitFields = []yamlfile.Field[limits]{
		yamlfile.Duration("timeout", "Timeout", func(l *limits) *time.Duration { return &l.Timeout }),
		yamlfile.Size("body", "Body", func(l *limits) *int64 { return &l.Body }),
		yamlfile.Int("connections", "Conns", func(l *limits, n int) { l.Conns = n }),
		yamlfile.Not("reuse", "NoReuse", func(l *limits) *bool { return &l.NoReuse }),
		yamlfile.Bool("trace", "Trace", func(l *limits) *bool { return &l.Trace }),
	}
	routeFields = []yamlfile.Field[route]{
		yamlfile.Text("path", "Path", func(r *route) *string { return &r.Path }),
		yamlfile.Texts("methods", "Methods", func(r *route) *[]string { return &r.Methods }),
		yamlfile.Text("backend", "Backend", func(r *route) *string { return &r.Backend }),
		yamlfile.Secret("key", "Key", func(r *route) *secret { return &r.Key }),
	}
	backendFields = []yamlfile.Field[backend]{
		yamlfile.Text("url", "URL", func(b *backend) *string { return &b.URL }),
		yamlfile.SecretSource("password", "Password", func(b *backend) *yamlfile.Source { return &b.Password }),
	}
)

func checkName(name string) string {
	if strings.ToLower(name) != name {
		return "has capitals"
	}
	return ""
}

func schema() *yamlfile.Schema[settings] {
	return &yamlfile.Schema[settings]{
		Fields: settingsFields,
		Empty:  "the file is empty",
		Check:  checkSettings,
		Follows: func(field string, faulty func(string) bool) bool {
			return strings.HasSuffix(field, ".Backend") && faulty("Backends")
		},
	}
}

// checkSettings finds what is wrong with the settings as a whole.
func checkSettings(s *settings) (found []yamlfile.FieldFault) {
	add := func(reason, field string, args ...any) {
		found = append(found, yamlfile.FieldFault{Field: fmt.Sprintf(field, args...), Reason: reason})
	}
	if s.Limits.Conns < 0 {
		add("is negative", "Limits.Conns")
	}
	for n, r := range s.Routes {
		if !strings.HasPrefix(r.Path, "/") {
			add("does not begin with a slash", "Routes[%d].Path", n)
		}
		if _, known := s.Backends[r.Backend]; !known && r.Backend != "" {
			add("is not a backend", "Routes[%d].Backend", n)
		}
		for i, m := range r.Methods {
			if m != strings.ToUpper(m) {
				add("is not a method", "Routes[%d].Methods[%d]", n, i)
			}
		}
	}
	for name, b := range s.Backends {
		if b.URL == "" {
			add("is missing", "Backends[%q].URL", name)
		}
	}
	return found
}

const hidden = "hunter2-SECRET"

func lookup() yamlfile.Lookup {
	return yamlfile.Lookup{
		Env: func(name string) (string, bool) {
			return map[string]string{"KEY": hidden, "EMPTY": ""}[name], name == "KEY" || name == "EMPTY"
		},
		File: func(path string) ([]byte, error) {
			switch path {
			case "key.secret":
				return []byte(hidden + "\n"), nil
			case "two.secret":
				return []byte(hidden + "\n" + hidden + "\n"), nil
			}
			return nil, fs.ErrNotExist
		},
	}
}
