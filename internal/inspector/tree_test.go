package inspector

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

// An element of a page, with the text directly in it.
type element struct {
	name   string
	attrs  map[string]string
	text   string
	parent *element
}

var voids = []string{"meta", "input", "link", "br", "img", "hr"}

// parse reads a page as XML with HTML's liberties for attributes and void elements,
// and for nothing else: every other element must be closed, in its order.
func parse(tb testing.TB, page string) []*element {
	tb.Helper()
	decoder := xml.NewDecoder(strings.NewReader(page))
	decoder.Strict = false
	var all []*element
	var current *element
	for {
		token, err := decoder.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			tb.Fatalf("not well-formed: %v", err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			e := &element{name: token.Name.Local, attrs: map[string]string{}, parent: current}
			for _, a := range token.Attr {
				if _, twice := e.attrs[a.Name.Local]; twice {
					tb.Errorf("<%s> has %s twice", e.name, a.Name.Local)
				}
				e.attrs[a.Name.Local] = a.Value
			}
			all = append(all, e)
			if !slices.Contains(voids, e.name) {
				current = e
			}
		case xml.EndElement:
			if current == nil || current.name != token.Name.Local {
				tb.Fatalf("</%s> closes nothing", token.Name.Local)
			}
			current = current.parent
		case xml.CharData:
			if current != nil {
				current.text += string(token)
			}
		}
	}
	if current != nil {
		tb.Fatalf("<%s> is not closed", current.name)
	}
	return all
}

// What pages are made of. Whatever a token adds to this has escaped from its text.
var (
	knownElements = strings.Fields("html head meta style title body main header h1 h2 p a section strong ul li code pre table thead tbody tr th td " +
		"details summary figure figcaption svg desc line text circle rect form input div label textarea fieldset legend select option datalist button footer span")
	knownAttributes = strings.Fields("lang charset name content class id href role method autocomplete type value for rows required autocapitalize autocorrect " +
		"spellcheck translate selected list maxlength scope xmlns viewBox x y x1 y1 x2 y2 cx cy r width height transform text-anchor " +
		"aria-labelledby aria-label aria-hidden aria-describedby aria-invalid")
)

// soundPage reports all that is wrong with a page as such, whatever it shows.
func soundPage(tb testing.TB, page string) []*element {
	tb.Helper()
	all := parse(tb, page)
	ids, labels, h1 := map[string]bool{}, map[string]bool{}, 0
	level := 0
	for _, e := range all {
		if !slices.Contains(knownElements, e.name) {
			tb.Errorf("there is a <%s>", e.name)
		}
		for name, value := range e.attrs {
			if !slices.Contains(knownAttributes, name) {
				tb.Errorf("<%s> has %s=%q", e.name, name, value)
			}
		}
		if id, ok := e.attrs["id"]; ok {
			if ids[id] {
				tb.Errorf("the id %q is there twice", id)
			}
			ids[id] = true
		}
		switch e.name {
		case "html":
			if e.attrs["lang"] != "en" {
				tb.Error("the page names no language")
			}
		case "title":
			if strings.TrimSpace(e.text) == "" {
				tb.Error("a title is empty")
			}
		case "h1":
			h1, level = h1+1, 1
		case "h2":
			if level < 1 {
				tb.Error("an h2 comes before the h1")
			}
			level = 2
		case "label":
			labels[e.attrs["for"]] = true
		case "th":
			if s := e.attrs["scope"]; s != "col" && s != "row" {
				tb.Errorf("the table header %q has no scope", e.text)
			}
		case "a":
			if h := e.attrs["href"]; h != "?" && h != "#form" {
				tb.Errorf("there is a link to %q", h)
			}
		case "form":
			if e.attrs["method"] != "post" {
				tb.Error("a form would put the token into an address")
			}
		case "textarea":
			if e.text != "" {
				tb.Errorf("the field for the token is filled in: %q", e.text)
			}
		case "svg":
			if e.attrs["role"] != "img" {
				tb.Error("the drawing is no image for screen readers")
			}
		}
	}
	if h1 != 1 {
		tb.Errorf("%d h1", h1)
	}
	for _, e := range all {
		switch e.name {
		case "input", "select", "textarea":
			if e.attrs["type"] != "hidden" && !labels[e.attrs["id"]] {
				tb.Errorf("<%s name=%q> has no label", e.name, e.attrs["name"])
			}
		}
		for _, name := range []string{"aria-labelledby", "aria-describedby", "for", "list"} {
			for id := range strings.FieldsSeq(e.attrs[name]) {
				if !ids[id] {
					tb.Errorf("%s of <%s> refers to %q, which is not there", name, e.name, id)
				}
			}
		}
	}
	return all
}
