package snippets

import (
	"cmp"
	"embed"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strings"
	"text/template"

	"github.com/poolguard/poolguard/gateway/internal/identity"
	"github.com/poolguard/poolguard/gateway/internal/resources"
	"github.com/poolguard/poolguard/internal/serve"
	"github.com/poolguard/poolguard/internal/suggest"
)

//go:embed templates
var files embed.FS

// A proxy is a name for `--proxy`, its template, and the file in deploy/.
type proxy struct {
	name, template, file string
}

var proxies = []proxy{
	{"nginx", "nginx.conf.tmpl", "nginx/poolguard.conf"},
	{"ingress-nginx", "ingress-nginx.yaml.tmpl", "ingress-nginx/ingress.yaml"},
	{"traefik", "traefik.yaml.tmpl", "traefik/dynamic.yaml"},
	{"caddy", "Caddyfile.tmpl", "caddy/Caddyfile"},
	{"haproxy", "haproxy.cfg.tmpl", "haproxy/haproxy.cfg"},
	{"haproxy-lua", "haproxy.lua.tmpl", "haproxy/poolguard.lua"},
	{"envoy", "envoy.yaml.tmpl", "envoy/envoy.yaml"},
	{"envoy-http", "envoy-http.yaml.tmpl", "envoy/envoy-http.yaml"},
	{"gateway-api", "gateway-api.yaml.tmpl", "gateway-api/httproute.yaml"},
}

// Names returns the names of the snippets.
func Names() []string {
	names := make([]string, 0, len(proxies))
	for _, p := range proxies {
		names = append(names, p.name)
	}
	return names
}

// File returns the path below deploy/ of the snippet called name, "" if there is none.
func File(name string) string {
	for _, p := range proxies {
		if p.name == name {
			return p.file
		}
	}
	return ""
}

// Options are the values in a snippet. A zero field has the default.
type Options struct {
	// Headers are the identity headers.
	Headers *identity.Headers
	// Listen is the address of the proxy for clients, 0.0.0.0:80 unless set.
	Listen string
	// Gateway is the address of forward_auth, 127.0.0.1:8080 unless set.
	Gateway string
	// Envoy is the address of envoy, 127.0.0.1:9001 unless set.
	Envoy string
	// Public is the address of public. "" leaves its part out.
	Public string
	// Service is the address of the service, 127.0.0.1:3000 unless set.
	Service string
	// Resources is whether the gateway serves documents of resources.
	Resources bool
	// ALB is whether a rule accepts the tokens of load balancers.
	ALB bool
	// LuaFile is the path of the Lua script for HAProxy.
	LuaFile string
}

// Render returns the snippet called name. An unknown name is an error that lists the known
// ones.
func Render(name string, o Options) (string, error) {
	for _, p := range proxies {
		if p.name == name {
			return p.render(o)
		}
	}
	hint := ""
	if near := suggest.Similar(name, Names()); len(near) > 0 {
		hint = fmt.Sprintf("; did you mean %s?", strings.Join(near, " or "))
	}
	return "", fmt.Errorf("proxy is unknown: got %q, want one of %s%s", name, strings.Join(Names(), ", "), hint)
}

func (p *proxy) render(o Options) (string, error) {
	functions := template.FuncMap{"join": strings.Join, "host": hostOf, "port": portOf, "id": idOf}
	parsed, err := template.New(p.template).Funcs(functions).ParseFS(files, "templates/"+p.template, "templates/envoy-parts.tmpl")
	if err != nil {
		return "", err
	}
	v, err := o.values()
	if err != nil {
		return "", err
	}
	var text strings.Builder
	if err := parsed.ExecuteTemplate(&text, p.template, v); err != nil {
		return "", err
	}
	return text.String(), nil
}

// values are what the templates use.
type values struct {
	Options
	Names, Lower []string
	// Early are the names for removal before Poolguard is asked: those without AskedAlso.
	Early    []string
	Identity []variable
	// Pattern matches the identity headers. EarlyPattern is for their removal before Poolguard
	// is asked: it leaves AskedAlso in the request.
	Pattern, EarlyPattern string
	// Removals are the names for removal before Poolguard is asked, with an asterisk for any end.
	Removals []string
	// AskedAlso are headers that Poolguard decides on, and that it replaces.
	AskedAlso []string
	// Documents are the paths below which Poolguard answers itself, and DocumentsPattern is an
	// expression for them.
	Documents        []string
	DocumentsPattern string
	// Site is the address of a site of Caddy, and Bind its interface, "" for all.
	Site, Bind string
	// Unset are names below the prefix that the gateway does not set.
	Unset []string
}

// A variable is an identity header as nginx has it.
type variable struct {
	Name, Variable, Source string
}

// albHeaders are the headers of a load balancer, which the gateway reads for `via: [alb]`. They are
// among the identity headers of a configuration with load balancers.
var albHeaders = []string{"x-amzn-oidc-data", "x-amzn-oidc-identity", "x-amzn-oidc-accesstoken"}

func (o Options) values() (*values, error) {
	if o.Headers == nil {
		headers, err := identity.New(identity.Config{LoadBalancers: o.ALB})
		if err != nil {
			return nil, err
		}
		o.Headers = headers
	}
	o.Listen = cmp.Or(o.Listen, "0.0.0.0:80")
	o.Gateway = cmp.Or(o.Gateway, "127.0.0.1:8080")
	o.Envoy = cmp.Or(o.Envoy, "127.0.0.1:9001")
	o.Service = cmp.Or(o.Service, "127.0.0.1:3000")
	o.LuaFile = cmp.Or(o.LuaFile, "/etc/haproxy/poolguard.lua")
	v := &values{Options: o, Names: o.Headers.Names(), Pattern: o.Headers.SpellingPattern()}
	v.Site = "http://:" + portOf(o.Listen)
	if !serve.IsEverywhere(o.Listen) {
		v.Bind = strings.TrimSuffix(o.Listen, ":"+portOf(o.Listen))
	}
	v.Removals = []string{o.Headers.Prefix() + "*"}
	v.Unset = []string{o.Headers.Prefix() + "Jwt", o.Headers.Prefix() + "Error"}
	if o.Resources {
		v.Documents = resources.Prefixes()
		var quoted []string
		for _, prefix := range v.Documents {
			quoted = append(quoted, regexp.QuoteMeta(prefix))
		}
		v.DocumentsPattern = "^(" + strings.Join(quoted, "|") + ")"
	}
	if o.ALB {
		v.AskedAlso = albHeaders
	}
	v.EarlyPattern = o.Headers.SpellingPatternExcept(v.AskedAlso...)
	for _, name := range v.Names {
		lower := strings.ToLower(name)
		v.Lower = append(v.Lower, lower)
		id := idOf(name)
		v.Identity = append(v.Identity, variable{Name: name, Variable: "$pg_id_" + id, Source: "$upstream_http_" + id})
		if !strings.HasPrefix(name, o.Headers.Prefix()) {
			v.Removals = append(v.Removals, name)
		}
		if !slices.Contains(v.AskedAlso, lower) {
			v.Early = append(v.Early, name)
		}
	}
	return v, nil
}

// idOf returns the name of a header as a part of the name of a variable.
func idOf(name string) string { return strings.ReplaceAll(strings.ToLower(name), "-", "_") }

func hostOf(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	return host
}

func portOf(address string) string {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return "80"
	}
	return port
}
