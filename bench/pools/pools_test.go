package main

import (
	"bytes"
	"io"
	"regexp"
	"testing"
)

// TestRunShort: the program runs, its lines for scripts are there, and no key set was
// fetched for an issuer that was made up. It asserts no time.
func TestRunShort(t *testing.T) {
	var out bytes.Buffer
	if err := run(t.Context(), options{pools: 100, tokens: 100, rounds: 2, strangers: 500}, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		`new token, cost with all pools/with one: [0-9.]+`, `known token, cost with all pools/with one: [0-9.]+`,
		`KB of a pool: -?[0-9.]+`, `KB of a pool where most make room: -?[0-9.]+`, `MB grown by made-up issuers: -?[0-9.]+`,
		`key sets fetched for made-up issuers: 0\.00`,
	} {
		if !regexp.MustCompile(`(?m)^` + line + `$`).Match(out.Bytes()) {
			t.Errorf("no line %s in\n%s", line, out.Bytes())
		}
	}
}

func TestParse(t *testing.T) {
	for _, args := range [][]string{{"-pools", "99"}, {"-tokens", "5"}, {"-rounds", "0"}, {"-strangers", "0"}, {"x"}, {"-unknown"}} {
		if o, err := parse(args, io.Discard); err == nil {
			t.Errorf("%q: %+v", args, o)
		}
	}
	if _, err := parse(nil, io.Discard); err != nil {
		t.Error(err)
	}
}
