package revocation

import (
	"errors"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	// After a throttled request, or several that failed, the endpoint is not asked for this time, doubled for each
	// one after it. Up to a quarter is added, so that many processes do not ask at once.
	shortestBackOff = time.Second
	longestBackOff  = 30 * time.Second
	// brokenInARow is the number of requests in a row, without a good answer between them,
	// after which the endpoint counts as broken. One request that fails says little.
	brokenInARow = 3
	// longestRetryAfter limits what Retry-After can ask for.
	longestRetryAfter = 5 * time.Minute
)

// backOff returns the time until the next question after so many failures in a row.
func backOff(failures int, asked time.Duration) time.Duration {
	d := shortestBackOff
	for range failures - 1 {
		d = min(2*d, longestBackOff)
	}
	d = max(d, min(asked, longestRetryAfter))
	return d + time.Duration(rand.Int64N(int64(d/4)+1)) //nolint:gosec // jitter, not a secret
}

// A gate holds back the questions to one endpoint while Cognito throttles it or the endpoint
// is broken, for all tokens. After the wait it lets one question through at a time, until one has an answer.
//
// Only a question that began after the last answer that shut it can open it. Cognito answers
// some of the requests of a moment and throttles the others. The answer to one that began
// before says nothing about the time after, and would drop a Retry-After.
type gate struct {
	mu          sync.Mutex
	failures    int       // in a row; 0: it is open
	broken      int       // failures of requests in a row that did not shut it
	from, until time.Time // while it is shut
	shut        uint64    // answers that shut it, ever
	isBroken    bool      // whether the last of them was no answer or a failure of the server
	probing     bool      // a question is under way that was let through after the wait
}

// A ticket is one question that a gate has let through.
type ticket struct {
	shut  uint64 // of the gate when the question began
	probe bool   // the question was let through after the wait
}

// An outcome is what a question showed about the endpoint, and not about the token.
type outcome uint8

const (
	outcomeUnknown   outcome = iota // it says nothing
	outcomeAnswered                 // with a verdict
	outcomeThrottled                // too many requests
	outcomeBroken                   // no answer, or a failure of the server
)

// enter reports whether the endpoint may be asked at the time now. If so, the caller calls
// leave with t and the outcome; if not, wait is the time until another attempt makes sense.
func (g *gate) enter(now time.Time) (t ticket, wait time.Duration, ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	t.shut = g.shut
	if g.failures == 0 {
		return t, 0, true
	}
	// A time before the wait began is of a clock that was set back.
	if !now.Before(g.from) && now.Before(g.until) {
		return t, g.until.Sub(now), false
	}
	if g.probing {
		return t, shortestBackOff, false
	}
	g.probing, t.probe = true, true
	return t, 0, true
}

// why says why it is shut.
func (g *gate) why() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.isBroken {
		return "its last requests failed"
	}
	return "Cognito throttles it"
}

// leave records the outcome of a question, and for how long Cognito asked to wait. It
// returns the wait until the next question, 0 if the question did not shut the gate.
func (g *gate) leave(t ticket, now time.Time, got outcome, asked time.Duration) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	if t.probe {
		g.probing = false
	}
	switch got {
	case outcomeUnknown:
		return 0
	case outcomeAnswered:
		g.broken = 0
		if t.shut == g.shut {
			g.failures = 0
		}
		return 0
	case outcomeBroken:
		if g.broken++; g.failures == 0 && g.broken < brokenInARow {
			return 0
		}
	case outcomeThrottled:
	}
	g.shut++
	g.isBroken = got == outcomeBroken
	// Of the requests that were under way at the same time, the first one counts.
	if g.failures == 0 || t.probe {
		g.failures++
	}
	wait := backOff(g.failures, asked)
	if until := now.Add(wait); g.failures == 1 || until.After(g.until) || now.Before(g.from) {
		g.from, g.until = now, until
	}
	return g.until.Sub(now)
}

// retryAfter returns the time in a Retry-After (RFC 9110 §10.2.3), 0 without one.
func retryAfter(header http.Header, now time.Time) time.Duration {
	value := strings.TrimSpace(header.Get("Retry-After"))
	if value == "" {
		return 0
	}
	if strings.Trim(value, "0123456789") == "" {
		seconds, err := strconv.ParseInt(value, 10, 64)
		if err != nil || seconds > int64(longestRetryAfter/time.Second) {
			return longestRetryAfter
		}
		return time.Duration(seconds) * time.Second
	}
	at, _ := http.ParseTime(value) // the zero time, which is over, for another text
	return min(max(at.Sub(now), 0), longestRetryAfter)
}

// outcomeOf returns what the status of an answer, and the error of its reader, say about the
// endpoint. GetUser has 400 for too many requests, with the name of the error.
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetUser.html
func outcomeOf(status int, err error) outcome {
	switch {
	case status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable, errors.Is(err, errThrottled):
		return outcomeThrottled
	case status >= http.StatusInternalServerError:
		return outcomeBroken
	case err == nil:
		return outcomeAnswered
	}
	return outcomeUnknown
}
