package cases

import (
	"fmt"

	"github.com/poolguard/poolguard/internal/yamlfile"
)

// A Case is a request with the decision that is expected.
type Case struct {
	Name    string
	Request Request
	Token   *Token // nil sends none
	Expect  Expect
}

// A Request is the request of a case.
type Request struct {
	Method  string // GET unless set
	URL     string
	Headers map[string]string
}

// A Token says what the token of a request has.
type Token struct {
	Use      string // access unless set, or id
	UserPool string // the first one unless set
	ClientID string // the first one of the pool unless set
	Subject  string
	Groups   []string
	Scopes   []string
	Claims   map[string]any
}

// Expect is what a decision must be. A field that is not set is not compared.
type Expect struct {
	Allowed *bool
	Rule    *string
	Code    *string
}

type file struct{ Cases []Case }

var schema = yamlfile.Schema[file]{
	Empty: "the file is empty; it needs cases",
	Fields: []yamlfile.Field[file]{
		yamlfile.Objects("cases", "Cases", func(f *file) *[]Case { return &f.Cases }, []yamlfile.Field[Case]{
			yamlfile.NonEmptyText("name", "Name", func(c *Case) *string { return &c.Name }),
			yamlfile.Object("request", "Request", func(c *Case) *Request { return &c.Request }, []yamlfile.Field[Request]{
				yamlfile.NonEmptyText("method", "Method", func(r *Request) *string { return &r.Method }),
				yamlfile.NonEmptyText("url", "URL", func(r *Request) *string { return &r.URL }),
				yamlfile.Scalars("headers", "Headers", func(r *Request) *map[string]string { return &r.Headers }),
			}),
			yamlfile.Object("token", "Token", tokenOf, []yamlfile.Field[Token]{
				yamlfile.Choice("use", "Use", func(t *Token) *string { return &t.Use }, "access", "id"),
				yamlfile.NonEmptyText("user_pool", "UserPool", func(t *Token) *string { return &t.UserPool }),
				yamlfile.NonEmptyText("client_id", "ClientID", func(t *Token) *string { return &t.ClientID }),
				yamlfile.NonEmptyText("subject", "Subject", func(t *Token) *string { return &t.Subject }),
				yamlfile.NonEmptyTexts("groups", "Groups", func(t *Token) *[]string { return &t.Groups }),
				yamlfile.NonEmptyTexts("scopes", "Scopes", func(t *Token) *[]string { return &t.Scopes }),
				yamlfile.JSONObject("claims", "Claims", func(t *Token) *map[string]any { return &t.Claims }),
			}),
			yamlfile.Object("expect", "Expect", func(c *Case) *Expect { return &c.Expect }, []yamlfile.Field[Expect]{
				yamlfile.Bool("allowed", "Allowed", func(e *Expect) *bool { e.Allowed = new(bool); return e.Allowed }),
				yamlfile.Text("rule", "Rule", func(e *Expect) *string { e.Rule = new(string); return e.Rule }),
				yamlfile.Text("code", "Code", func(e *Expect) *string { e.Code = new(string); return e.Code }),
			}),
		}),
	},
	Check: check,
}

func tokenOf(c *Case) *Token {
	if c.Token == nil {
		c.Token = &Token{}
	}
	return c.Token
}

// check finds cases that test nothing.
func check(f *file) (faults []yamlfile.FieldFault) {
	if len(f.Cases) == 0 {
		faults = append(faults, yamlfile.FieldFault{Field: "Cases", Reason: "has no case"})
	}
	for n := range f.Cases {
		c := &f.Cases[n]
		at := fmt.Sprintf("Cases[%d].", n)
		if c.Request.URL == "" {
			faults = append(faults, yamlfile.FieldFault{Field: at + "Request.URL", Reason: "is missing"})
		}
		if c.Expect == (Expect{}) {
			faults = append(faults, yamlfile.FieldFault{Field: at + "Expect", Reason: "expects nothing: give allowed, rule or code"})
		}
		if c.Request.Method == "" {
			c.Request.Method = "GET"
		}
		if c.Name == "" {
			c.Name = c.Request.Method + " " + c.Request.URL
		}
	}
	return faults
}

// Parse reads the text of a file of cases. name is what faults call the file. The error is
// a [*yamlfile.Error] with all faults.
func Parse(name string, text []byte) ([]Case, error) {
	read, err := schema.Parse(name, text, yamlfile.Lookup{})
	if err != nil {
		return nil, err
	}
	return read.Config.Cases, nil
}
