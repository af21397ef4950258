package linequeue

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
)

// stuck is an output that no program reads until it is opened.
type stuck struct {
	open    chan struct{}
	written strings.Builder
}

func newStuck() *stuck { return &stuck{open: make(chan struct{})} }

func (s *stuck) Write(text []byte) (int, error) {
	<-s.open
	return s.written.Write(text)
}

func (s *stuck) write(text []byte) error {
	_, err := s.Write(text)
	return err
}

func lost(n int) []byte { return fmt.Appendf(nil, "%d lost\n", n) }

func TestLinesKeepTheirOrder(t *testing.T) {
	var written strings.Builder
	q := New(func(line []byte) error {
		written.Write(line)
		return errors.New("an error ends nothing")
	}, nil)
	buffer := []byte("0\n")
	for n := range byte(3) {
		buffer[0] = '0' + n
		if !q.Offer(buffer) {
			t.Errorf("line %d was dropped", n)
		}
	}
	q.Offer(nil)
	q.Close()
	if got, want := written.String(), "0\n1\n2\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if q.Offer([]byte("late\n")) {
		t.Error("a line after Close was taken")
	}
}

// Attack: an output that no program reads, and a server that writes more and more.
func TestFullOutputDropsLinesAndReportsTheirNumber(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := newStuck()
		q := New(out.write, lost)
		taken := 0
		const offered = maxLines + 100
		for n := range offered {
			if q.Offer(fmt.Appendf(nil, "line %d\n", n)) {
				taken++
			}
		}
		if taken < maxLines || taken > maxLines+1 {
			t.Errorf("%d lines were taken, want %d", taken, maxLines)
		}
		q.Close() // it does not wait for ever
		close(out.open)
		<-q.done
		if n := strings.Count(out.written.String(), "line "); n != taken {
			t.Errorf("%d lines were written, want %d", n, taken)
		}
		if want := fmt.Sprintf("%d lost\n", offered-taken); strings.Count(out.written.String(), "lost") != 1 || !strings.Contains(out.written.String(), want) {
			t.Errorf("want %q once in\n%s", want, out.written.String())
		}
	})
}

// Attack: lines of many bytes fill the memory instead.
func TestLongLinesFillTheQueueByTheirBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := newStuck()
		q := New(out.write, lost)
		long := []byte(strings.Repeat("x", maxBytes/4-1) + "\n")
		taken := 0
		for range 100 {
			if q.Offer(long) {
				taken++
			}
		}
		if taken < 4 || taken > 5 {
			t.Errorf("%d lines of a quarter of the room were taken", taken)
		}
		close(out.open)
		q.Close()
		if want := fmt.Sprintf("%d lost\n", 100-taken); !strings.Contains(out.written.String(), want) {
			t.Errorf("want %q in the output", want)
		}
	})
}

func TestLogDoesNotWaitAndReportsLostLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := newStuck()
		log, q := NewLogger(out)
		for n := range maxLines + 10 {
			log.Info("signed in", "n", n)
		}
		close(out.open)
		q.Close()
		if got := out.written.String(); !strings.Contains(got, "level=WARN msg=\"log lines are lost") || !strings.Contains(got, "msg=\"signed in\" n=0\n") {
			t.Errorf("got\n%s", got)
		}
	})
}
