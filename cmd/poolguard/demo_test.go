package main

import "testing"

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
