package demo

import (
	"encoding/xml"
	"errors"
	"io"
	"net/url"
	"strings"
)

// A loginForm is the form of the pool's sign-in page.
type loginForm struct {
	action string
	fields url.Values // with their values, hidden ones included
}

// readLoginForm finds the first form of an HTML page that is sent by POST.
func readLoginForm(page io.Reader) (*loginForm, error) {
	d := xml.NewDecoder(page)
	// The settings for HTML that the documentation of encoding/xml gives.
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	var form *loginForm
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil, errors.New("the page has no sign-in form")
		}
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			switch {
			case t.Name.Local == "form" && strings.EqualFold(attribute(t, "method"), "post"):
				form = &loginForm{action: attribute(t, "action"), fields: url.Values{}}
			case t.Name.Local == "input" && form != nil && attribute(t, "name") != "":
				form.fields.Set(attribute(t, "name"), attribute(t, "value"))
			}
		case xml.EndElement:
			if t.Name.Local == "form" && form != nil {
				return form, nil
			}
		}
	}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
