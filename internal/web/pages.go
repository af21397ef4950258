package web

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

//go:embed pages/layout.html pages/message.html pages/style.css
var shared embed.FS

// ownStyle is the file in Config.Files with style rules of its pages.
const ownStyle = "style.css"

// Config describes a set of pages. Name must be set.
type Config struct {
	// Name is the product or page that a [Message] belongs to, such as "Token
	// inspector". It is in the title and at the foot of a message.
	Name string

	// Files holds the templates of the pages: every *.html in its root. A file that
	// defines "title" and "body" is a page. Every other file is a part that all pages
	// can use. A file style.css has style rules that these pages need beside the shared
	// style sheet. nil means messages only.
	Files fs.FS

	// Functions are functions for the templates. They must be safe for concurrent use.
	Functions template.FuncMap

	// FormAction lists where a browser may send the forms of these pages, redirects
	// after the form included: [Self], and origins such as https://auth.example.com.
	// Nothing means that the pages have no forms.
	FormAction []string
}

// Pages is a set of pages that share a name, a style and a policy. It is safe for
// concurrent use. Make it with [New].
type Pages struct {
	name   string
	policy string
	styles []template.CSS
	set    map[string]*template.Template // by file name
	text   *template.Template            // of a Message
}

// New reads the templates and makes the policy. The error joins all faults of config.
func New(config Config) (*Pages, error) {
	p := &Pages{name: config.Name, set: map[string]*template.Template{}}
	var faults []error
	if config.Name == "" {
		faults = append(faults, errors.New("web: Config.Name is empty"))
	}
	faults = append(faults, p.readStyles(config.Files), p.readTemplates(config))
	sources, err := formSources(config.FormAction)
	p.policy = contentSecurityPolicy(p.styles, sources)
	return p, errors.Join(append(faults, err)...)
}

// readStyles takes the shared style sheet and that of the pages. Both are written into
// the page as they are, so they must not end the element that they are in.
func (p *Pages) readStyles(files fs.FS) error {
	text, err := shared.ReadFile("pages/style.css")
	if err != nil {
		return err
	}
	p.styles = []template.CSS{template.CSS(text)} //nolint:gosec // embedded at build time
	if files == nil {
		return nil
	}
	text, err = fs.ReadFile(files, ownStyle)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("web: Config.Files: %w", err)
	case bytes.ContainsRune(text, '<'):
		return fmt.Errorf("web: Config.Files: %s contains %q", ownStyle, "<")
	}
	p.styles = append(p.styles, template.CSS(text)) //nolint:gosec // the program's own file, checked above
	return nil
}

// readTemplates gives every page a copy of the layout and of the parts.
func (p *Pages) readTemplates(config Config) error {
	base, err := template.New("layout.html").Funcs(config.Functions).ParseFS(shared, "pages/layout.html")
	if err != nil {
		return err
	}
	if p.text, err = page(base, shared, "pages/message.html"); err != nil {
		return err
	}
	if config.Files == nil {
		return nil
	}
	names, err := fs.Glob(config.Files, "*.html")
	if err != nil {
		return err
	}
	var faults []error
	var pages []string
	for _, name := range names {
		one, err := template.New(name).Funcs(config.Functions).ParseFS(config.Files, name)
		switch {
		case err != nil:
			faults = append(faults, fmt.Errorf("web: Config.Files: %w", err))
		case one.Lookup("body") == nil:
			if _, err := base.ParseFS(config.Files, name); err != nil {
				faults = append(faults, fmt.Errorf("web: Config.Files: %w", err))
			}
		case one.Lookup("title") == nil:
			faults = append(faults, fmt.Errorf("web: Config.Files: %s defines body and no title", name))
		default:
			pages = append(pages, name)
		}
	}
	for _, name := range pages {
		if p.set[name], err = page(base, config.Files, name); err != nil {
			faults = append(faults, fmt.Errorf("web: Config.Files: %w", err))
		}
	}
	return errors.Join(faults...)
}

func page(base *template.Template, files fs.FS, name string) (*template.Template, error) {
	one, err := base.Clone()
	if err != nil {
		return nil, err
	}
	return one.ParseFS(files, name)
}

// content is the data of the layout.
type content struct {
	Styles []template.CSS
	Page   any
}

// Show answers with the page in the file of that name. data is the dot of its
// templates.
//
// The page is complete before the first byte is written. The error means that a
// template failed, and the answer is a plain 500; it may hold parts of data. Show does
// not report that the browser closed the connection.
func (p *Pages) Show(w http.ResponseWriter, status int, name string, data any) error {
	t, ok := p.set[name]
	if !ok {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return fmt.Errorf("web: no page %q", name)
	}
	return p.write(w, status, t, data)
}

func (p *Pages) write(w http.ResponseWriter, status int, t *template.Template, data any) error {
	var body bytes.Buffer
	if err := t.ExecuteTemplate(&body, "layout.html", content{p.styles, data}); err != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return fmt.Errorf("web: page %s: %w", strings.TrimSuffix(path.Base(t.Name()), ".html"), err)
	}
	p.setHeaders(w.Header(), body.Len())
	w.WriteHeader(status)
	_, _ = body.WriteTo(w) // a failed write means that the browser has closed the connection
	return nil
}
