package authz_test

import (
	"net/url"
	"path"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/gateway/internal/authz"
	"github.com/poolguard/poolguard/gateway/internal/requestpath"
	"github.com/poolguard/poolguard/gateway/internal/route"
)

// servers are the ways in which proxies and servers read a path. Each returns the path that
// the application sees, or "" for a request that it refuses.
var servers = map[string]func(target string) string{
	"nginx":                    nginx,
	"Go":                       goServer,
	"Tomcat":                   func(target string) string { return tomcat(target, false) },
	"Tomcat, decoding slashes": func(target string) string { return tomcat(target, true) },
	"WHATWG":                   whatwg,
	"twice":                    func(target string) string { return nginx(nginx(target)) },
}

// FuzzAllowedPathsStayAllowed holds that a request without a token is allowed only if every
// server reads a path that is public.
func FuzzAllowedPathsStayAllowed(f *testing.F) {
	for _, target := range []string{
		"/public/a", "/files/a%2fb;c=d/%c3%a9", "/files/..;x/admin", "/files/%2e%2e/admin", "/files/..%2fadmin", "/files%2f..%2fadmin", "/public/%2561dmin", "/public/..\\admin",
		"/public/a#/../../admin", "/public/a?/../../admin", "/public//admin", "/public/%00/../admin", "//public/a", "/files/;/../admin", "/files/a;x%2f..%2f..%2fadmin", "/public/%u002e",
		"/files/%e2%88%95admin", "/%70ublic/", "/files/%252e%252e%252fadmin", "/public/.%00./admin", "/files/a%3b/../../admin", "/public/\t../admin", "/public/.\n./admin", "/files/x;/admin",
	} {
		f.Add(target)
	}
	allowAll := authz.Rule{Name: "files", Match: route.Match{Path: "/files/**"}, Allow: cognito.Anonymous, Ambiguous: requestpath.ClassNames()}
	policy, err := authz.New(authz.Config{Rules: []authz.Rule{{Name: "public", Match: route.Match{Path: "/public/**"}, Allow: cognito.Anonymous}, allowAll}})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, target string) {
		if !policy.Decide(t.Context(), &authz.Request{Method: "GET", Host: "api.example.com", Target: target}).Allowed {
			return
		}
		for name, read := range servers {
			seen := read(target)
			if seen == "" {
				continue
			}
			if !isPublic(seen) {
				t.Errorf("%q is allowed, and %s reads %q", target, name, seen)
			}
			// A proxy may remove the prefix before the server reads the rest.
			if rest, found := strings.CutPrefix(target, "/files/"); found && read("/"+rest) != strings.TrimPrefix(seen, "/files") {
				t.Errorf("%q is allowed, and %s reads %q after %q", target, name, read("/"+rest), seen)
			}
		}
	})
}

// isPublic is what the rules mean, written a second time.
func isPublic(seen string) bool {
	for _, prefix := range []string{"/public", "/files"} {
		if seen == prefix || strings.HasPrefix(seen, prefix+"/") {
			return true
		}
	}
	return false
}

func beforeQuery(target string) string {
	before, _, _ := strings.Cut(target, "?")
	return before
}

// nginx decodes, resolves dot segments and merges slashes (ngx_http_parse_complex_uri). A
// number sign ends the path.
func nginx(target string) string {
	before, _, _ := strings.Cut(beforeQuery(target), "#")
	decoded, err := url.PathUnescape(before)
	if err != nil || strings.Contains(decoded, "\x00") || !strings.HasPrefix(decoded, "/") {
		return ""
	}
	return clean(decoded)
}

// clean resolves dot segments and merges slashes, and keeps a slash at the end.
func clean(text string) string {
	cleaned := path.Clean(text)
	if strings.HasSuffix(text, "/") && cleaned != "/" {
		cleaned += "/"
	}
	return cleaned
}

// goServer is net/http with a mux, which cleans the decoded path.
func goServer(target string) string {
	u, err := url.ParseRequestURI(target)
	if err != nil {
		return ""
	}
	return clean("/" + u.Path)
}

// tomcat removes path parameters, decodes, takes backslashes for slashes, and resolves.
func tomcat(target string, decodeSlashes bool) string {
	segments := strings.Split(beforeQuery(target), "/")
	for n, segment := range segments {
		segments[n], _, _ = strings.Cut(segment, ";")
	}
	text := strings.Join(segments, "/")
	if !decodeSlashes {
		text = strings.NewReplacer("%2f", "%252F", "%2F", "%252F").Replace(text)
	}
	decoded, err := url.PathUnescape(text)
	if err != nil || strings.Contains(decoded, "\x00") {
		return ""
	}
	// Some servers remove the parameters again, after decoding.
	decoded = strings.ReplaceAll(decoded, "\\", "/")
	segments = strings.Split(decoded, "/")
	for n, segment := range segments {
		segments[n], _, _ = strings.Cut(segment, ";")
	}
	return clean("/" + strings.Join(segments, "/"))
}

// whatwg is the URL parser of browsers and Node.js: it removes tabs and line breaks, takes
// backslashes for slashes, and resolves dot segments, also escaped ones.
func whatwg(target string) string {
	text := strings.NewReplacer("\t", "", "\n", "", "\r", "", "\\", "/").Replace(target)
	text, _, _ = strings.Cut(text, "#")
	text = beforeQuery(text)
	if strings.HasPrefix(text, "//") {
		_, rest, found := strings.Cut(text[2:], "/") // a host
		if !found {
			return "/"
		}
		text = "/" + rest
	}
	var kept []string
	for _, segment := range strings.Split(text, "/")[1:] {
		switch dots := strings.NewReplacer("%2e", ".", "%2E", ".").Replace(segment); dots {
		case ".":
		case "..":
			kept = kept[:max(len(kept)-1, 0)]
		default:
			kept = append(kept, segment)
		}
	}
	decoded, err := url.PathUnescape("/" + strings.Join(kept, "/"))
	if err != nil {
		return ""
	}
	return decoded
}
