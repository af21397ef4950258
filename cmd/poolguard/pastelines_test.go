package main

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/poolguard/poolguard/internal/terminal"
	"github.com/poolguard/poolguard/userpool"
)

func TestOfGoRun(t *testing.T) {
	const hash = "0f3a1c5e7b9d2f4a6c8e0b1d3f5a7c9e1b3d5f7a9c0e2b4d6f8a1c3e5b7d9f0a"
	for path, want := range map[string]bool{
		"/tmp/go-build123/b001/exe/poolguard":                     true,
		"/home/u/.cache/go-build/0f/" + hash + "-d/poolguard":     true,
		"/var/cache/gophers/0f/" + hash + "-d/poolguard":          true,
		"/var/cache/gophers/0f/" + hash + "-d/poolguard.exe":      true,
		"/usr/local/bin/poolguard":                                false,
		"/home/u/0f/poolguard-d/poolguard":                        false,
		"/var/cache/gophers/0f/" + hash + "-d/bin/poolguard":      false,
		"/var/cache/gophers/not-hex/" + hash + "-d/bin/poolguard": false,
	} {
		if got := ofGoRun(path); got != want {
			t.Errorf("%s: got %v", path, got)
		}
	}
}

// Only a line to paste, and a single word, may be wider than the terminal.
func TestServeTextWrapsBetweenWords(t *testing.T) {
	for _, width := range []int{40, 80, 120} {
		text := serveText{
			style: terminal.Style{Terminal: true, Width: width}, pool: userpool.DefaultPool(), url: "http://127.0.0.1:65535",
			issuer: userpool.IssuerLocal, command: "go run ./cmd/poolguard", controls: true, inspector: true, open: true,
			data: "/home/anaya/My Files/a folder with a long name/pool",
		}
		report, _, found := strings.Cut(text.String(), "\nTo sign in with a browser")
		if !found {
			t.Fatalf("nothing to paste in\n%s", text.String())
		}
		_, warning, _ := strings.Cut(text.String(), "\nFor development only")
		for line := range strings.Lines(report + warning) {
			line = strings.TrimSpace(line)
			if strings.Contains(line, text.data) {
				continue // a path is one word
			}
			if before := line[:max(strings.LastIndex(line, " "), 0)]; utf8.RuneCountInString(before) > width-2 ||
				utf8.RuneCountInString(line) > width && utf8.RuneCountInString(line)-len(before) < width-16 {
				t.Errorf("width %d: too long: %s", width, line)
			}
		}
		if !strings.Contains(report, text.data) {
			t.Errorf("width %d: the path is broken:\n%s", width, report)
		}
	}
}

// A line that a terminal breaks is hard to copy. An address by itself has no place
// to break.
func TestServeTextFits(t *testing.T) {
	for _, form := range []userpool.IssuerForm{userpool.IssuerLocal, userpool.IssuerOriginal, userpool.IssuerUpdated} {
		const url = "http://127.0.0.1:65535"
		server, err := userpool.New(userpool.Config{PublicURL: url, IssuerForm: form})
		if err != nil {
			t.Fatal(err)
		}
		served, err := server.Pools(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		text := serveText{
			style: terminal.Style{Width: 80}, pool: userpool.DefaultPool(), url: url,
			issuer: form, issuers: issuersOf(served), command: "go run ./cmd/poolguard",
		}
		_, paste, found := strings.Cut(text.String(), "\nA token, and what it says:\n")
		if !found {
			t.Fatalf("no lines to paste in\n%s", text.String())
		}
		for line := range strings.Lines(paste) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 80 {
				t.Errorf("issuer %s: %d columns: %s", form, n, line)
			}
		}
	}
}
