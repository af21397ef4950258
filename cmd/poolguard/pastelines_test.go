package main

import (
	"strings"
	"testing"
	"unicode/utf8"

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

// A line that a terminal breaks is hard to copy. An address by itself has no place
// to break.
func TestServeTextFits(t *testing.T) {
	for _, form := range []userpool.IssuerForm{userpool.IssuerLocal, userpool.IssuerOriginal, userpool.IssuerUpdated} {
		text := serveText{
			style: style{width: 80}, pool: userpool.DefaultPool(), url: "http://127.0.0.1:65535",
			issuer: form, command: "go run ./cmd/poolguard",
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
