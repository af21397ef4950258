package resources

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/poolguard/poolguard/gateway/internal/authz"
	"github.com/poolguard/poolguard/gateway/internal/route"
)

// A Set has the documents of all resources. It is immutable and safe for concurrent use. Make
// one with [New]; the zero Set has none.
type Set struct{ hosts map[string]*host }

// A host has the documents and the resources of one host.
type host struct {
	documents map[string]http.Handler // by path
	resources []*compiled             // the longest path first
}

// New returns the documents of resources. It returns all faults at once, each a
// [*ConfigError].
func New(resources []Resource) (*Set, error) {
	s := &Set{hosts: map[string]*host{}}
	list := new([]error)
	for n := range resources {
		f := faults{fmt.Sprintf("Config.Resources[%d].", n), list}
		c := compile(&resources[n], f)
		if c == nil {
			continue
		}
		for _, name := range c.hosts {
			if !s.add(name, c) {
				f.add("URL", "has the documents of another resource on the host %s: got %q", name, resources[n].URL)
				break
			}
		}
	}
	return s, errors.Join(*list...)
}

// add adds a resource to a host. It reports whether the host has no other document at the same
// path.
func (s *Set) add(name string, c *compiled) bool {
	h := s.hosts[name]
	if h == nil {
		h = &host{documents: map[string]http.Handler{}}
		s.hosts[name] = h
	}
	for path, handler := range c.documents {
		if h.documents[path] != nil {
			return false
		}
		h.documents[path] = handler
	}
	h.resources = append(h.resources, c)
	slices.SortStableFunc(h.resources, func(a, b *compiled) int { return cmp.Compare(len(b.path), len(a.path)) })
	return true
}

// Handler returns what answers a request for a document, nil for every other request. The
// path is compared byte by byte.
func (s *Set) Handler(r *http.Request) http.Handler {
	if h := s.find(r.Host); h != nil {
		if handler := h.documents[r.URL.EscapedPath()]; handler != nil {
			return handler
		}
	}
	return nil
}

func (s *Set) find(text string) *host {
	canonical, ok := route.CanonicalHost(text)
	if !ok {
		return nil
	}
	return s.hosts[canonical]
}

// Annotate names in a denial the document of the resource that its request is for. Of the
// resources on the host, this is the one with the longest path that is the path of the request
// or above it. If there is none, it is the one with the shortest path.
func (s *Set) Annotate(r *authz.Request, d *authz.Decision) {
	if d.Allowed {
		return
	}
	h := s.find(r.Host)
	if h == nil {
		return
	}
	path, _, _ := strings.Cut(r.Target, "?")
	d.ResourceMetadata = h.resources[len(h.resources)-1].metadata
	for _, c := range h.resources {
		if rest, ok := strings.CutPrefix(path, c.path); ok && (rest == "" || rest[0] == '/') {
			d.ResourceMetadata = c.metadata
			return
		}
	}
}

// A Decider decides about requests. [*authz.Policy] is one.
type Decider interface {
	Decide(ctx context.Context, r *authz.Request) authz.Decision
}

// An Annotator is a [Decider] whose denials name the documents. Make one with [Set.Annotator].
type Annotator struct {
	set  *Set
	next Decider
}

// Annotator returns a decider that decides as next does and names the documents.
func (s *Set) Annotator(next Decider) *Annotator { return &Annotator{s, next} }

// Decide implements [Decider].
func (a *Annotator) Decide(ctx context.Context, r *authz.Request) authz.Decision {
	d := a.next.Decide(ctx, r)
	a.set.Annotate(r, &d)
	return d
}
