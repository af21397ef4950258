package route

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/poolguard/poolguard/gateway/internal/requestpath"
)

// MaxVariables is the largest number of variables that one match may have.
const MaxVariables = 8

// A Match is what a request must fit. A field that is nil or "" fits every request.
type Match struct {
	// Hosts are patterns of the host without its port, in any letter case: a name, *.example.com
	// with * for one label, or {tenant}.example.com with a variable for one label.
	Hosts []string
	// Methods are names of HTTP methods. They are case-sensitive (RFC 9110 §9.1), and GET does
	// not include HEAD.
	Methods []string
	// Path is a pattern of the path: * is one segment, {name} is one segment in a variable, and
	// ** at the end is any number of segments, none too. Segments are compared byte by byte,
	// after their escapes are decoded; * and {name} match no empty segment. {{ is a brace.
	Path string
}

// A Fault is something wrong with a match.
type Fault struct {
	Match  int    // the index of the match
	Field  string // of Match, such as "Hosts[1]"
	Reason string // continues a sentence that begins with the field
}

// A compiled match.
type compiled struct {
	hosts     []pattern // nil: every host
	methods   []string  // nil: every method
	path      pattern
	class     requestpath.Class
	variables []string // sorted
}

// compile reads a match.
func compile(m Match, report func(field, reason string)) compiled {
	faulty := false
	fault := func(field, reason string) {
		faulty = true
		report(field, reason)
	}
	c := compiled{path: pattern{rest: true}, methods: slices.Clone(m.Methods)}
	if m.Hosts != nil && len(m.Hosts) == 0 {
		fault("Hosts", "is empty: name a host, or leave it out to match every host")
	}
	if m.Methods != nil && len(m.Methods) == 0 {
		fault("Methods", "is empty: name a method, or leave it out to match every method")
	}
	for n, text := range m.Hosts {
		host, err := parseHost(text)
		if err != nil {
			fault(fmt.Sprintf("Hosts[%d]", n), err.Error())
			continue
		}
		c.hosts = append(c.hosts, host)
	}
	for n, method := range m.Methods {
		if err := checkMethod(method); err != nil {
			fault(fmt.Sprintf("Methods[%d]", n), err.Error())
		}
	}
	if m.Path != "" {
		path, class, err := parsePath(m.Path)
		if err != nil {
			fault("Path", err.Error())
		}
		c.path, c.class = path, class
	}
	if !faulty { // a host that was left out has no variables
		c.bind(fault)
	}
	return c
}

func checkMethod(method string) error {
	if method == "CONNECT" {
		return errors.New("is CONNECT, which is always refused")
	}
	switch upper := strings.ToUpper(method); {
	case method == "":
		return errors.New("is empty")
	case !IsMethod(method):
		return fmt.Errorf("%q is not the name of a method (RFC 9110 §9.1)", method)
	case method != upper:
		return fmt.Errorf("%q is not in upper case, and methods are case-sensitive: write %q", method, upper)
	}
	return nil
}

// IsMethod reports whether a text can be the method of a request: a token (RFC 9110 §5.6.2).
func IsMethod(text string) bool {
	for n := range len(text) {
		c := text[n]
		isAlphanumeric := c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
		if !isAlphanumeric && strings.IndexByte("!#$%&'*+-.^_`|~", c) < 0 {
			return false
		}
	}
	return text != ""
}

// bind sets the variables of the match, which every alternative must have.
func (c *compiled) bind(fault func(field, reason string)) {
	path := c.path.variables()
	names := slices.Clone(path)
	for _, host := range c.hosts {
		names = append(names, host.variables()...)
	}
	slices.Sort(names)
	c.variables = slices.Compact(names)
	for n, host := range c.hosts {
		own := host.variables()
		for _, name := range c.variables {
			if !slices.Contains(path, name) && !slices.Contains(own, name) {
				fault(fmt.Sprintf("Hosts[%d]", n), fmt.Sprintf("has no variable {%s}, which another host has: put it into each host, or make a rule for each", name))
			}
		}
	}
	if len(c.variables) > MaxVariables {
		fault("Path", fmt.Sprintf("and the hosts have %d variables: at most %d are possible", len(c.variables), MaxVariables))
	}
}

func (p pattern) variables() (names []string) {
	for _, part := range p.parts {
		if part.variable != "" {
			names = append(names, part.variable)
		}
	}
	return names
}

// covers reports whether c matches every request that other matches.
func (c *compiled) covers(other *compiled) bool {
	if c.methods != nil && (other.methods == nil || slices.ContainsFunc(other.methods, func(m string) bool { return !slices.Contains(c.methods, m) })) {
		return false
	}
	if c.hosts != nil {
		if other.hosts == nil {
			return false
		}
		for _, host := range other.hosts {
			if !slices.ContainsFunc(c.hosts, func(mine pattern) bool { return mine.covers(host) }) {
				return false
			}
		}
	}
	return c.path.covers(other.path)
}
