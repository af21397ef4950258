package awscheck

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// An Answer is what one service does.
type Answer struct {
	// Text describes the behaviour, without values that differ from run to run.
	Text string
	// Err says why the question could not be asked.
	Err error
}

// A Row is one question with the answers of two services.
type Row struct {
	Question
	Assumed, Observed Answer
}

// Verdict is the result of one comparison.
type Verdict string

// The results of a comparison.
const (
	// Confirmed says that both services answer the same.
	Confirmed Verdict = "confirmed"
	// Different says that the assumption is wrong.
	Different Verdict = "DIFFERENT"
	// Open says that one of the services could not be asked.
	Open Verdict = "open"
)

// Verdict compares the answers.
func (r Row) Verdict() Verdict {
	switch {
	case r.Assumed.Err != nil || r.Observed.Err != nil:
		return Open
	case r.Assumed.Text == r.Observed.Text:
		return Confirmed
	}
	return Different
}

// A Report has a row for each question.
type Report struct {
	Assumed, Observed string // the names of the services
	Rows              []Row
}

// Count returns how many rows have the verdict.
func (r *Report) Count(v Verdict) int {
	n := 0
	for _, row := range r.Rows {
		if row.Verdict() == v {
			n++
		}
	}
	return n
}

// Compare asks both services all questions whose name starts with prefix. It calls progress
// before each question. The Report is complete even if single questions could not be asked; the
// error says that a service could not be prepared or cleaned up.
func Compare(ctx context.Context, assumed, observed Service, prefix string, progress func(string)) (*Report, error) {
	report := &Report{Assumed: assumed.Name, Observed: observed.Name}
	for _, q := range Questions() {
		if strings.HasPrefix(q.Name, prefix) {
			report.Rows = append(report.Rows, Row{Question: q})
		}
	}
	if len(report.Rows) == 0 {
		return nil, fmt.Errorf("no question starts with %q", prefix)
	}
	err := errors.Join(
		ask(ctx, assumed, report.Rows, func(r *Row, a Answer) { r.Assumed = a }, progress),
		ask(ctx, observed, report.Rows, func(r *Row, a Answer) { r.Observed = a }, progress),
	)
	return report, err
}

func ask(ctx context.Context, service Service, rows []Row, record func(*Row, Answer), progress func(string)) (err error) {
	progress(service.Name + ": creating a user pool")
	w, err := newWorld(ctx, service)
	if err != nil {
		for n := range rows {
			record(&rows[n], Answer{Err: errors.New("the service could not be prepared")})
		}
		return err
	}
	defer func() {
		progress(service.Name + ": deleting the user pool " + w.pool)
		err = errors.Join(err, w.delete(ctx))
	}()
	for n := range rows {
		progress(service.Name + ": " + rows[n].Name)
		text, failed := rows[n].ask(ctx, w)
		if failed != nil {
			failed = errors.New(w.comparable(failed.Error()))
		}
		record(&rows[n], Answer{Text: w.comparable(text), Err: failed})
	}
	return ctx.Err()
}

// WriteMarkdown writes the report: the differences first, then what is open, then what is
// confirmed.
func (r *Report) WriteMarkdown(out io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# Assumptions about Cognito\n\nAssumed: %s. Observed: %s.\n\n", r.Assumed, r.Observed)
	fmt.Fprintf(&b, "%d confirmed, %d different, %d open.\n", r.Count(Confirmed), r.Count(Different), r.Count(Open))
	for _, v := range []Verdict{Different, Open, Confirmed} {
		if r.Count(v) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n## %s\n", strings.ToUpper(string(v[:1]))+strings.ToLower(string(v[1:])))
		for _, row := range r.Rows {
			if row.Verdict() == v {
				row.write(&b)
			}
		}
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func (r Row) write(b *strings.Builder) {
	fmt.Fprintf(b, "\n### %s\n\n%s (%s)\n\n", r.Name, r.Text, r.Source)
	if r.Verdict() == Confirmed {
		fmt.Fprintf(b, "- both: %s\n", r.Observed)
		return
	}
	fmt.Fprintf(b, "- assumed: %s\n- observed: %s\n", r.Assumed, r.Observed)
}

// String returns the answer in one line of Markdown.
func (a Answer) String() string {
	text := a.Text
	if a.Err != nil {
		text = "not asked: " + a.Err.Error()
	}
	return "`" + strings.NewReplacer("`", "'", "\n", " ", "\r", " ").Replace(text) + "`"
}
