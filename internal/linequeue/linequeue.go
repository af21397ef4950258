package linequeue

import (
	"bytes"
	"io"
	"log/slog"
	"sync"
	"time"
)

// The bounds of what waits for the output.
const (
	maxLines = 1000
	maxBytes = 1 << 20
	// flushWait is how long the lines that wait may take at the end.
	flushWait = time.Second
)

// A Queue takes lines without waiting and writes them in their order. It is safe for
// concurrent use.
type Queue struct {
	write func([]byte) error
	lost  func(n int) []byte
	wake  chan struct{} // has an element if the writer must look
	done  chan struct{} // closed when the writer has ended

	mu      sync.Mutex // guards the fields below
	waiting [][]byte
	bytes   int // of waiting
	dropped int // since the last report
	closed  bool
}

// New starts a queue. write gets the lines, from one goroutine, one line at a time. Its
// errors end nothing: a reader of the output that has ended is not an error of the server.
// lost words how many lines were dropped, as a line. It is called by the same goroutine
// when there is room again. nil reports nothing. Close ends the queue.
func New(write func([]byte) error, lost func(n int) []byte) *Queue {
	q := &Queue{write: write, lost: lost, wake: make(chan struct{}, 1), done: make(chan struct{})}
	go q.run()
	return q
}

// NewLogger starts a queue for the lines of a log, in the text form of [log/slog].
func NewLogger(out io.Writer) (*slog.Logger, *Queue) {
	q := New(func(line []byte) error {
		_, err := out.Write(line)
		return err
	}, lostLogLines)
	return slog.New(slog.NewTextHandler(q, nil)), q
}

func lostLogLines(n int) []byte {
	var b bytes.Buffer
	slog.New(slog.NewTextHandler(&b, nil)).Warn("log lines are lost: standard error was full, and no program read it", "lines", n)
	return b.Bytes()
}

// Offer puts a copy of a line into the queue and never waits for the output. It reports
// false for a line that was dropped, because the queue is full or closed.
func (q *Queue) Offer(line []byte) bool {
	if len(line) == 0 {
		return true
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return false
	}
	if len(q.waiting) == maxLines || q.bytes+len(line) > maxBytes {
		q.dropped++
		return false
	}
	q.waiting = append(q.waiting, bytes.Clone(line))
	q.bytes += len(line)
	q.signal()
	return true
}

// Write is [Queue.Offer] for a writer of whole lines. It never fails.
func (q *Queue) Write(line []byte) (int, error) {
	q.Offer(line)
	return len(line), nil
}

func (q *Queue) signal() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// Close drops lines that come after it and waits for the lines that came before, for a
// second at most. After that, a write that waits for a full output can still be under way.
func (q *Queue) Close() {
	q.mu.Lock()
	q.closed = true
	q.signal()
	q.mu.Unlock()
	limit := time.NewTimer(flushWait)
	defer limit.Stop()
	select {
	case <-q.done:
	case <-limit.C:
	}
}

// run writes lines until the queue is closed and empty.
func (q *Queue) run() {
	defer close(q.done)
	for {
		line, dropped, closed := q.next()
		switch {
		case line != nil:
			_ = q.write(line) // see New
		case dropped > 0 && q.lost != nil:
			_ = q.write(q.lost(dropped))
		case dropped > 0:
		case closed:
			return
		default:
			<-q.wake
		}
	}
}

// next takes the number of dropped lines if there is room for more lines, or else the
// next line.
func (q *Queue) next() (line []byte, dropped int, closed bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.dropped > 0 && len(q.waiting) <= maxLines/2 && q.bytes <= maxBytes/2 {
		dropped, q.dropped = q.dropped, 0
		return nil, dropped, false
	}
	if len(q.waiting) == 0 {
		q.waiting = nil // frees the array
		return nil, 0, q.closed
	}
	line = q.waiting[0]
	q.waiting[0] = nil
	q.waiting = q.waiting[1:]
	q.bytes -= len(line)
	return line, 0, false
}
