package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
)

// maxLine is how much of an input line is kept. It is far over the size limit of
// tokens, so that what is cut off can only be one that is too large.
const maxLine = 1 << 20

// A line is a token to be judged, as it was given.
type line struct {
	token    string
	cut      bool // it was longer than maxLine
	argument bool // and no line of standard input
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
				if !yield(line{token: arg, argument: true}, nil) {
					return
				}
				continue
			}
			for l, err := range lines(ctx, p.stdin) {
				if !yield(l, err) || err != nil {
					return
				}
			}
		}
	}
}

// lines yields the lines of r that are not empty, each as soon as it is there. A
// context ends the waiting for one, though not the read under it, which no context
// can end: the goroutine stays until the process ends.
func lines(ctx context.Context, r io.Reader) iter.Seq2[line, error] {
	type result struct {
		line line
		err  error
	}
	return func(yield func(line, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		read := make(chan result)
		go func() {
			defer close(read)
			buffered := bufio.NewReader(r)
			skipMark(buffered)
			for {
				l, err := readLine(buffered)
				if err == nil && l == (line{}) {
					continue
				}
				if errors.Is(err, io.EOF) {
					return
				}
				select {
				case read <- result{l, err}:
				case <-ctx.Done():
					return
				}
				if err != nil {
					return
				}
			}
		}()
		for {
			select {
			case got, more := <-read:
				if !more || !yield(got.line, got.err) {
					return
				}
			case <-ctx.Done():
				yield(line{}, ctx.Err())
				return
			}
		}
	}
}

// skipMark passes over a UTF-8 byte order mark, which some editors of Windows put
// before a text. It asks for no byte more than it needs: a line that somebody
// types is judged when it ends. An error is left to the next read.
func skipMark(r *bufio.Reader) {
	const mark = "\ufeff"
	for n := range len(mark) {
		if begin, _ := r.Peek(n + 1); len(begin) <= n || begin[n] != mark[n] {
			return
		}
	}
	_, _ = r.Discard(len(mark)) // they are there
}

// readLine reads a line without the white space around it. The last one need not
// end with a newline. Of one that is too long the rest is passed over.
func readLine(r *bufio.Reader) (line, error) {
	var kept []byte
	cut := false
	for {
		part, err := r.ReadSlice('\n')
		if len(kept) == 0 {
			part = bytes.TrimLeft(part, " \t\r\n\v\f")
		}
		if room := maxLine - len(kept); len(part) > room {
			part, cut = part[:room], true
		}
		kept = append(kept, part...)
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && (!errors.Is(err, io.EOF) || len(kept) == 0):
			return line{}, err
		}
		return line{token: strings.TrimSpace(string(kept)), cut: cut}, nil
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
