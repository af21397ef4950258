package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/gateway/internal/authz"
	"github.com/poolguard/poolguard/internal/address"
	"github.com/poolguard/poolguard/internal/tlsfiles"
	"github.com/poolguard/poolguard/internal/yamlfile"
)

// A checker collects the faults of a file, one for each field.
type checker struct{ found []yamlfile.FieldFault }

func (c *checker) add(field, format string, args ...any) {
	if !slices.ContainsFunc(c.found, func(f yamlfile.FieldFault) bool { return f.Field == field }) {
		c.found = append(c.found, yamlfile.FieldFault{Field: field, Reason: fmt.Sprintf(format, args...)})
	}
}

// adopt adds the faults that a package found, each a [cognito.ConfigError]. prefix is the
// field that the configuration of that package is, with its dot.
func (c *checker) adopt(prefix string, err error) {
	for _, each := range unjoin(err) {
		fault, ok := errors.AsType[*cognito.ConfigError](each)
		if !ok {
			c.add(strings.TrimSuffix(prefix, "."), "%v", each)
			continue
		}
		_, field, _ := strings.Cut(fault.Field, ".")
		field = prefix + field
		if own, found := renamed[field]; found {
			field = own
		}
		c.add(field, "%s", inWordsOfTheFile.Replace(fault.Reason))
	}
}

// renamed has the fields of other configurations that are fields of [File] with another
// name.
var renamed = map[string]string{
	"KeySetPolicy.MaxAge": "KeySets.MaxAge", "KeySetPolicy.CoolDown": "KeySets.CoolDown", "KeySetPolicy.Stale": "KeySets.Stale",
}

// inWordsOfTheFile replaces names of Go fields in reasons by those of keys.
var inWordsOfTheFile = strings.NewReplacer(
	"UserPools[", "user_pools[", "Rules[", "rules[", "ClientIDs", "client_ids", "ReplicaRegions", "replica_regions", "an Issuer", "issuer",
	"CoolDown", "cool_down", "MaxAge", "max_age", "LoadBalancers", "load_balancers", "Issuers", "issuers", "Signers", "signers",
)

func unjoin(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	if err == nil {
		return nil
	}
	return []error{err}
}

// check returns the faults of what was read: those of single keys, and those that the
// packages find which use them.
func check(f *File) []yamlfile.FieldFault {
	c := &checker{}
	c.listeners(f)
	c.numbers(f)
	c.egress(&f.Egress)
	if len(f.Rules) == 0 {
		c.add("Rules", "has no rule: every request is denied; name what is allowed")
	}
	c.userPools(f)
	c.parts(f)
	return c.found
}

func (c *checker) listeners(f *File) {
	listening := false
	used := map[string]string{}
	for _, each := range []struct {
		field, key string
		listener   *Listener
	}{{"ForwardAuth", "forward_auth", &f.ForwardAuth}, {"Envoy", "envoy", &f.Envoy.Listener}, {"Ops", "ops", &f.Ops}} {
		l := each.listener
		c.tls(each.field+".TLS", l.TLS)
		if l.Socket != "" && !strings.HasPrefix(l.Listen, "unix:") {
			c.add(each.field+".Socket", "is for a Unix socket, and listen is %q", l.Listen)
		}
		if l.Listen == Off {
			continue
		}
		listening = listening || each.field != "Ops"
		if reason := listenFault(l.Listen); reason != "" {
			c.add(each.field+".Listen", "%s: got %q", reason, l.Listen)
			continue
		}
		if other, found := used[l.Listen]; found && !strings.HasSuffix(l.Listen, ":0") {
			c.add(each.field+".Listen", "is the address of %s too: got %q", other, l.Listen)
		}
		used[l.Listen] = each.key
	}
	if !listening {
		c.add("ForwardAuth.Listen", "is off, and so is envoy.listen: no proxy can ask")
	}
}

// listenFault says why an address cannot be listened on, or "".
func listenFault(listen string) string {
	const want = "is neither HOST:PORT nor unix:PATH nor off"
	if path, unix := strings.CutPrefix(listen, "unix:"); unix {
		if path == "" {
			return want
		}
		return ""
	}
	_, port, err := net.SplitHostPort(listen)
	if err != nil {
		return want
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return "has no port from 0 to 65535"
	}
	return ""
}

func (c *checker) tls(field string, files tlsfiles.Files) {
	if files == (tlsfiles.Files{}) {
		return
	}
	if files.Cert == "" {
		c.add(field+".Cert", "is missing: TLS needs cert and key")
	}
	if files.Key == "" {
		c.add(field+".Key", "is missing: TLS needs cert and key")
	}
}

func (c *checker) numbers(f *File) {
	for field, d := range map[string]time.Duration{
		"DecisionTimeout": f.DecisionTimeout, "ForwardAuthTimeout": f.ForwardAuthTimeout, "Limits.Idle": f.Limits.Idle,
	} {
		if d <= 0 {
			c.add(field, "is not positive: got %v", d)
		}
	}
	const longest = time.Hour
	if f.Drain < 0 || f.Drain > longest {
		c.add("Drain", "got %v, want 0 to %v", f.Drain, longest)
	}
	const least, most = 1 << 10, 1 << 20
	if f.Limits.HeaderBytes < least || f.Limits.HeaderBytes > most {
		c.add("Limits.HeaderBytes", "got %d bytes, want 1KiB to 1MiB", f.Limits.HeaderBytes)
	}
	if f.Limits.Connections < 1 {
		c.add("Limits.Connections", "got %d, want 1 or more", f.Limits.Connections)
	}
}

func (c *checker) egress(e *Egress) {
	if e.Proxy == "" {
		return
	}
	u, err := url.Parse(string(e.Proxy))
	if err != nil || u.Host == "" || !slices.Contains([]string{"http", "https", "socks5"}, u.Scheme) {
		c.add("Egress.Proxy", "is not an http, https or socks5 URL") // the value may have a password
	}
}

func (c *checker) userPools(f *File) {
	if len(f.UserPools) == 0 {
		c.add("UserPools", "has no user pool: name those whose tokens are accepted")
	}
	for n, p := range f.UserPools {
		for field, url := range map[string]string{"Issuer": p.Issuer, "KeySet": p.KeySet} {
			if url != "" && !address.IsHTTPSOrLoopback(url) {
				c.add(fmt.Sprintf("UserPools[%d].%s", n, field), "is neither an https URL nor one with http and a loopback address: got %q", url)
			}
		}
	}
}

// parts adds the faults that the packages find which the file is for.
func (c *checker) parts(f *File) {
	_, err := f.IdentityHeaders()
	c.adopt("Identity.", err)
	_, err = f.Callers()
	c.adopt("", err)
	verifier, err := f.Verifier(Process{})
	c.adopt("", err)
	c.introspection(f)
	_, err = f.Tracer()
	c.adopt("Traces.", err)
	_, err = f.ResourceSet()
	c.adopt("", err)
	balancers, err := f.Balancers(Process{})
	c.adopt("LoadBalancers.", err)
	if len(f.Rules) == 0 {
		return
	}
	// A rule must not get a fault because a user pool or a load balancer has one.
	var trusted authz.LoadBalancerVerifier
	if balancers != nil || err != nil {
		trusted = balancers
	}
	if verifier == nil {
		verifier, err = cognito.New(cognito.Config{UserPools: []cognito.UserPool{{ID: "us-east-1_StandIn00", ClientIDs: []string{"none"}}}})
		c.adopt("", err)
	}
	_, err = authz.New(f.authzConfig(verifier, trusted))
	c.adopt("", err)
}

func (c *checker) introspection(f *File) {
	_, err := f.Introspector(nil)
	c.adopt("Introspection.", err)
	for n, client := range f.Introspection.Clients {
		for i, id := range client.UserPools {
			if !slices.ContainsFunc(f.UserPools, func(p UserPool) bool { return p.ID == id }) {
				c.add(fmt.Sprintf("Introspection.Clients[%d].UserPools[%d]", n, i), "is not a configured user pool: got %q", id)
			}
		}
	}
}

// follows reports whether a fault may follow from another one: a fault of a rule, from a
// user pool that could not be read.
func follows(field string, faulty func(field string) bool) bool {
	isRule := strings.HasPrefix(field, "Rules[")
	return isRule && (strings.Contains(field, ".Require") && faulty("UserPools") || strings.HasSuffix(field, ".Via") && faulty("LoadBalancers")) ||
		strings.HasPrefix(field, "LoadBalancers.Issuers") && faulty("UserPools")
}
