package main

import (
	"fmt"
	"slices"
	"strings"
)

// A mutation breaks one thing.
type mutation struct {
	file  string // in the module, with slashes
	name  string // what is broken
	old   string // stands in the file exactly once
	new   string
	means string // what a program with this break would do wrong
	tests []tests

	number int // in the woven tests; 0: it is in none
}

// tests are those of a package that may notice.
type tests struct {
	folder string // in the module; "." is its root
	run    string // regular expression; "": all but the slow ones
}

func (m mutation) String() string { return m.file + " " + m.name }

// apply returns the text of the file with the break in it.
func (m mutation) apply(text string) (string, error) {
	if n := strings.Count(text, m.old); n != 1 {
		return "", fmt.Errorf("the text to change stands in it %d times, not once: %q", n, m.old)
	}
	return strings.Replace(text, m.old, m.new, 1), nil
}

// An edit is a line of the tables: name, old text, new text, what it means.
type edit [4]string

// in makes the mutations of one file, which these tests are asked about, in their
// order.
func in(file string, asked []tests, edits ...edit) []mutation {
	list := make([]mutation, 0, len(edits))
	for _, e := range edits {
		list = append(list, mutation{file: file, name: e[0], old: e[1], new: e[2], means: e[3], tests: asked})
	}
	return list
}

// all returns the whole table.
func all() []mutation {
	return slices.Concat(checkMutations(), claimMutations(), verifierMutations(), requirementMutations(), configMutations(),
		compactMutations(), keyMutations(), fetchMutations(), refreshMutations(), fileMutations(), bearerMutations(), oauthMutations(), resolveMutations(), awsMutations(),
		revocationMutations())
}

// never replaces a condition by false and keeps what it uses used.
func never(condition string) string { return "false && (" + condition + ")" }

// skip is an edit that has a check succeed always: condition, which tells of the
// failure, is never true.
func skip(name, before, condition, after, means string) edit {
	return edit{name, before + condition + after, before + never(condition) + after, means}
}
