package inputlines

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"strings"
)

// MaxBytes is how many bytes of a line are kept. It is far above the size limit of tokens,
// so a line that is cut is too large for a token anyway.
const MaxBytes = 1 << 20

// A Line is a line of the input.
type Line struct {
	Text string
	// Cut reports that the line was longer than MaxBytes.
	Cut bool
}

// Read yields the lines of r that are not empty, without the white space around them, each
// as soon as it is complete. The end of ctx ends the wait for a line with the error of ctx.
// It cannot end the read below, so a goroutine stays until the read returns.
func Read(ctx context.Context, r io.Reader) iter.Seq2[Line, error] {
	type result struct {
		line Line
		err  error
	}
	return func(yield func(Line, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		read := make(chan result)
		go func() {
			defer close(read)
			buffered := bufio.NewReader(r)
			skipMark(buffered)
			for {
				l, err := readLine(buffered)
				if err == nil && l == (Line{}) {
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
				yield(Line{}, ctx.Err())
				return
			}
		}
	}
}

// skipMark skips a UTF-8 byte order mark, which some editors of Windows write before a
// text. It reads no byte more than it needs, so a line that the user types is complete when
// it ends. An error is left to the next read.
func skipMark(r *bufio.Reader) {
	const mark = "\ufeff"
	for n := range len(mark) {
		if begin, _ := r.Peek(n + 1); len(begin) <= n || begin[n] != mark[n] {
			return
		}
	}
	_, _ = r.Discard(len(mark)) // they are there
}

// readLine reads a line. The last one can end without a newline. It skips the rest of a line
// that is too long.
func readLine(r *bufio.Reader) (Line, error) {
	var kept []byte
	cut := false
	for {
		part, err := r.ReadSlice('\n')
		if len(kept) == 0 {
			part = bytes.TrimLeft(part, " \t\r\n\v\f")
		}
		if room := MaxBytes - len(kept); len(part) > room {
			part, cut = part[:room], true
		}
		kept = append(kept, part...)
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && (!errors.Is(err, io.EOF) || len(kept) == 0):
			return Line{}, err
		}
		return Line{Text: strings.TrimSpace(string(kept)), Cut: cut}, nil
	}
}
