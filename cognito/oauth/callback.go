package oauth

import (
	"net/url"
	"unicode/utf8"
)

const longestCallback = 16 << 10

// A callback has the parameters of the callback address (RFC 6749 §4.1.2): a code, or an
// error.
type callback struct {
	state, code, issuer string
	name, description   string // of an error
}

// parseCallback reads the query of the callback address. Unknown parameters are ignored
// (RFC 6749 §4.1.2). Known ones must not occur twice (§3.1): another reader could use the
// other value.
func parseCallback(query string) (*callback, *Error) {
	if len(query) > longestCallback {
		return nil, fail(ErrCallbackInvalid, "the callback's query is longer than %d bytes", longestCallback)
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return nil, fail(ErrCallbackInvalid, "the callback's query cannot be read")
	}
	c := &callback{}
	for _, p := range []struct {
		name  string
		value *string
	}{
		{"state", &c.state}, {"code", &c.code}, {"iss", &c.issuer}, {"error", &c.name}, {"error_description", &c.description},
	} {
		if len(values[p.name]) > 1 {
			return nil, fail(ErrCallbackInvalid, "the callback has %s more than once", p.name)
		}
		if *p.value = values.Get(p.name); !utf8.ValidString(*p.value) {
			return nil, fail(ErrCallbackInvalid, "the callback's %s is not UTF-8", p.name)
		}
	}
	switch {
	case c.code != "" && c.name != "":
		return nil, fail(ErrCallbackInvalid, "the callback has both a code and an error")
	case c.code == "" && c.name == "":
		return nil, fail(ErrCallbackInvalid, "the callback has neither a code nor an error")
	case values.Has("iss") && c.issuer == "":
		return nil, fail(ErrCallbackInvalid, "the callback's iss is empty")
	}
	return c, nil
}
