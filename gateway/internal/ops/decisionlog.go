package ops

import (
	"context"
	"log/slog"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/poolguard/poolguard/gateway/internal/answer"
	"github.com/poolguard/poolguard/gateway/internal/authz"
)

// A DecisionLog logs decisions: who, which rule, the code and the duration. It never logs a
// token, a header, a path or a query. It is safe for concurrent use.
//
// Denied requests and allowed ones have a bound each, so that neither hides the other.
type DecisionLog struct {
	logger          *slog.Logger
	allowed, denied sampler
}

// NewDecisionLog returns a log of at most count decisions in each period per, for the
// allowed ones and for the others.
func NewDecisionLog(logger *slog.Logger, count int, per time.Duration) *DecisionLog {
	l := &DecisionLog{logger: logger}
	for _, s := range []*sampler{&l.allowed, &l.denied} {
		s.most, s.per = int64(count), per
	}
	return l
}

// Log logs a decision, unless too many were logged in this period.
func (l *DecisionLog) Log(ctx context.Context, adapter string, r *authz.Request, d *authz.Decision, took time.Duration) {
	s, outcome := &l.denied, outcomeOf(d)
	if outcome == outcomeAllowed {
		s = &l.allowed
	}
	logged, dropped := s.take(time.Now())
	if dropped > 0 {
		l.logger.LogAttrs(ctx, slog.LevelInfo, "decisions not logged", slog.Int64("count", dropped), slog.Duration("in", s.per))
	}
	if !logged {
		return
	}
	level := slog.LevelInfo
	if outcome == outcomeUnavailable {
		level = slog.LevelWarn
	}
	attrs := make([]slog.Attr, 0, 12)
	text := func(key, value string) {
		if value != "" {
			attrs = append(attrs, slog.String(key, value))
		}
	}
	text("outcome", outcome)
	text("adapter", adapter)
	text("rule", d.Rule)
	text("method", shown(r.Method))
	text("host", shown(r.Host))
	text("code", string(d.Code()))
	if d.Err != nil {
		text("reason", d.Err.Detail())
	}
	text("subject", d.Identity.Subject)
	text("user_pool", d.Identity.UserPool)
	text("client_id", d.Identity.ClientID)
	if d.Code() == answer.ErrRateLimited && r.Client.IsValid() {
		text("client_address", r.Client.String())
	}
	l.logger.LogAttrs(ctx, level, "decision", append(attrs, slog.Duration("duration", took))...)
}

// longest is how much of a text of the client is logged: a host name has 253 bytes at most.
const longest = 300

// shown returns a text of the client for the log: cut, and with escapes for all that is no
// printable ASCII, so that it neither fills the log nor changes how a terminal shows it.
func shown(text string) string {
	cut := text
	if len(cut) > longest {
		cut = cut[:longest] + "..."
	}
	quoted := strconv.QuoteToASCII(cut)
	return quoted[1 : len(quoted)-1]
}

// A sampler lets a number of events through in each period, and counts the others.
type sampler struct {
	most int64
	per  time.Duration

	end     atomic.Int64 // of the period, in Unix nanoseconds
	used    atomic.Int64
	dropped atomic.Int64
}

// take reports whether an event at a time is let through. dropped is how many were not in
// the period before; it is returned once.
func (s *sampler) take(now time.Time) (ok bool, dropped int64) {
	end := s.end.Load()
	if now.UnixNano() >= end && s.end.CompareAndSwap(end, now.Add(s.per).UnixNano()) {
		s.used.Store(0)
		dropped = s.dropped.Swap(0)
	}
	if s.used.Add(1) <= s.most {
		return true, dropped
	}
	s.dropped.Add(1)
	return false, dropped
}
