// Package refusallog writes lines about refused requests to a log, no more of them than an
// operator can read.
//
// It owns the level of a line and the limit: one line a second for each code. It never
// decides what is refused, and it writes what it is given: the caller makes sure that no
// token is in it.
package refusallog

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"
)

// Interval is the time after a line in which further refusals with its code are counted
// and not shown.
const Interval = time.Second

// maxCodes limits the codes that are told apart. Checks of an application may make up any
// number of them. The codes beyond the limit share one line a second.
const maxCodes = 64

// A Log limits the lines of one owner. The zero value is ready for use. It is safe for
// concurrent use.
type Log struct {
	mu     sync.Mutex
	byCode map[string]*entry
}

type entry struct {
	shown      time.Time
	suppressed int // refusals since then
}

// A Refusal is one refused request.
type Refusal struct {
	Message string // of the line, such as "request refused"
	Code    string
	Error   error
	// Temporary refusals say that something does not work here. All others are about the
	// token.
	Temporary bool
	At        time.Time
	Attrs     []slog.Attr
}

// Write writes a line about r at Warn for a temporary refusal and at Info for every other
// one. A line within [Interval] of the last one with the same code is written at Debug, and
// counted: the next line has the number as suppressed. If the caller has cancelled the
// request, nothing is known but that, and the line is at Debug.
func (l *Log) Write(ctx context.Context, logger *slog.Logger, r Refusal) {
	level := slog.LevelInfo
	if r.Temporary {
		level = slog.LevelWarn
	}
	suppressed := 0
	if r.Temporary && errors.Is(ctx.Err(), context.Canceled) {
		level = slog.LevelDebug
	} else if logger.Enabled(ctx, level) {
		var shown bool
		if suppressed, shown = l.admit(r.Code, r.At); !shown {
			level = slog.LevelDebug
		}
	}
	//mutate:ignore the logger drops the line as well
	if !logger.Enabled(ctx, level) {
		return
	}
	attrs := append([]slog.Attr{slog.String("code", r.Code)}, r.Attrs...)
	attrs = append(attrs, slog.String("error", r.Error.Error()))
	if suppressed > 0 {
		attrs = append(attrs, slog.Int("suppressed", suppressed))
	}
	logger.LogAttrs(ctx, level, r.Message, attrs...) //nolint:sloglint // a constant of each caller
}

// Warn writes a line at Warn about a fault of the settings that a request showed. It has the
// limit of [Log.Write], for each kind instead of each code. If the caller has cancelled the
// request, the line is at Debug.
func (l *Log) Warn(ctx context.Context, logger *slog.Logger, now time.Time, kind, message string, attrs ...slog.Attr) {
	level, suppressed := slog.LevelWarn, 0
	if errors.Is(ctx.Err(), context.Canceled) {
		level = slog.LevelDebug
	} else if logger.Enabled(ctx, level) {
		var shown bool
		if suppressed, shown = l.admit(kind, now); !shown {
			level = slog.LevelDebug
		}
	}
	//mutate:ignore always: without suppressed lines the number is 0
	if suppressed > 0 {
		attrs = append(attrs, slog.Int("suppressed", suppressed))
	}
	logger.LogAttrs(ctx, level, message, attrs...) //nolint:sloglint // a constant of each caller
}

// admit reports whether a line about code may be shown, and how many were not since the
// last one. A clock that was set back does not prolong the time.
func (l *Log) admit(code string, now time.Time) (suppressed int, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.byCode[code]
	if e == nil && len(l.byCode) >= maxCodes {
		code = ""
		e = l.byCode[code]
	}
	if e == nil {
		if l.byCode == nil {
			l.byCode = map[string]*entry{}
		}
		l.byCode[code] = &entry{shown: now}
		return 0, true
	}
	if passed := now.Sub(e.shown); passed >= 0 && passed < Interval {
		e.suppressed++
		return 0, false
	}
	suppressed = e.suppressed
	e.shown, e.suppressed = now, 0
	return suppressed, true
}
