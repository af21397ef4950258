package poolguard

import (
	"github.com/caddyserver/caddy/v2/caddyconfig/httpcaddyfile"
)

func init() { //nolint:gochecknoinits // as above
	httpcaddyfile.RegisterDirective("poolguard", parse)
	// After everything that changes the path, so that the rules decide on the path that the
	// service gets.
	httpcaddyfile.RegisterDirectiveOrder("poolguard", httpcaddyfile.Before, "basicauth")
}

// parse reads the directive:
//
//	poolguard [<matcher>] <config>
//
// One argument is the file, although a path would be a matcher elsewhere.
func parse(h httpcaddyfile.Helper) ([]httpcaddyfile.ConfigValue, error) {
	h.Next() // the name of the directive
	switch h.CountRemainingArgs() {
	case 1:
		h.NextArg()
		return h.NewRoute(nil, &Handler{user{Config: h.Val()}}), noBlock(h)
	case 2:
		matcher, err := h.ExtractMatcherSet()
		if err != nil {
			return nil, err
		}
		h.Next() // again the name: reading the matcher starts at the beginning
		h.NextArg()
		return h.NewRoute(matcher, &Handler{user{Config: h.Val()}}), noBlock(h)
	}
	return nil, h.Err("want the path of a configuration file of poolguard gateway: poolguard [<matcher>] <config>")
}

func noBlock(h httpcaddyfile.Helper) error {
	if h.NextArg() || h.NextBlock(h.Nesting()) {
		return h.Err("want one line: poolguard [<matcher>] <config>")
	}
	return nil
}
