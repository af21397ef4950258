package authserver

import (
	"errors"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/poolguard/poolguard/userpool/internal/users"
)

const maxFormBytes = 16 << 10

// formPage is a page with a form; form.html shows it.
type formPage struct {
	Title  string
	Text   []string // paragraphs under the title
	Note   string   // good news about what was done before
	Facts  []fact
	Path   string // where the form goes; the authorization request follows it
	Hidden []hidden
	Fields []field
	Submit string
	// Again, which may be empty, is a second button with AgainPath.
	Again, AgainPath string
	Providers        []link
	Links            []link

	// What follows is for showForm to fill in.
	Problem    string // about the form as a whole
	Faulty     bool
	ClientName string
	PoolID     string
	query      string
}

// Action is where the form goes, as one URL: that is how templates let a query be.
func (p formPage) Action() string { return p.Path + "?" + p.query }

// AgainAction is where the second button leads.
func (p formPage) AgainAction() string { return p.AgainPath + "?" + p.query }

// field is an input with its label. Its ID is its name.
type field struct {
	Name, Label  string
	Type         string // "" is text
	Value        string
	Autocomplete string
	InputMode    string
	MaxLength    int
	Hint         string
	Optional     bool

	Problem string
	Focus   bool
	// general is set where the page has a problem that is about no field.
	general bool
}

// HintID, ProblemID and DescribedBy tie what is said about the input to it, for
// those who cannot see that it is next to it.
func (f field) HintID() string { return f.Name + "-hint" }

// ProblemID is the ID of the field's problem.
func (f field) ProblemID() string { return f.Name + "-problem" }

// Verbatim reports whether keyboards should leave the value alone: it is no name of
// a person.
func (f field) Verbatim() bool {
	return f.Autocomplete == "username" || !strings.HasSuffix(f.Autocomplete, "name")
}

// DescribedBy lists the IDs of what describes the input.
func (f field) DescribedBy() string {
	var ids []string
	if f.general {
		ids = append(ids, "problem")
	}
	if f.Problem != "" {
		ids = append(ids, f.ProblemID())
	}
	if f.Hint != "" {
		ids = append(ids, f.HintID())
	}
	return strings.Join(ids, " ")
}

type hidden struct{ Name, Value string }

type link struct{ Text, URL string }

type fact struct{ Term, Value string }

// problem is what a page says is wrong. Without a field it is about all of it; the
// zero value is none.
type problem struct{ field, message string }

// showForm answers with a form. Its problem is at the field that it is about, which
// gets the focus; else the first empty one does.
func (s *Server) showForm(w http.ResponseWriter, r *http.Request, request authorizationRequest, status int, page formPage, wrong problem) {
	page.ClientName, page.PoolID, page.query = request.client.title(), request.client.pool.ID, request.query
	page.Hidden = append(page.Hidden, hidden{formField, s.formToken(w, r)})
	page.mark(wrong)
	s.showPage(w, r, status, "form.html", formActions(request.client, request.redirectURI), page)
}

// mark puts a problem where it belongs and the focus where to go on.
func (p *formPage) mark(wrong problem) {
	p.Faulty = wrong.message != ""
	empty, faulty := -1, -1
	for i, f := range p.Fields {
		switch {
		case p.Faulty && f.Name == wrong.field:
			faulty = i
		case empty < 0 && f.Value == "":
			empty = i
		}
	}
	if faulty >= 0 {
		p.Fields[faulty].Problem, p.Fields[faulty].Focus = wrong.message, true
		return
	}
	p.Problem = wrong.message
	for i := range p.Fields {
		p.Fields[i].general = p.Faulty
	}
	if empty >= 0 {
		p.Fields[empty].Focus = true
	}
}

// receive reads the form of a POST and the authorization request that it belongs
// to. Where ok is false it has answered, with the page of a request that has no
// form yet.
func (s *Server) receive(w http.ResponseWriter, r *http.Request, page func(authorizationRequest) formPage) (request authorizationRequest, ok bool) {
	request, err := s.parseAuthorization(r.Context(), r.URL.RawQuery)
	if err != nil {
		s.refuseAuthorization(w, r, err)
		return request, false
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxFormBytes)
	if err := r.ParseForm(); err != nil || !formIsText(r) {
		s.showForm(w, r, request, http.StatusBadRequest, page(request), problem{message: "The form could not be read. Please try again."})
		return request, false
	}
	if !s.formAuthentic(r) {
		s.log.InfoContext(r.Context(), "form refused", "client", request.client.ID, "path", r.URL.Path, "reason", "form token")
		s.showForm(w, r, request, http.StatusForbidden, page(request), problem{message: "This form was no longer valid. Please try again."})
		return request, false
	}
	return request, true
}

// sentName is the user name of a form, without the space that keyboards of phones
// add. No user name has any.
func sentName(r *http.Request) string { return strings.TrimSpace(r.PostForm.Get(fieldUsername)) }

// sentCode is the code of a form, without the spaces that messages and apps show
// it with.
func sentCode(r *http.Request) string { return strings.ReplaceAll(r.PostForm.Get(fieldCode), " ", "") }

// formIsText keeps out what would not be stored as it was sent.
func formIsText(r *http.Request) bool {
	for _, values := range r.PostForm {
		for _, v := range values {
			if !utf8.ValidString(v) {
				return false
			}
		}
	}
	return true
}

// page answers a GET with a form. allowed, if not nil, says whether the client's
// people get it; others are led to /login.
func (s *Server) page(page func(authorizationRequest) formPage, allowed func(app) bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		request, err := s.parseAuthorization(r.Context(), r.URL.RawQuery)
		switch {
		case err != nil:
			s.refuseAuthorization(w, r, err)
		case allowed != nil && !allowed(request.client):
			redirect(w, "/login?"+request.query)
		default:
			s.showForm(w, r, request, http.StatusOK, page(request), problem{})
		}
	}
}

// fieldsOfRefusals says which field a refusal is about, where its words are known.
var fieldsOfRefusals = []struct {
	refusal users.Error
	field   string
}{
	{users.Error{Code: users.CodeInvalidPassword}, fieldPassword},
	{users.Error{Code: users.CodePasswordHistory}, fieldPassword},
	{users.Error{Code: users.CodeUsernameExists}, fieldUsername},
	{users.Error{Code: users.CodeMismatch}, fieldCode},
	{users.Error{Code: users.CodeExpired}, fieldCode},
	{users.Error{Code: users.CodeLimitExceeded}, fieldCode},
	{users.Error{Code: users.CodeInvalidParameter, Message: "Invalid email address format."}, attributeField("email")},
	{users.Error{Code: users.CodeInvalidParameter, Message: "Invalid phone number format."}, attributeField("phone_number")},
	{users.Error{Code: users.CodeInvalidParameter, Message: "Username should be an email."}, fieldUsername},
	{users.Error{Code: users.CodeInvalidParameter, Message: "Username should be a phone number."}, fieldUsername},
	{users.Error{Code: users.CodeInvalidParameter, Message: "Username should be either an email or a phone number."}, fieldUsername},
}

// refusalOf returns what a page with those fields says of a refusal, in Cognito's
// words; ok is false for what is the server's own failure, and for no error.
func refusalOf(err error, fields []field) (p problem, ok bool) {
	refusal := new(users.Error)
	if !errors.As(err, &refusal) {
		return problem{}, false
	}
	for _, known := range fieldsOfRefusals {
		if errors.Is(err, &known.refusal) && hasField(fields, known.field) {
			return problem{known.field, refusal.Message}, true
		}
	}
	return problem{message: refusal.Message}, true
}

func hasField(fields []field, name string) bool {
	for _, f := range fields {
		if f.Name == name {
			return true
		}
	}
	return false
}

// missing is the problem of the first field that was left empty.
func missing(r *http.Request, fields []field) (p problem, ok bool) {
	for _, f := range fields {
		if !f.Optional && r.PostForm.Get(f.Name) == "" {
			return problem{f.Name, "Please fill in this field."}, true
		}
	}
	return problem{}, false
}
