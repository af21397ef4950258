package main

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/poolguard/poolguard/internal/explain"
	"github.com/poolguard/poolguard/internal/inputlines"
)

// A line is a token to verify, as it was given.
type line struct {
	inputlines.Line
	argument bool // and not a line of standard input
}

// given is the line for advice. fromFile is a sentence about the command line that reads a
// file.
func (l line) given(fromFile string) explain.Given {
	return explain.Given{Text: l.Text, Argument: l.argument, FromFile: fromFile}
}

// errTwice is a fault of the arguments, as standard input can be read once.
var errTwice = errors.New("- was given twice: standard input can be read once")

// checkTokens finds what is wrong with the arguments of verify.
func checkTokens(args []string, faults *faults) {
	stdins := 0
	for _, arg := range args {
		if arg == "-" {
			stdins++
		}
	}
	if len(args) == 0 {
		faults.add("no token was given: give one, or - to read one per line from standard input")
	}
	if stdins > 1 {
		*faults = append(*faults, errTwice)
	}
}

// tokens yields the arguments in order, with the lines of standard input in the
// place of "-".
func (p *program) tokens(ctx context.Context, args []string) iter.Seq2[line, error] {
	return func(yield func(line, error) bool) {
		for _, arg := range args {
			if arg != "-" {
				if !yield(line{inputlines.Line{Text: arg}, true}, nil) {
					return
				}
				continue
			}
			for l, err := range inputlines.Read(ctx, p.stdin) {
				if !yield(line{Line: l}, err) || err != nil {
					return
				}
			}
		}
	}
}

// oneToken returns the token of inspect's argument.
func (p *program) oneToken(ctx context.Context, arg string) (line, error) {
	var found []line
	for l, err := range p.tokens(ctx, []string{arg}) {
		if err != nil {
			return line{}, fmt.Errorf("standard input: %w", reasonOf(err))
		}
		if found = append(found, l); len(found) > 1 {
			return line{}, errors.New("standard input has more than one line: give one token on one line")
		}
	}
	if len(found) == 0 {
		return line{}, errNoInput
	}
	return found[0], nil
}

var errNoInput = errors.New("standard input contains no token")
