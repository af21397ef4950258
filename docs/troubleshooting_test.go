package docs_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/internal/explain"
)

// readSections returns the text of each section of troubleshooting.md that is about a code,
// with single spaces, and the codes in their order.
func readSections(t *testing.T) (order []cognito.Code, sections map[cognito.Code]string) {
	t.Helper()
	text, err := os.ReadFile("troubleshooting.md")
	if err != nil {
		t.Fatal(err)
	}
	sections = map[cognito.Code]string{}
	for part := range strings.SplitSeq(string(text), "\n### ") {
		name, body, _ := strings.Cut(part, "\n")
		if regexp.MustCompile(`^[a-z_]+$`).MatchString(name) {
			order = append(order, cognito.Code(name))
			sections[cognito.Code(name)] = strings.Join(strings.Fields(body), " ")
		}
	}
	return order, sections
}

func TestTroubleshootingHasEveryCode(t *testing.T) {
	order, sections := readSections(t)
	if !slices.Equal(order, cognito.Codes()) {
		t.Errorf("the sections are %q, the codes %q", order, cognito.Codes())
	}
	for code, text := range sections {
		if !strings.Contains(text, "Usual causes: - ") {
			t.Errorf("%s has no causes", code)
		}
	}
}

// TestTroubleshootingHasTheAdviceOfTheCommand: package explain is the one source of it.
func TestTroubleshootingHasTheAdviceOfTheCommand(t *testing.T) {
	_, sections := readSections(t)
	for _, code := range cognito.Codes() {
		if advice := explain.Advice(code, explain.Facts{}); advice != "" && !strings.Contains(sections[code], "What to do: "+advice) {
			t.Errorf("%s lacks the advice %q", code, advice)
		}
	}
}

func TestTroubleshootingLinksToEverySection(t *testing.T) {
	text, err := os.ReadFile("troubleshooting.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range cognito.Codes() {
		if !strings.Contains(string(text), "["+string(code)+"](#"+string(code)+")") {
			t.Errorf("no link to %s", code)
		}
	}
}
