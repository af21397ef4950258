package main

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

const maxColumns = 100

var linkTarget = regexp.MustCompile(`\]\([^)]*\)`)

// tooWide reports the lines of Markdown prose that have more columns than
// maxColumns. Tables, headings, HTML and code can not be wrapped and are not
// counted; neither are the targets of links.
func tooWide(path string, source []byte) []finding {
	var found []finding
	fenced := false
	for i, line := range strings.Split(string(source), "\n") {
		text := strings.TrimSpace(line)
		if strings.HasPrefix(text, "```") || strings.HasPrefix(text, "~~~") {
			fenced = !fenced
			continue
		}
		if fenced || isCode(line) || text == "" || strings.ContainsRune("|#<", rune(text[0])) || isReference(text) {
			continue
		}
		columns := utf8.RuneCountInString(linkTarget.ReplaceAllString(line, "]"))
		if columns <= maxColumns || !strings.Contains(text, " ") {
			continue
		}
		found = append(found, finding{path, i + 1, "error", "Width", fmt.Sprintf("The line has %d columns; wrap it at %d.", columns, maxColumns)})
	}
	return found
}

// isCode is true for a line of an indented code block. Lists of this repository
// are indented by less than four spaces.
func isCode(line string) bool {
	return strings.HasPrefix(line, "    ") || strings.HasPrefix(line, "\t")
}

// isReference is true for the definition of a link: [name]: address.
func isReference(text string) bool {
	return strings.HasPrefix(text, "[") && strings.Contains(text, "]: ")
}
