package refusallog_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito/internal/refusallog"
)

var start = time.Date(2026, 1, 31, 9, 0, 0, 0, time.UTC)

// recorder returns a logger whose lines have no time.
func recorder(level slog.Level) (*slog.Logger, *bytes.Buffer) {
	var lines bytes.Buffer
	return slog.New(slog.NewTextHandler(&lines, &slog.HandlerOptions{Level: level, ReplaceAttr: withoutTime})), &lines
}

func withoutTime(_ []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}

func refusal(code string, after time.Duration) refusallog.Refusal {
	return refusallog.Refusal{Message: "request refused", Code: code, Error: errors.New("why"), At: start.Add(after)}
}

func TestOneLineASecondForEachCode(t *testing.T) {
	logger, lines := recorder(slog.LevelInfo)
	var log refusallog.Log
	for _, r := range []refusallog.Refusal{
		refusal("a", 0), refusal("a", time.Millisecond), refusal("b", time.Millisecond), refusal("a", time.Second-1),
		refusal("a", time.Second), refusal("a", 3*time.Second), refusal("b", 3*time.Second),
	} {
		log.Write(t.Context(), logger, r)
	}
	want := `level=INFO msg="request refused" code=a error=why
level=INFO msg="request refused" code=b error=why
level=INFO msg="request refused" code=a error=why suppressed=2
level=INFO msg="request refused" code=a error=why
level=INFO msg="request refused" code=b error=why
`
	if lines.String() != want {
		t.Errorf("got\n%swant\n%s", lines, want)
	}
}

func TestLinesBeyondTheLimitAreAtDebug(t *testing.T) {
	logger, lines := recorder(slog.LevelDebug)
	var log refusallog.Log
	log.Write(t.Context(), logger, refusal("a", 0))
	log.Write(t.Context(), logger, refusal("a", 0))
	if got := lines.String(); strings.Count(got, "level=INFO") != 1 || strings.Count(got, "level=DEBUG") != 1 {
		t.Errorf("got %s", got)
	}
}

func TestTemporaryRefusalIsAWarning(t *testing.T) {
	logger, lines := recorder(slog.LevelWarn)
	var log refusallog.Log
	temporary := refusal("keys_unavailable", 0)
	temporary.Temporary = true
	temporary.Attrs = []slog.Attr{slog.Int("status", 503)}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	log.Write(gone, logger, temporary) // nothing is known, and it does not count
	log.Write(t.Context(), logger, refusal("token_expired", 0))
	log.Write(t.Context(), logger, temporary)
	log.Write(t.Context(), logger, temporary)
	if want := "level=WARN msg=\"request refused\" code=keys_unavailable status=503 error=why\n"; lines.String() != want {
		t.Errorf("got\n%swant\n%s", lines, want)
	}
}

func TestClockThatIsSetBackShowsTheNextLine(t *testing.T) {
	logger, lines := recorder(slog.LevelInfo)
	var log refusallog.Log
	log.Write(t.Context(), logger, refusal("a", time.Hour))
	log.Write(t.Context(), logger, refusal("a", 0))
	if strings.Count(lines.String(), "\n") != 2 {
		t.Errorf("got %s", lines)
	}
}

// TestMadeUpCodesShareOneLine: the memory is bounded, and so is the number of lines.
func TestMadeUpCodesShareOneLine(t *testing.T) {
	logger, lines := recorder(slog.LevelInfo)
	var log refusallog.Log
	for n := range 10_000 {
		log.Write(t.Context(), logger, refusal(fmt.Sprint("code-", n), 0))
	}
	if n := strings.Count(lines.String(), "\n"); n != 65 {
		t.Errorf("%d lines, want 64 and a shared one", n)
	}
}

// The second refusal is counted and not shown.
func ExampleLog() {
	logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: withoutTime}))
	var log refusallog.Log
	for _, after := range []time.Duration{0, time.Millisecond, time.Second} {
		log.Write(context.Background(), logger, refusallog.Refusal{
			Message: "request refused", Code: "token_expired", Error: errors.New("expired"), At: start.Add(after),
		})
	}
	// Output:
	// level=INFO msg="request refused" code=token_expired error=expired
	// level=INFO msg="request refused" code=token_expired error=expired suppressed=1
}
