package report

import (
	"fmt"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/internal/terminal"
)

// A Writer writes outcomes for people. It is not safe for concurrent use.
type Writer struct {
	*terminal.Page
	// Hint returns what the reader can do about a failure, "" where the message says it
	// all. The report is nil where there is none.
	Hint func(cognito.Code, *cognito.Report) string
	// KeysHint says how to have the signature checked. It is written where it was not.
	KeysHint string
	// Moment names the time at which the token was judged. "" is "now".
	Moment string
}

// Outcome writes the outcome of one token. several says that tokens are numbered.
func (g *Writer) Outcome(o *Outcome, several bool) {
	if o.Number > 1 {
		g.Line("")
	}
	g.verdict(o, several)
	if o.Report == nil {
		return
	}
	if o.Report.SignatureHeld() {
		g.Line("")
		if o.Token != nil {
			g.fact("user pool", o.Token.UserPoolID())
		}
		g.facts(o.Report)
	}
	g.Heading("checks")
	g.checks(o.Report, verifying)
}

// verdict writes the result: whether the token is valid, and if not, why, and what to
// do. Only the verifier decides it; the report explains it.
func (g *Writer) verdict(o *Outcome, several bool) {
	number := ""
	if several {
		number = fmt.Sprintf("token %d  ", o.Number)
	}
	switch {
	case o.Unavailable():
		g.Line(number + g.Doubt(g.Sign("! ", "!! ")+"not judged: "+string(o.Refusal.Code())))
		g.Paragraph(2, g.Escape(Unjudged(o.Refusal)))
		g.Advice(2, g.Hint(o.Refusal.Code(), o.Report))
	case o.Refusal != nil:
		g.Line(number + g.Bad(g.Sign("✘ ", "no ")+"rejected: "+string(o.Refusal.Code())))
		g.Paragraph(2, g.Escape(o.Refusal.Detail()))
		g.Advice(2, g.Hint(o.Refusal.Code(), o.Report))
	default:
		kind := "ID"
		if _, access := o.Token.(*cognito.AccessToken); access {
			kind = "access"
		}
		g.Line(number + g.Good(g.Sign("✔ ", "ok ")+"valid "+kind+" token"))
	}
}
