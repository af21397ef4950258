package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const goSource = `// Package sample has a doc.
package sample

import "example.org/some words"

// Exported is documented.
//
//	code stays code
func Exported() { // inside a function
	_ = "one message" +
		"next message"
	_ = "word"
}

// hidden is not documented for users.
func hidden() {}

// T has fields.
type T struct {
	A int ` + "`json:\"two words\"`" + ` // A trails.
	// b is not exported.
	b int
}

// M is a method.
func (*T) M() {}

// String belongs to a hidden type.
func (hiddenType) String() {}

const (
	// C is a constant.
	C = ` + "`first *line*\n\tsecond line`" + `
)
`

func TestProseOfGoKeepsItsLineNumbers(t *testing.T) {
	text, err := extract("sample/sample.go", []byte(goSource))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i, line := range strings.Split(string(text.markdown), "\n") {
		if line != "" {
			got = append(got, fmt.Sprintf("%d %s", i+1, line))
		}
	}
	want := []string{
		"1 Package sample has a doc.",
		"6 Exported is documented.",
		"8 \tcode stays code",
		"9 - inside a function",
		"10 - one message",
		"11 - next message",
		"15 - hidden is not documented for users.",
		"18 T has fields.",
		"20 - A trails.",
		"21 - b is not exported.",
		"25 M is a method.",
		"28 - String belongs to a hidden type.",
		"32 C is a constant.",
		"33 - first line",
		"34 - second line",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("prose (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[int]bool{9: true, 15: true, 21: true, 28: true}, text.inner); diff != "" {
		t.Errorf("lines of inner comments (-want +got):\n%s", diff)
	}
}

func TestCommentsOfOtherFilesKeepTheirLineNumbers(t *testing.T) {
	for path, source := range map[string]string{
		"a/b.yaml":     "key: value # trailing\n  # a comment\n",
		"scripts/a.sh": "#!/usr/bin/env bash\n# a comment\n",
		"Makefile":     "all:\n# a comment\n",
		"a.proto":      "syntax = \"proto3\";\n// a comment\n",
	} {
		text, err := extract(path, []byte(source))
		if err != nil || string(text.markdown) != "\na comment\n" {
			t.Errorf("extract %s: got %v, %v", path, text, err)
		}
	}
}

func TestIndentedCommentIsNoPartOfASentence(t *testing.T) {
	text, err := extract("a.sh", []byte("# Prints:\n#\n#   first   one\n#   second  two\n"))
	if want := "Prints:\n\n- first   one\n- second  two\n"; err != nil || string(text.markdown) != want {
		t.Errorf("extract: got %v, %v, want %q", text, err, want)
	}
}

func TestTestFilesAndUnknownFilesAreNotChecked(t *testing.T) {
	for _, path := range []string{"a_test.go", "a.svg", "go.mod"} {
		if text, err := extract(path, []byte("package a")); text != nil || err != nil {
			t.Errorf("extract %s: got %v, %v", path, text, err)
		}
	}
}

func TestOnlyProseHasAMaximumWidth(t *testing.T) {
	wide := strings.Repeat("word ", 25)
	for text, want := range map[string]int{
		wide:                      1,
		strings.Repeat("ä ", 50):  0,
		"| " + wide:               0,
		"# " + wide:               0,
		"<img " + wide:            0,
		"    " + wide:             0,
		"```\n" + wide + "\n```":  0,
		"```\ncode\n```\n" + wide: 1,
		"[name]: " + wide:         0,
		"[a](" + strings.Repeat("x", 99) + ") word": 0,
		strings.Repeat("x", 120):                    0,
	} {
		if got := len(tooWide("a.md", []byte(text))); got != want {
			t.Errorf("tooWide(%q): got %d lines, want %d", text, got, want)
		}
	}
}

func TestAFolderOnTheListDoesNotFail(t *testing.T) {
	found := []finding{
		{"a/b.md", 1, "error", "Words", "x"},
		{"a.md", 1, "warning", "LongSentence", "x"},
	}
	if err := report(found, []string{"a"}, false); err != nil {
		t.Errorf("report with the folder on the list: got %v", err)
	}
	if err := report(found, []string{"b"}, false); err == nil {
		t.Error("report with the folder not on the list: got no error")
	}
	if err := report(found[1:], nil, true); err != nil {
		t.Errorf("report of a warning: got %v", err)
	}
}
