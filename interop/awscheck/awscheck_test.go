package awscheck

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	idp "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
)

func local(t *testing.T, name string) Service {
	t.Helper()
	service, stop, err := Local(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return service
}

// poolsOf lists the user pools that a service has.
func poolsOf(t *testing.T, s Service) []string {
	t.Helper()
	out, err := s.API.ListUserPools(t.Context(), &idp.ListUserPoolsInput{MaxResults: aws.Int32(60)})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, p := range out.UserPools {
		names = append(names, aws.ToString(p.Name))
	}
	return names
}

// TestTwoLocalPoolsAgree asks two local servers all questions. Each has to be asked, unless it is
// about Amazon's own addresses, and the answers hold nothing that differs from run to run.
func TestTwoLocalPoolsAgree(t *testing.T) {
	t.Parallel()
	one, two := local(t, "one"), local(t, "two")
	before := poolsOf(t, two)
	report, err := Compare(t.Context(), one, two, "", func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range report.Rows {
		switch {
		case errors.Is(row.Assumed.Err, errNotHere) || row.Name == "discovery/updated-issuer":
		case row.Verdict() != Confirmed:
			t.Errorf("%s is %s:\n  %s\n  %s", row.Name, row.Verdict(), row.Assumed, row.Observed)
		}
		t.Logf("%s: %s", row.Name, row.Observed)
	}
	if after := poolsOf(t, two); len(after) != len(before) {
		t.Errorf("user pools are left: %v, before: %v", after, before)
	}
	if open := report.Count(Open); open != 1 {
		t.Errorf("%d questions are open, want only that of the updated issuer", open)
	}
}

// TestNamesOfQuestionsAreUnique because the argument -questions selects by them.
func TestNamesOfQuestionsAreUnique(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, q := range Questions() {
		if seen[q.Name] || q.Source == "" || !strings.HasSuffix(q.Text, "?") {
			t.Errorf("%q: repeated, or without a source or a question", q.Name)
		}
		seen[q.Name] = true
	}
}

// TestUserPoolIsDeletedAfterCancellation because a user pool that stays at AWS costs money.
func TestUserPoolIsDeletedAfterCancellation(t *testing.T) {
	t.Parallel()
	one, two := local(t, "one"), local(t, "two")
	before := len(poolsOf(t, two))
	ctx, cancel := context.WithCancel(t.Context())
	_, err := Compare(ctx, one, two, "tokens/", func(what string) {
		if strings.HasPrefix(what, "two: tokens/keys") {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want a cancellation", err)
	}
	if after := len(poolsOf(t, two)); after != before {
		t.Errorf("%d user pools are left, want %d", after, before)
	}
}

// without answers the calls of one action with an error of the network.
type without struct {
	action string
	next   idp.HTTPClient
}

// Do implements idp.HTTPClient.
func (w without) Do(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.Header.Get("X-Amz-Target"), "."+w.action) {
		return nil, errors.New("connection lost")
	}
	return w.next.Do(r)
}

// TestUserPoolIsDeletedIfSetUpFails for the same reason.
func TestUserPoolIsDeletedIfSetUpFails(t *testing.T) {
	t.Parallel()
	service := local(t, "one")
	before := len(poolsOf(t, service))
	options := service.API.Options()
	options.HTTPClient = without{"CreateUserPoolDomain", options.HTTPClient}
	service.API = idp.New(options)
	if _, err := newWorld(t.Context(), service); err == nil || !strings.Contains(err.Error(), "connection lost") {
		t.Fatalf("got %v, want the error of the domain", err)
	}
	if after := len(poolsOf(t, service)); after != before {
		t.Errorf("%d user pools are left, want %d", after, before)
	}
}

// TestUserPoolThatStaysIsNamed so that a person can delete it.
func TestUserPoolThatStaysIsNamed(t *testing.T) {
	t.Parallel()
	service := local(t, "one")
	w, err := newWorld(t.Context(), service)
	if err != nil {
		t.Fatal(err)
	}
	options := service.API.Options()
	options.HTTPClient = without{"DeleteUserPool", options.HTTPClient}
	w.API = idp.New(options)
	if err := w.delete(t.Context()); err == nil || !strings.Contains(err.Error(), w.pool) {
		t.Errorf("got %v, want the ID %s in it", err, w.pool)
	}
}

// TestReportStartsWithDifferences and quotes what a service says, which can hold anything.
func TestReportStartsWithDifferences(t *testing.T) {
	t.Parallel()
	report := &Report{Assumed: "local", Observed: "AWS", Rows: []Row{
		{Question{Name: "a/same", Source: decision6, Text: "Same?"}, Answer{Text: "x"}, Answer{Text: "x"}},
		{Question{Name: "b/open", Source: decision6, Text: "Open?"}, Answer{Text: "x"}, Answer{Err: errNotHere}},
		{Question{Name: "c/other", Source: decision6, Text: "Other?"}, Answer{Text: "x"}, Answer{Text: "`y`\n# z"}},
	}}
	var b strings.Builder
	if err := report.WriteMarkdown(&b); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	different, open, confirmed := strings.Index(text, "### c/other"), strings.Index(text, "### b/open"), strings.Index(text, "### a/same")
	if different < 0 || open < different || confirmed < open {
		t.Errorf("wrong order in\n%s", text)
	}
	for _, want := range []string{"1 confirmed, 1 different, 1 open.", "- observed: `'y' # z`", "- observed: `not asked: not available at this service`"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
}

func TestUnknownPrefixOfQuestionsIsAnError(t *testing.T) {
	t.Parallel()
	if _, err := Compare(t.Context(), Service{}, Service{}, "nonsense/", func(string) {}); err == nil {
		t.Error("got no error")
	}
}
